"""An agent puts the caller on hold, and talks with the caller again."""

from typing import Final, cast

from sqlalchemy import Row, Table, bindparam, select, update
from sqlalchemy.orm import Session

from voice import models
from voice.actions import Move, order
from voice.locks import lock_call_of_talk
from voice.moves import bump_desks, move
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import CONSULT_LIVE, Consult, Participation
from voice.talks import REFUSED_WHILE_ASKING, require_both

_TALK: Final = cast(Table, models.Participation.__table__)
_HELD_AT: Final = (
    update(_TALK)
    .where(_TALK.c.merchant_id == bindparam("merchant"), _TALK.c.id == bindparam("talk"))
    .values(held_at=bindparam("moment"))
)
# The agent's part in a call that is locked, how far an asking of a colleague is, and the agent, locked.
_PART: Final = (
    select(models.Participation, models.Consult.state.label("asking"), models.Agent)
    .join(models.Agent, models.Agent.id == models.Participation.agent_id)
    .outerjoin(
        models.Consult,
        (models.Consult.merchant_id == models.Participation.merchant_id)
        & (models.Consult.call_id == models.Participation.call_id)
        & models.Consult.state.in_(CONSULT_LIVE),
    )
    .where(
        models.Participation.merchant_id == bindparam("merchant"),
        models.Participation.call_id == bindparam("call"),
        models.Participation.agent_id == bindparam("agent"),
        models.Participation.state != Participation.ENDED,
    )
    .with_for_update(of=models.Agent)
)


Part = Row[models.Participation, str, models.Agent]


def hold(rt: Runtime, agent_id: str, call_id: str) -> None:
    """Let the caller hear music; what is said meanwhile stays here."""
    with rt.write() as tx:
        call, part = _alone(tx, agent_id, call_id)
        if part.Participation.held_at is not None:
            return
        now = rt.now()
        _is_held(tx, rt, part, now, "held")
        rt.journal.write(tx, call.merchant_id, call.id, "hold_started", now, agent_id=agent_id)
        order(tx, rt, call, Move("hold", call.call_sid, room=part.Participation.room))


def resume(rt: Runtime, agent_id: str, call_id: str) -> None:
    """Talk with the caller again."""
    with rt.write() as tx:
        call, part = _alone(tx, agent_id, call_id)
        if part.Participation.held_at is None:
            return
        now = rt.now()
        held = round(now - part.Participation.held_at, 1)
        _is_held(tx, rt, part, None, "resumed")
        rt.journal.write(tx, call.merchant_id, call.id, "hold_ended", now, agent_id=agent_id, held=held)
        order(tx, rt, call, Move("unhold", call.call_sid, room=part.Participation.room))


def _is_held(tx: Session, rt: Runtime, part: Part, since: float | None, happened: str) -> None:
    talk, agent = part.Participation, part.Agent
    tx.execute(_HELD_AT, {"merchant": talk.merchant_id, "talk": talk.id, "moment": since})
    if move(tx, rt, agent.id, happened, held=agent) is None:
        bump_desks(tx, rt, agent.id)


def _alone(tx: Session, agent_id: str, call_id: str) -> tuple[models.Call, Part]:
    """Agent and caller talk, nobody else is asked meanwhile, and the call is locked; raises Refused."""
    call = lock_call_of_talk(tx, agent_id, call_id)
    if call is not None:
        one = {"merchant": call.merchant_id, "call": call.id, "agent": agent_id}
        part = tx.execute(_PART, one).first()
        if part is not None:
            require_both(part.Participation)
            if part.asking is not None and part.asking != Consult.TOGETHER:
                raise Refused("not_now", REFUSED_WHILE_ASKING)
            return call, part
    raise Refused("gone", "You are not in this call.")
