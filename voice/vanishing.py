"""An agent's leg that ends without a wish has vanished: the caller hears words and music, then comes back to the head."""

import math

from sqlalchemy.orm import Session

from voice import models
from voice.actions import Move, order
from voice.calls import live_waiting
from voice.consults import guest_left, inherit
from voice.hang_ups import hung_up, lost_asker, may_inherit
from voice.lingering import COME_SECONDS
from voice.moves import bump_desks, move
from voice.parting import close, consult_of, part_guest, step
from voice.runtime import Runtime
from voice.states import CONSULT_WITH_GUEST, Consult, Participation, Role
from voice.talks import REJOIN_SECONDS, end_talk, release_claim
from voice.to_the_head import to_the_head

SUSPECT_SECONDS = 1.5  # the caller's own hang-up ends the agent's leg too: its word may come a moment later


def leg_ended(
    tx: Session, rt: Runtime, call: models.Call, talk: models.Participation, *, for_sure: bool
) -> None:
    """An agent's leg left its room or ended. Not for sure: the caller may have hung up; the clock looks again soon."""
    if talk.role == Role.CONSULT and for_sure:
        guest_left(tx, rt, call)
    elif call.ended_at is not None:
        end_talk(tx, rt, call, talk, live_waiting(tx, call), "caller")
    elif talk.state == Participation.JOINING:
        waiting = live_waiting(tx, call)
        if waiting is not None:
            becomes = "claim_failed" if talk.phone else "lost"
            release_claim(tx, rt, call, waiting, agent_becomes=becomes, why="the agent's phone was lost")
    elif talk.state == Participation.TALKING:
        if for_sure:
            vanish(tx, rt, call, talk)
        else:
            talk.until_at = min(talk.until_at or math.inf, rt.now() + SUSPECT_SECONDS)
    if for_sure and talk.state == Participation.ENDED:
        talk.until_at = None


def vanish(tx: Session, rt: Runtime, call: models.Call, talk: models.Participation) -> None:
    """Keep the caller: words and music now, and a while for the agent to come back. A colleague who was asked stays."""
    if talk.role == Role.CONSULT:
        guest_left(tx, rt, call)
        return
    if talk.phone:
        hung_up(tx, rt, call, talk)
        return
    now, consult = rt.now(), consult_of(tx, call)
    step(talk, "vanished")
    talk.until_at = now + REJOIN_SECONDS
    if consult is None or consult.state != Consult.CONSULTING:
        talk.held_at = None
    if consult is not None and consult.state not in CONSULT_WITH_GUEST:
        part_guest(tx, rt, call, consult, lost_asker(consult), "the agent who asked was lost")
    tx.flush()
    rt.journal.write(tx, call.merchant_id, call.id, "agent_vanished", now, agent_id=talk.agent_id)
    order(tx, rt, call, Move("hold", call.call_sid, room=talk.room))
    bump_desks(tx, rt, talk.agent_id)


def rejoin(tx: Session, rt: Runtime, call: models.Call, talk: models.Participation, leg_sid: str) -> None:
    """The agent is back in time, on a new leg: the same room, and the caller is taken off hold. The old leg ends.

    A leg that was gone before its document was asked for never comes: then the agent has vanished again.
    """
    was_vanished = talk.state == Participation.VANISHED
    order(tx, rt, call, Move("end_leg", talk.leg_sid))
    talk.leg_sid, talk.until_at = leg_sid, rt.now() + COME_SECONDS
    if not was_vanished:
        return
    step(talk, "rejoined")
    tx.flush()
    move(tx, rt, talk.agent_id, "resumed")
    rt.journal.write(tx, call.merchant_id, call.id, "agent_rejoined", rt.now(), agent_id=talk.agent_id)
    if talk.held_at is None:
        order(tx, rt, call, Move("unhold", call.call_sid, room=talk.room))
    bump_desks(tx, rt, talk.agent_id)


def requeue(tx: Session, rt: Runtime, call: models.Call, talk: models.Participation) -> None:
    """Nobody came back: the caller is theirs who may inherit, or else again at the head of the queue."""
    consult = consult_of(tx, call)
    if consult is not None and may_inherit(tx, call, consult):
        inherit(tx, rt, call, talk, consult, "asker_lost")
        move(tx, rt, talk.agent_id, "lost")
        return
    if consult is not None:
        part_guest(tx, rt, call, consult, lost_asker(consult), "the agent who asked was lost")
    waiting = live_waiting(tx, call)
    close(tx, rt, talk)
    talk.until_at = None
    move(tx, rt, talk.agent_id, "lost")
    if waiting is not None:
        to_the_head(tx, rt, call, waiting)
