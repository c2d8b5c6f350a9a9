"""Requests that move a live call: written with the decision, sent after the answer, retaken by the clock.

intended -> sent -> confirmed. A request whose answer was lost may have been done, so the clock sends it again only
while it still makes sense; each of them may arrive twice without harm, because what a leg hears next is decided when
its document is fetched.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from voice import models
from voice.carrier_faults import CarrierAway, CarrierGone, CarrierRefused
from voice.calls import live_waiting
from voice.runtime import Runtime, after_commit
from voice.states import Action, Participation, Waiting

log = structlog.get_logger()

LEASE_SECONDS = 5.0
TRIES = {"hold": 2, "unhold": 3, "poke": 3, "end_room": 5, "end_leg": 5}
OPEN = (Action.INTENDED, Action.SENT)


@dataclass(frozen=True)
class Move:
    """What is to be done to a live call: poke, hold, unhold, end_room or end_leg."""

    kind: str
    target: str  # a leg's sid, or a room's name for end_room
    room: str = ""  # the room in which a leg is held
    generation: int = 0


def order(tx: Session, rt: Runtime, call: models.Call, move: Move) -> str:
    """Write the request with this decision; it is sent once the decision is committed."""
    action_id = rt.chance.id("ac")
    tx.add(models.Action(
        merchant_id=call.merchant_id, id=action_id, call_id=call.id, kind=move.kind, generation=move.generation,
        target=f"{move.target} {move.room}".strip(), created_at=rt.now()))
    merchant_id = call.merchant_id
    after_commit(tx, lambda: send(rt, merchant_id, action_id))
    return action_id


def send(rt: Runtime, merchant_id: str, action_id: str) -> None:
    """Take the request under a lease and make it; nothing happens when another process holds it."""
    taken = _take(rt, merchant_id, action_id)
    if taken is None:
        return
    action, call = taken
    try:
        _make(rt, action, call)
    except CarrierGone as gone:
        _finish(rt, action, Action.CONFIRMED, str(gone))
    except CarrierRefused as refused:
        log.warning("carrier refused", call=action.call_id, kind=action.kind, error=str(refused))
        _finish(rt, action, Action.FAILED, str(refused))
    except CarrierAway as away:
        log.warning("carrier away", call=action.call_id, kind=action.kind, error=str(away))
        _finish(rt, action, Action.FAILED if action.attempts >= TRIES[action.kind] else Action.SENT, str(away))
    else:
        _finish(rt, action, Action.CONFIRMED, "")


def retake(rt: Runtime) -> None:
    """Send again what was not confirmed within its lease; called by the clock each second."""
    with rt.store.read() as tx:
        due = tx.execute(select(models.Action.merchant_id, models.Action.id).where(
            models.Action.state.in_(OPEN), models.Action.lease_until_at < rt.now(),
            models.Action.created_at < rt.now() - LEASE_SECONDS).limit(200)).all()
    for merchant_id, action_id in due:
        rt.later(lambda merchant_id=merchant_id, action_id=action_id: send(rt, merchant_id, action_id))  # type: ignore[misc]


def _take(rt: Runtime, merchant_id: str, action_id: str) -> tuple[models.Action, models.Call] | None:
    now = rt.now()
    with rt.write() as tx:
        taken = tx.execute(update(models.Action).where(
            models.Action.merchant_id == merchant_id, models.Action.id == action_id,
            models.Action.state.in_(OPEN), models.Action.lease_until_at < now,
        ).values(state=Action.SENT, lease_until_at=now + LEASE_SECONDS, attempts=models.Action.attempts + 1))
        if not taken.rowcount:  # type: ignore[attr-defined]
            return None
        action = tx.get_one(models.Action, (merchant_id, action_id))
        call = tx.get_one(models.Call, (merchant_id, action.call_id))
        if _is_pointless(tx, action, call):
            action.state = Action.CONFIRMED
            action.error = "no longer needed"
            return None
    return action, call


def _is_pointless(tx: Session, action: models.Action, call: models.Call) -> bool:
    """Whether the truth has moved on: the call is over, the caller arrived, or is back in the waiting room."""
    if call.ended_at is not None and action.kind in ("poke", "hold", "unhold"):
        return True
    if action.kind != "poke":
        return False
    waiting = live_waiting(tx, call)
    if waiting is None or waiting.state == Waiting.CONNECTED:
        return True
    if action.generation and waiting.generation != action.generation:
        return True
    return waiting.state != Waiting.BRIDGING and waiting.proved_at is not None


def _make(rt: Runtime, action: models.Action, call: models.Call) -> None:
    account = rt.books.page.by_sid[call.account_sid]
    target, _, room = action.target.partition(" ")
    match action.kind:
        case "poke":
            rt.carrier.move_leg(account, target, rt.links.leg(call.id))
        case "end_leg":
            rt.carrier.end_leg(account, target)
        case "end_room":
            if (room_sid := _room_sid(rt, call, target)) is not None:
                rt.carrier.end_room(account, room_sid)
        case "hold" | "unhold":
            room_sid = _room_sid(rt, call, room)
            if room_sid is None:
                raise CarrierAway(f"room {room} is not known yet")
            if action.kind == "hold":
                rt.carrier.hold(account, room_sid, target, rt.links.hold(room))
            else:
                rt.carrier.unhold(account, room_sid, target)
        case other:
            raise CarrierRefused(f"no such request: {other}")


def _room_sid(rt: Runtime, call: models.Call, room: str) -> str | None:
    with rt.store.read() as tx:
        known = tx.scalar(select(models.Participation.room_sid).where(
            models.Participation.merchant_id == call.merchant_id, models.Participation.room == room,
            models.Participation.room_sid.is_not(None)).limit(1))
    return known or rt.carrier.find_room(rt.books.page.by_sid[call.account_sid], room)


def _finish(rt: Runtime, action: models.Action, state: Action, error: str) -> None:
    with rt.write() as tx:
        tx.execute(update(models.Action).where(
            models.Action.merchant_id == action.merchant_id, models.Action.id == action.id,
            models.Action.attempts == action.attempts).values(state=state, error=error[:500]))
        if state == Action.FAILED and action.kind == "hold":
            _hold_failed(tx, rt, action)


def _hold_failed(tx: Session, rt: Runtime, action: models.Action) -> None:
    """The caller of a vanished agent goes back to the queue now; a talk whose hold failed goes on unheld."""
    room = action.target.partition(" ")[2]
    of_room = (models.Participation.merchant_id == action.merchant_id, models.Participation.room == room)
    tx.execute(update(models.Participation).where(
        *of_room, models.Participation.state == Participation.VANISHED).values(until_at=rt.now()))
    tx.execute(update(models.Participation).where(
        *of_room, models.Participation.state == Participation.TALKING).values(held_at=None))
