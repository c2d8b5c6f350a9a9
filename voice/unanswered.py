"""A call that we dialled and that nobody took: the agent is told at once, without wrap-up, and the call is a ticket."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from voice import models
from voice.actions import Move, order
from voice.callback_attempts import come_to_nothing
from voice.calls import end_call, is_known, owner_of
from voice.changes import changed
from voice.dispatch import decide_for_agent
from voice.moves import move
from voice.parting import close, fail_offer
from voice.runtime import Runtime
from voice.states import WAITING_MOVES, Action, CallEnd, Waiting, sources


def never_met(
    tx: Session, rt: Runtime, call: models.Call, waiting: models.Waiting, *, agent_becomes: str, why: str
) -> None:
    """Agent and customer did not come together in time, or the agent did not want to wait any longer."""
    refusal = _refusal(tx, call) if waiting.state == Waiting.BRIDGING else ""
    if refusal:
        give_up(tx, rt, call, waiting, CallEnd.FAILED, f"the telephone network refused it: {refusal}")
    elif waiting.state == Waiting.BRIDGING and (waiting.until_at or 0.0) <= rt.now():
        give_up(tx, rt, call, waiting, CallEnd.NO_ANSWER, "nobody answered")
    else:
        give_up(tx, rt, call, waiting, CallEnd.CANCELLED, why, agent_becomes=agent_becomes)


def _refusal(tx: Session, call: models.Call) -> str:
    """Why the carrier did not dial; empty when it did."""
    said = tx.scalar(
        select(models.Action.error).where(
            models.Action.merchant_id == call.merchant_id,
            models.Action.call_id == call.id,
            models.Action.kind == "dial",
            models.Action.state == Action.FAILED,
        )
    )
    return "" if is_known(call) else said or ""


def give_up(
    tx: Session,
    rt: Runtime,
    call: models.Call,
    waiting: models.Waiting,
    ended_as: CallEnd,
    why: str,
    *,
    agent_becomes: str = "released",
) -> None:
    """End a call before its talk: busy, no answer, not to be reached, or the agent thought better of it."""
    agent_id, now = waiting.agent_id, rt.now()
    ended = (
        come_to_nothing(tx, rt, waiting, ended_as, why) if waiting.is_callback else _leave(tx, waiting, now)
    )
    if not ended:
        return
    tx.refresh(waiting)
    fail_offer(tx, rt, waiting)
    if (talk := owner_of(tx, call.merchant_id, call.id)) is not None:
        close(tx, rt, talk)
        order(tx, rt, call, Move("end_leg", talk.leg_sid))
    if is_known(call):
        order(tx, rt, call, Move("end_leg", call.call_sid))
    rt.journal.write(
        tx,
        call.merchant_id,
        call.id,
        "dial_failed",
        now,
        agent_id=agent_id,
        number=call.caller,
        ended_as=ended_as,
        why=why,
    )
    if agent_id is not None:
        move(
            tx, rt, agent_id, agent_becomes, reason="no connection" if agent_becomes == "claim_failed" else ""
        )
        decide_for_agent(tx, rt, agent_id)
    end_call(tx, rt, call, "agent" if ended_as == CallEnd.CANCELLED else "customer", ended_as=ended_as)


def _leave(tx: Session, waiting: models.Waiting, now: float) -> bool:
    """Whom an agent dialled keeps no place."""
    return bool(
        changed(
            tx,
            update(models.Waiting)
            .where(
                models.Waiting.merchant_id == waiting.merchant_id,
                models.Waiting.id == waiting.id,
                models.Waiting.state.in_(sources(WAITING_MOVES, "not_reached")),
                models.Waiting.left_as.is_(None),
            )
            .values(state=Waiting.NOT_REACHED, state_at=now, until_at=None, left_as="not_reached"),
        )
    )
