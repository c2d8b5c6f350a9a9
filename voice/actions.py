"""Requests that move a live call: written with the decision, sent after the answer, retaken by the clock.

intended -> sent -> confirmed. A request whose answer was lost may have been done, so the clock sends it again only
while it still makes sense, and for as long as it does: a caller who is not fetched out of a room stays there. Each of
them may arrive twice without harm, because what a leg hears next is decided when its document is fetched. Only a call
that we place is asked for once: twice would ring the customer twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy.orm import Session

from voice import models, phone_orders
from voice.calls import dialled_leg, is_known
from voice.carrier_faults import CarrierAway, CarrierGone, CarrierRefused
from voice.due import REQUEST_SECONDS
from voice.leaving import held_back, is_leaving
from voice.let_hear import let_hear
from voice.runtime import Runtime, after_commit
from voice.states import ACTION_MOVES, Action, Participation, Role, Waiting, sources

log = structlog.get_logger()

LEASE_SECONDS = REQUEST_SECONDS
HOLD_TRIES = 2  # then the caller is better off in the queue
MOST_TRIES = 720  # an hour
TRIES = {
    "hold": HOLD_TRIES,
    "dial": 1,
    "ring": 1,
    "let_hear": 1,
}  # the clock wishes a let_hear again by itself
WORD_SECONDS = (
    5.0  # an order to dial whose answer was lost: the leg tells of itself within this, or there is none
)
OPPOSITE = {"hold": "unhold", "unhold": "hold"}

_A, _C, _W, _P = models.Action, models.Call, models.Waiting, models.Participation
_ORDER: Final = insert(_A)
_ACTION = (_A.merchant_id == bindparam("merchant"), _A.id == bindparam("action"))
_TAKE: Final = (
    update(_A)
    .where(*_ACTION, _A.state.in_(sources(ACTION_MOVES, "taken")), _A.lease_until_at < bindparam("now"))
    .values(state=Action.SENT, lease_until_at=bindparam("until"), attempts=_A.attempts + 1)
    .returning(_A)
    .execution_options(synchronize_session=False)
)
_FINISH: Final = (
    update(_A)
    .where(*_ACTION, _A.attempts == bindparam("attempt"), _A.state == Action.SENT)
    .values(state=bindparam("becomes"), error=bindparam("why"))
    .execution_options(synchronize_session=False)
)
_CALL: Final = select(_C).where(_C.merchant_id == bindparam("merchant"), _C.id == bindparam("call"))
_TALK_IN_ROOM = (
    _P.room == bindparam("room"),
    _P.role == Role.OWNER,
    _P.state.in_((Participation.TALKING, Participation.VANISHED)),
)
_TALK: Final = select(_P.state, _P.held_at).where(_P.merchant_id == bindparam("merchant"), *_TALK_IN_ROOM)
_CALL_AND_TALK: Final = _CALL.add_columns(_P.state, _P.held_at, _P.room_sid).outerjoin(
    _P, and_(_P.merchant_id == _C.merchant_id, _P.call_id == _C.id, *_TALK_IN_ROOM)
)
_CALL_AND_LAST_PLACE: Final = (
    _CALL.add_columns(_W.state, _W.generation, _W.proved_at)
    .outerjoin(_W, and_(_W.merchant_id == _C.merchant_id, _W.call_id == _C.id))
    .order_by(_W.left_as.is_not(None), _W.entered_at.desc())
    .limit(1)
)
_LOOKS: Final = {
    "hold": _CALL_AND_TALK,
    "unhold": _CALL_AND_TALK,
    "poke": _CALL_AND_LAST_PLACE,
    "dial": _CALL_AND_LAST_PLACE,
}  # how it stands with the call; of all others the call alone


@dataclass(frozen=True)
class Move:
    """What is to be done to a live call: poke, dial, ring, hold, unhold, let_hear, end_room or end_leg."""

    kind: str
    target: str  # a leg's sid, a room's name for end_room, a number for dial
    room: str = ""  # the room in which a leg is held; of end_room the conference, where it is known for sure
    generation: int = 0


def order(tx: Session, rt: Runtime, call: models.Call, move: Move) -> str:
    """Write the request with this decision; it is sent once the decision is committed."""
    action_id = rt.chance.id("ac")
    row = {
        "merchant_id": call.merchant_id,
        "id": action_id,
        "call_id": call.id,
        "kind": move.kind,
        "generation": move.generation,
        "target": f"{move.target} {move.room}".strip(),
        "created_at": rt.now(),
    }
    tx.execute(_ORDER, row)
    merchant_id = call.merchant_id
    after_commit(tx, lambda: send(rt, merchant_id, action_id))
    return action_id


def send(rt: Runtime, merchant_id: str, action_id: str) -> None:
    """Take the request under a lease and make it; nothing happens when another process holds it."""
    taken = _take(rt, merchant_id, action_id)
    if taken is None:
        return
    action, call, room_sid = taken
    try:
        _make(rt, action, call, room_sid)
    except CarrierGone as gone:
        _finish(rt, action, "done", str(gone))
    except CarrierRefused as refused:
        log.warning("carrier refused", call=action.call_id, kind=action.kind, error=str(refused))
        _finish(rt, action, "refused", str(refused))
    except CarrierAway as away:
        log.warning("carrier away", call=action.call_id, kind=action.kind, error=str(away))
        tries = TRIES.get(action.kind, MOST_TRIES)
        _finish(
            rt,
            action,
            "given_up" if action.attempts >= tries else "no_answer",
            str(away),
            is_certain=False,
        )
    else:
        _finish(rt, action, "done", "", then=_hear_last_word if action.kind in OPPOSITE else None)


def retake(rt: Runtime, unconfirmed: Iterable[tuple[str, str]]) -> None:
    """Send again what was not confirmed within its lease; called by the clock each second."""
    for merchant_id, action_id in unconfirmed:
        rt.later(partial(send, rt, merchant_id, action_id))


def _take(
    rt: Runtime, merchant_id: str, action_id: str
) -> tuple[models.Action, models.Call, str | None] | None:
    """The request, its call, and the carrier's id of the room of a hold, where it is known."""
    now = rt.now()
    with rt.write() as tx:
        this = {"merchant": merchant_id, "action": action_id, "now": now, "until": now + LEASE_SECONDS}
        action = tx.scalar(_TAKE, this)
        if action is None:
            return None
        look = {"merchant": merchant_id, "call": action.call_id, "room": action.target.partition(" ")[2]}
        seen = tx.execute(_LOOKS.get(action.kind, _CALL), look).one()
        if _is_pointless(tx, action, seen):
            action.state, action.error = ACTION_MOVES[Action.SENT, "not_needed"], "no longer needed"
            return None
        if action.kind == "unhold" and is_leaving(tx, merchant_id, action.call_id):
            action.state = ACTION_MOVES[Action.SENT, "put_off"]
            action.lease_until_at, action.attempts = 0.0, action.attempts - 1
            return None
    return action, seen.Call, seen.room_sid if action.kind in OPPOSITE else None


def _is_pointless(tx: Session, action: models.Action, seen: Any) -> bool:
    """Whether the truth has moved on: the call is over, or the leg is or should be where the request would not take it."""
    if action.kind in ("end_leg", "end_room"):
        return False
    if action.kind == "ring":  # for a callback, too, when the call in which it was asked for is over
        return not phone_orders.is_wanted(tx, action)
    if seen.Call.ended_at is not None:
        return True
    if action.kind in OPPOSITE:
        return _wanted(seen) != action.kind
    if action.kind == "dial":  # only while the agent still waits for this customer
        return action.attempts > TRIES["dial"] or seen.state != Waiting.BRIDGING
    return action.kind == "poke" and not _is_to_be_fetched(action, seen)


def _is_to_be_fetched(action: models.Action, place: Any) -> bool:
    """Whether the caller's leg is still not where SQL wants it; only a caller who was heard waiting is in the queue."""
    if place.state is None or place.state == Waiting.CONNECTED:
        return False
    if place.state == Waiting.LET_GO:
        return True
    if action.generation and place.generation != action.generation:
        return False
    return place.state == Waiting.BRIDGING or place.proved_at is None


def _wanted(talk: Any) -> str | None:
    """What the room of a hold or unhold wants now; None when its talk is over."""
    if talk is None or talk.state is None:
        return None
    return "hold" if talk.state == Participation.VANISHED or talk.held_at is not None else "unhold"


def _hear_last_word(tx: Session, rt: Runtime, action: models.Action) -> None:
    """The opposite may have been wished and done while this request was under way: then it is asked for again."""
    leg, _, room = action.target.partition(" ")
    talk = tx.execute(_TALK, {"merchant": action.merchant_id, "room": room}).first()
    if _wanted(talk) == OPPOSITE[action.kind]:
        call = tx.get_one(models.Call, (action.merchant_id, action.call_id))
        order(tx, rt, call, Move(OPPOSITE[action.kind], leg, room=room))


def _make(rt: Runtime, action: models.Action, call: models.Call, known: str | None) -> None:
    account = rt.books.page.by_sid[call.account_sid]
    target, _, room = action.target.partition(" ")
    match action.kind:
        case "poke":
            rt.carrier.move_leg(account, target, rt.links.leg(call.id))
        case "dial":
            sid = rt.carrier.dial(
                account, target, call.dialled, rt.links.leg(call.id), rt.links.dialled(call.id)
            )
            _know_leg(rt, call, sid)
        case "ring":
            phone_orders.place(rt, action, call)
        case "end_leg":
            rt.carrier.end_leg(account, target)
        case "end_room":
            if (room_sid := room or _room_sid(rt, call, target)) is not None:
                rt.carrier.end_room(account, room_sid)
        case "hold":
            rt.carrier.hold(account, known or _known_room(rt, call, room), target, rt.links.hold(room))
        case "unhold":
            rt.carrier.unhold(account, known or _known_room(rt, call, room), target)
        case "let_hear":
            let_hear(rt, account, target, _known_room(rt, call, room))
        case other:
            raise CarrierRefused(f"no such request: {other}")


def _know_leg(rt: Runtime, call: models.Call, sid: str) -> None:
    """The leg that we dialled; one whose agent gave up meanwhile is ended."""
    with rt.write() as tx:
        now = dialled_leg(tx, call.account_sid, call.id, sid)
        if now is not None and now.ended_at is not None:
            order(tx, rt, now, Move("end_leg", sid))


def _known_room(rt: Runtime, call: models.Call, room: str) -> str:
    room_sid = _room_sid(rt, call, room)
    if room_sid is None:
        raise CarrierAway(f"room {room} is not known yet")
    return room_sid


def _room_sid(rt: Runtime, call: models.Call, room: str) -> str | None:
    with rt.store.read() as tx:
        known = tx.scalar(
            select(models.Participation.room_sid)
            .where(
                models.Participation.merchant_id == call.merchant_id,
                models.Participation.room == room,
                models.Participation.room_sid.is_not(None),
            )
            .limit(1)
        )
    return known or rt.carrier.find_room(rt.books.page.by_sid[call.account_sid], room)


def _finish(
    rt: Runtime,
    action: models.Action,
    happened: str,
    error: str,
    *,
    is_certain: bool = True,
    then: Callable[[Session, Runtime, models.Action], None] | None = None,
) -> None:
    state = ACTION_MOVES[Action.SENT, happened]
    this = {"merchant": action.merchant_id, "action": action.id, "attempt": action.attempts}
    with rt.write() as tx:
        tx.execute(_FINISH, {**this, "becomes": state, "why": error[:500]})
        if then is not None:
            then(tx, rt, action)
        if state != Action.SENT and action.kind == "end_leg":
            for waits in held_back(tx, action.merchant_id, action.call_id):
                after_commit(tx, partial(send, rt, action.merchant_id, waits))
        if state == Action.FAILED and action.kind == "hold":
            _hold_failed(tx, rt, action)
        if state == Action.FAILED and action.kind == "dial":
            _dial_failed(tx, rt, action, is_certain=is_certain)
        if state == Action.FAILED and action.kind == "ring":
            phone_orders.failed(tx, rt, action, error, is_certain=is_certain)


def _hold_failed(tx: Session, rt: Runtime, action: models.Action) -> None:
    """The caller of a vanished agent goes back to the queue now; a talk whose hold failed goes on unheld."""
    room = action.target.partition(" ")[2]
    of_room = (
        models.Participation.merchant_id == action.merchant_id,
        models.Participation.room == room,
        models.Participation.role == Role.OWNER,
    )
    tx.execute(
        update(models.Participation)
        .where(*of_room, models.Participation.state == Participation.VANISHED)
        .values(until_at=rt.now())
    )
    tx.execute(
        update(models.Participation)
        .where(*of_room, models.Participation.state == Participation.TALKING)
        .values(held_at=None)
    )


def _dial_failed(tx: Session, rt: Runtime, action: models.Action, *, is_certain: bool) -> None:
    """The customer is not rung: the agent's time of waiting ends, now or when no leg has told of itself."""
    call = tx.get_one(models.Call, (action.merchant_id, action.call_id))
    if is_known(call):
        return
    tx.execute(
        update(models.Waiting)
        .where(
            models.Waiting.merchant_id == action.merchant_id,
            models.Waiting.call_id == action.call_id,
            models.Waiting.state == Waiting.BRIDGING,
        )
        .values(until_at=rt.now() + (0.0 if is_certain else WORD_SECONDS))
    )
