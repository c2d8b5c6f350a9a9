"""What a waiting caller hears: pieces of at most 20 seconds, made from SQL and the time waited.

The music goes on where it stopped; the place is said only when it is true; nothing here delays an answer: as soon as
an agent is at the fence, or the caller's time or wish is over, the next piece is "leave".
"""

from typing import Final, assert_never

from sqlalchemy import Float, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session as Tx

from callflows.session import Session
from callflows.steps.queue import QueueStep
from callflows.visit import Visit
from callflows.waits import CallbackOffer, Estimate, Message, Music, Position, Wait, due
from voice import heard as told
from voice import models, music, speak
from voice.calls import find_call
from voice.changes import changed
from voice.estimates import wait_that_remains
from voice.joining import is_rung
from voice.offers import withdraw
from voice.phrases import key_name, phrase
from voice.runtime import Runtime
from voice.sounds import piece_name
from voice.speak import Fragment
from voice.states import WAITING_MOVES, WAITING_OPEN, Waiting, sources

PLACE_EVERY_SECONDS = 60.0

_W: Final = models.Waiting
_PLACE_OF_CALL: Final = select(_W).where(
    _W.merchant_id == bindparam("merchant"), _W.id == bindparam("place"), _W.call_id == bindparam("of_call")
)
_AT_HEAD: Final = _W.head_at.is_not(None)
_SOONER: Final = _W.rank_at < bindparam("rank", type_=Float(53))
_OTHERS: Final = (
    select(func.count())
    .select_from(_W)
    .where(
        _W.merchant_id == bindparam("merchant"),
        _W.queue == bindparam("of_queue"),
        _W.state.in_(WAITING_OPEN),
        _W.id != bindparam("place"),
    )
)
_BEFORE: Final = {  # by whether the caller came back to the head
    True: _OTHERS.where(and_(_AT_HEAD, _SOONER)),
    False: _OTHERS.where(or_(_AT_HEAD, _SOONER)),
}


def piece(rt: Runtime, waiting_id: str, heard: told.WaitHeard) -> bytes:
    """The next piece for a caller, or the way out of the room."""
    with rt.write() as tx:
        call = find_call(tx, heard.account_sid, heard.call_sid)
        waiting = _waiting_of(tx, waiting_id, call) if call is not None else None
        if call is None or waiting is None or waiting.left_as is not None:
            return speak.document(speak.leave())
        if waiting.proved_at is None:
            waiting.proved_at = rt.now()
        if heard.keys and heard.keys in waiting.exit_keys:
            leave(tx, rt, waiting, "left", "exit_key", key=heard.keys)
        if waiting.left_as is not None or waiting.state in (Waiting.BRIDGING, Waiting.CONNECTED):
            return speak.document(speak.leave())
        return _ringing(rt) if is_rung(waiting) else _music(rt, tx, call, waiting)


def leave(tx: Tx, rt: Runtime, waiting: models.Waiting, happened: str, left_as: str, key: str = "") -> bool:
    """The caller leaves by key, timeout or hang-up: the same conditional update as a claim, so one of them wins."""
    target = WAITING_MOVES.get((Waiting(waiting.state), happened))
    if target is None:
        return False
    gone = changed(
        tx,
        update(models.Waiting)
        .where(
            models.Waiting.merchant_id == waiting.merchant_id,
            models.Waiting.id == waiting.id,
            models.Waiting.state.in_(sources(WAITING_MOVES, happened)),
            models.Waiting.left_as.is_(None),
        )
        .values(state=target, state_at=rt.now(), left_as=left_as, left_key=key),
    )
    tx.refresh(waiting)
    if not gone:
        return False
    rt.journal.write(
        tx,
        waiting.merchant_id,
        waiting.call_id,
        "ring_ended" if is_rung(waiting) else "dequeued",
        rt.now(),
        queue=waiting.queue,
        why=left_as,
        waited=round(rt.now() - waiting.entered_at, 1),
    )
    withdraw(tx, rt, waiting)
    return True


def place_of(tx: Tx, waiting: models.Waiting) -> int:
    """How many callers of the queue are before this one, plus one; who came back to the head is before the others."""
    named = {
        "merchant": waiting.merchant_id,
        "of_queue": waiting.queue,
        "place": waiting.id,
        "rank": waiting.rank_at,
    }
    return 1 + (tx.scalar(_BEFORE[waiting.head_at is not None], named) or 0)


def _ringing(rt: Runtime) -> bytes:
    """Who is put through without a queue hears it ring, in short pieces: the flow goes on soon after the last ring."""
    return speak.waiting_room(rt.links.audio("ringing"))


def _music(rt: Runtime, tx: Tx, call: models.Call, waiting: models.Waiting) -> bytes:
    now = rt.now()
    visit = Visit(rt.books.flow(waiting.merchant_id, call.flow_digest), Session.load(waiting.session), now)
    wait = _wait_of(visit)
    words = _usual_words(tx, waiting, visit) if wait is None else _words_of(tx, waiting, visit, wait)
    piece = int((now - waiting.entered_at) // music.SEGMENT_SECONDS)
    own = visit.sound(wait.music) if wait and wait.music else None
    sound = piece_name(waiting.merchant_id, own, piece) if own else f"hold-{piece % music.SEGMENTS}"
    return speak.waiting_room(
        rt.links.audio(sound),
        words=words,
        keys_url=rt.links.wait(waiting.id) if waiting.exit_keys else None,
    )


def _wait_of(visit: Visit) -> Wait | None:
    """The flow's own wait for the step at which the caller joined."""
    step = visit.flow.steps.get(visit.session.step)
    return visit.flow.waits.get(step.wait or "") if isinstance(step, QueueStep) else None


def _usual_words(tx: Tx, waiting: models.Waiting, visit: Visit) -> Fragment:
    """Without a wait of the flow's own: each minute the place, and how long it will take."""
    since, now = waiting.place_said_at, visit.now
    if not visit.flow.queues[waiting.queue].announce_position or (
        since is not None and now - since < PLACE_EVERY_SECONDS
    ):
        return speak.NOTHING
    waiting.place_said_at = now
    said = (
        _place(tx, waiting, visit.language),
        _estimate(tx, waiting, now, visit.language),
        _offer_of_callback(waiting, visit),
    )
    return _spoken(visit, " ".join(filter(None, said)))


def _words_of(tx: Tx, waiting: models.Waiting, visit: Visit, wait: Wait) -> Fragment:
    """What the flow's wait wants said since the last piece."""
    since, waiting.place_said_at = waiting.place_said_at, visit.now
    words: list[Fragment] = []
    for part in due(wait, waiting.entered_at, since, visit.now):
        match part:
            case Position():
                words.append(_spoken(visit, _place(tx, waiting, visit.language)))
            case Estimate():
                words.append(_spoken(visit, _estimate(tx, waiting, visit.now, visit.language)))
            case CallbackOffer():
                words.append(_spoken(visit, _offer_of_callback(waiting, visit)))
            case Message(text=text):
                said = visit.say(text)
                words.append(speak.say(said.text, said.language, said.voice))
            case Music():
                pass
            case _:
                assert_never(part)
    return Fragment(b"".join(words))


def _spoken(visit: Visit, text: str) -> Fragment:
    return speak.say(text, visit.language, visit.flow.voice_for(visit.language))


def _place(tx: Tx, waiting: models.Waiting, language: str) -> str:
    place = place_of(tx, waiting)
    return phrase("next", language) if place == 1 else phrase("place", language, place=place)


def _offer_of_callback(waiting: models.Waiting, visit: Visit) -> str:
    """The key for being called back, where there is one."""
    step = visit.flow.steps.get(visit.session.step)
    if not isinstance(step, QueueStep) or not step.callback or step.callback_key not in waiting.exit_keys:
        return ""
    return phrase("call_me_back", visit.language, key=key_name(step.callback_key, visit.language))


def _estimate(tx: Tx, waiting: models.Waiting, now: float, language: str) -> str:
    """How long it will take, when the queue knows."""
    left = wait_that_remains(tx, waiting, now)
    if left is None:
        return ""
    minutes = left // 60
    return phrase("minute", language) if minutes == 1 else phrase("minutes", language, minutes=minutes)


def _waiting_of(tx: Tx, waiting_id: str, call: models.Call) -> models.Waiting | None:
    return tx.scalar(_PLACE_OF_CALL, {"merchant": call.merchant_id, "place": waiting_id, "of_call": call.id})
