"""What a waiting caller hears: pieces of at most 20 seconds, made from SQL and the time waited.

The music goes on where it stopped; the place is said only when it is true; nothing here delays an answer: as soon as
an agent is at the fence, or the caller's time or wish is over, the next piece is "leave".
"""

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session as Tx

from callflows.flow import Flow
from callflows.session import Session
from routing.estimate import RECENT_SECONDS, remaining_wait
from voice import heard as told
from voice import models, music, speak
from voice.calls import find_call
from voice.offers import withdraw
from voice.phrases import phrase
from voice.runtime import Runtime
from voice.speak import Fragment
from voice.states import WAITING_MOVES, WAITING_OPEN, Waiting, sources

PLACE_EVERY_SECONDS = 60.0


def piece(rt: Runtime, waiting_id: str, heard: told.WaitHeard) -> bytes:
    """The next piece for a caller, or the way out of the room."""
    with rt.write() as tx:
        waiting = _waiting_of(tx, waiting_id, heard)
        if waiting is None or waiting.left_as is not None:
            return speak.document(speak.leave())
        if waiting.proved_at is None:
            waiting.proved_at = rt.now()
        if heard.keys and heard.keys in waiting.exit_keys:
            leave(tx, rt, waiting, "left", "exit_key", key=heard.keys)
        if waiting.left_as is not None or waiting.state in (Waiting.BRIDGING, Waiting.CONNECTED):
            return speak.document(speak.leave())
        return _music(rt, tx, waiting)


def leave(tx: Tx, rt: Runtime, waiting: models.Waiting, happened: str, left_as: str, key: str = "") -> bool:
    """The caller leaves by key, timeout or hang-up: the same conditional update as a claim, so one of them wins."""
    target = WAITING_MOVES.get((Waiting(waiting.state), happened))
    if target is None:
        return False
    gone = tx.execute(
        update(models.Waiting)
        .where(
            models.Waiting.merchant_id == waiting.merchant_id,
            models.Waiting.id == waiting.id,
            models.Waiting.state.in_(sources(WAITING_MOVES, happened)),
            models.Waiting.left_as.is_(None),
        )
        .values(state=target, state_at=rt.now(), left_as=left_as, left_key=key)
    )
    tx.refresh(waiting)
    if not gone.rowcount:  # type: ignore[attr-defined]
        return False
    rt.journal.write(
        tx,
        waiting.merchant_id,
        waiting.call_id,
        "dequeued",
        rt.now(),
        queue=waiting.queue,
        why=left_as,
        waited=round(rt.now() - waiting.entered_at, 1),
    )
    withdraw(tx, rt, waiting)
    return True


def place_of(tx: Tx, waiting: models.Waiting) -> int:
    """How many callers of the queue are before this one, plus one; who came back to the head is before the others."""
    sooner = models.Waiting.rank_at < waiting.rank_at
    at_head = models.Waiting.head_at.is_not(None)
    before = or_(at_head, sooner) if waiting.head_at is None else and_(at_head, sooner)
    return 1 + (
        tx.scalar(
            select(func.count())
            .select_from(models.Waiting)
            .where(
                models.Waiting.merchant_id == waiting.merchant_id,
                models.Waiting.queue == waiting.queue,
                models.Waiting.state.in_(WAITING_OPEN),
                models.Waiting.id != waiting.id,
                before,
            )
        )
        or 0
    )


def _music(rt: Runtime, tx: Tx, waiting: models.Waiting) -> bytes:
    waited = rt.now() - waiting.entered_at
    call = tx.get_one(models.Call, (waiting.merchant_id, waiting.call_id))
    flow = rt.books.flow(waiting.merchant_id, call.flow_digest)
    words = speak.NOTHING
    if flow.queues[waiting.queue].announce_position and _says_place(waiting, rt.now()):
        waiting.place_said_at = rt.now()
        words = _words(tx, waiting, flow, rt.now())
    sound = rt.links.audio(f"hold-{int(waited // music.SEGMENT_SECONDS) % music.SEGMENTS}")
    return speak.waiting_room(
        sound, words=words, keys_url=rt.links.wait(waiting.id) if waiting.exit_keys else None
    )


def _says_place(waiting: models.Waiting, now: float) -> bool:
    return waiting.place_said_at is None or now - waiting.place_said_at >= PLACE_EVERY_SECONDS


def _words(tx: Tx, waiting: models.Waiting, flow: Flow, now: float) -> Fragment:
    """The place, and how long it will take when the queue knows."""
    place, language = place_of(tx, waiting), Session.load(waiting.session).language or flow.language
    text = phrase("next", language) if place == 1 else phrase("place", language, place=place)
    left = remaining_wait(_recent_answers(tx, waiting, now), now - waiting.entered_at, now)
    if left is not None:
        minutes = left // 60
        text += " " + (
            phrase("minute", language) if minutes == 1 else phrase("minutes", language, minutes=minutes)
        )
    return speak.say(text, language, flow.voice_for(language))


def _recent_answers(tx: Tx, waiting: models.Waiting, now: float) -> list[tuple[float, float]]:
    rows = tx.execute(
        select(models.Waiting.state_at, models.Waiting.state_at - models.Waiting.entered_at)
        .where(
            models.Waiting.merchant_id == waiting.merchant_id,
            models.Waiting.queue == waiting.queue,
            models.Waiting.state == Waiting.CONNECTED,
            models.Waiting.state_at > now - RECENT_SECONDS,
        )
        .order_by(models.Waiting.state_at.desc())
        .limit(50)
    )
    return [(answered_at, waited) for answered_at, waited in rows]


def _waiting_of(tx: Tx, waiting_id: str, heard: told.WaitHeard) -> models.Waiting | None:
    call = find_call(tx, heard.account_sid, heard.call_sid)
    if call is None:
        return None
    return tx.scalar(
        select(models.Waiting).where(
            models.Waiting.merchant_id == call.merchant_id,
            models.Waiting.id == waiting_id,
            models.Waiting.call_id == call.id,
        )
    )
