"""Somebody in a room on an ordinary phone puts it down. There is no button: hanging up is how a call is ended there.

An agent alone with the caller ends the talk. Who has asked somebody leaves the caller to a colleague who is in the room,
and to an outside party only if all three have talked; else the caller goes back to the head of the queue.
"""

from sqlalchemy.orm import Session as Tx

from voice import models
from voice.actions import Move, order
from voice.calls import live_waiting
from voice.consults import inherit
from voice.guests import guest_of
from voice.parting import close, consult_of, part_guest, wrap_up
from voice.runtime import Runtime
from voice.states import CONSULT_WITH_GUEST, Consult
from voice.talks import end_talk
from voice.to_the_head import to_the_head

OUTSIDE = "outside"  # who hung up, when it was neither the caller nor an agent


def hung_up(tx: Tx, rt: Runtime, call: models.Call, talk: models.Participation) -> None:
    """The owner of a talk put an ordinary phone down."""
    consult, waiting = consult_of(tx, call), live_waiting(tx, call)
    if consult is None:
        _ends(tx, rt, call, talk, waiting)
    elif may_inherit(tx, call, consult):
        talk.end_asked_by = "handed_over"
        inherit(tx, rt, call, talk, consult)
        wrap_up(tx, rt, call, talk.agent_id, waiting)
    else:
        part_guest(tx, rt, call, consult, lost_asker(consult), "the agent who asked hung up")
        talk.end_asked_by = "agent"
        close(tx, rt, talk)
        wrap_up(tx, rt, call, talk.agent_id, waiting)
        if waiting is not None:
            to_the_head(tx, rt, call, waiting)


def may_inherit(tx: Tx, call: models.Call, consult: models.Consult) -> bool:
    """Whether who was asked takes the caller when the first agent is gone: an outside party only whom the caller knows."""
    guest = guest_of(tx, call)
    if guest is None or consult.state not in CONSULT_WITH_GUEST:
        return False
    return consult.state == Consult.TOGETHER or not guest.is_outside


def lost_asker(consult: models.Consult) -> str:
    """What happens to an asking that nobody inherits, when the agent who asked is gone."""
    return "asker_of_stranger_lost" if consult.state == Consult.CONSULTING else "asker_lost"


def _ends(
    tx: Tx,
    rt: Runtime,
    call: models.Call,
    talk: models.Participation,
    waiting: models.Waiting | None,
) -> None:
    by = OUTSIDE if talk.is_outside else "agent"
    rt.journal.write(tx, call.merchant_id, call.id, "ending_triggered", rt.now(), agent_id=talk.who, by=by)
    end_talk(tx, rt, call, talk, waiting, by)
    order(tx, rt, call, Move("end_room", talk.room))
