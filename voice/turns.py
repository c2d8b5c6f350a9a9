"""Turns of a call: what the flow says next, and what that does.

A plain turn reads nothing and locks nothing: its session travels in the URL and a repeat is computed again. A turn with
an effect (the caller joins a queue, leaves a voicemail, is forwarded) is one transaction that also keeps the answer,
so that a repeat gets it again whatever the flow would say now.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, cast

import structlog
from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session as Tx

from callflows import engine, remembered
from callflows.actions import Forward, JoinQueue, Request, RequestCallback, RingAgents, SendText
from callflows.engine import Turn
from callflows.events import CallbackOutcome, CallbackSettled, Event, ForwardEnded, ForwardOutcome
from callflows.flow import Flow
from callflows.notes import NoteKind
from callflows.session import Caller, Session, cut
from callflows.world import World
from voice import asking, callback_wishes, gate, models, speak, texting
from voice import heard as told
from voice.calls import Facts, ensure_call, remember
from voice.dialling import NotDialled
from voice.facts import Told
from voice.forms import fact, has_effect, is_evidence, looked_at_time
from voice.happened import flow_event
from voice.ids import call_id as id_of_call
from voice.ids import waiting_id
from voice.joining import take_place, why_closed
from voice.phones import mask
from voice.phrases import phrase
from voice.runtime import Runtime
from voice.seal import Bound, bound_to
from voice.sounds import piece_name
from voice.staffing import Staffed
from voice.states import CallEnd
from voice.store import StoreAway

log = structlog.get_logger()

ENTERED = (NoteKind.ENQUEUED, NoteKind.AGENTS_RUNG)

_ANSWER: Final = select(models.TurnAnswer.answer).where(
    models.TurnAnswer.merchant_id == bindparam("merchant"),
    models.TurnAnswer.call_id == bindparam("of_call"),
    models.TurnAnswer.turn == bindparam("number"),
)
_KEEP_ANSWER: Final = insert(cast(Table, models.TurnAnswer.__table__))


@dataclass(frozen=True)
class Story:
    """A call in the middle of its flow."""

    facts: Facts
    flow: Flow
    number: int  # of the turn
    turn: Turn


def begin(rt: Runtime, who: told.Incoming) -> bytes:
    """A customer dialled one of our numbers."""
    dialled = who.dialled.number or who.dialled.text
    listed, flow = rt.books.page.numbers.get(dialled), rt.books.answering(dialled)
    if listed is None or flow is None:
        log.warning("unknown number dialled", number=mask(who.dialled.text), call=who.call_sid)
        return speak.say_and_hang_up(phrase("unknown_number"))
    now = rt.now()
    facts = facts_of(who, listed[0], flow.digest, now)
    caller = Caller(who.caller.number, who.dialled.number or who.dialled.text, who.caller_name)
    turn = engine.start(flow, caller, now, world_of(rt, facts, flow))
    rt.journal.note_call(facts)
    return answer(rt, Story(facts, flow, 0, turn))


def go_on(rt: Runtime, who: Callable[[], told.Incoming], heard: told.TurnHeard, sealed: str) -> bytes:
    """The caller pressed keys, spoke, let the time pass, or a step ended: the sealed session goes on."""
    bound = bound_to_call(heard.account_sid, heard.call_sid)
    merchant_id, dumped = unseal(rt, sealed, bound)
    event = flow_event(heard)
    known = _known_answer(rt, heard, bound, merchant_id, dumped, event)
    if known is not None:
        return known
    session = Session.load(dumped)
    flow = rt.books.flow(merchant_id, session.flow)
    facts = facts_of(who(), merchant_id, session.flow, session.started_at)
    if asking.waits_for_reply(flow, session) and not heard.is_gone:
        reply = asking.reply_to(rt, facts, session.turn)
        if reply is None:
            return speak.retry_later(rt.links.turn(sealed), seconds=1)
        event = reply
    return answer(rt, resumed(rt, facts, flow, session, event))


def _known_answer(
    rt: Runtime, heard: told.TurnHeard, bound: Bound, merchant_id: str, dumped: bytes, event: Event
) -> bytes | None:
    """The answer of a turn that was made before and holds for everybody: its session is moved on, and never read."""
    stands = cut(dumped)
    common = remembered.known(stands, event) if stands is not None else None
    form = rt.forms.known(common.turn) if common is not None else None
    if stands is None or common is None or form is None:
        return None
    call_id = id_of_call(heard.account_sid, heard.call_sid)
    _note(rt, merchant_id, call_id, stands.turn + 1, form.told, form.is_evidence)
    onward = common.moved(stands)
    if onward is None:
        return form.document("")
    return form.document(_sealed(rt, merchant_id, onward, bound))


def resumed(rt: Runtime, facts: Facts, flow: Flow, session: Session, event: Event) -> Story:
    """The story after an event."""
    turn = remembered.resume(flow, session, event, rt.now(), world_of(rt, facts, flow))
    return Story(facts, flow, session.turn + 1, turn)


def world_of(rt: Runtime, facts: Facts, flow: Flow) -> World:
    """What the flow may know of the world outside it; nothing is read before a step asks."""
    return World(facts.call_id, Staffed(rt, facts.merchant_id, flow))


def answer(rt: Runtime, story: Story) -> bytes:
    """The document for a turn; its effect, if it has one, is committed before this returns."""
    form = rt.forms.of(story.turn, lambda sealed: _document(rt, story, sealed), rt.links.longest_sealed())
    if form is not None:
        _note_story(rt, story, form.told, form.is_evidence)
        return form.document(_onward(rt, story))
    if has_effect(story.turn):
        return _with_effect(rt, story)
    stored = _stored_answer(rt, story) if looked_at_time(story.turn) else None
    if stored is not None:
        return stored
    _note_story(rt, story, Told(_notes(story)), is_evidence(story.turn))
    return write_down(rt, story)


def _stored_answer(rt: Runtime, story: Story) -> bytes | None:
    """What this turn answered at another time, when it had an effect; without SQL the time of now must do."""
    try:
        with rt.store.read() as tx:
            return _answered(tx, story)
    except StoreAway:
        return None


def _answered(tx: Tx, story: Story) -> bytes | None:
    """What this turn answered when it had an effect."""
    named = {"merchant": story.facts.merchant_id, "of_call": story.facts.call_id, "number": story.number}
    return tx.scalar(_ANSWER, named)


def write_down(rt: Runtime, story: Story) -> bytes:
    """The turn as TwiML; whoever joins a queue is written by the waiting room."""
    return _document(rt, story, _onward(rt, story))


def _onward(rt: Runtime, story: Story) -> str:
    """The session for the next turn, sealed; nothing when the call ends."""
    return seal(rt, story.facts, story.turn.session) if story.turn.session else ""


def _document(rt: Runtime, story: Story, sealed: str) -> bytes:
    verbs = speak.actions(
        story.turn.actions,
        rt.links,
        rt.links.turn(sealed) if sealed else "",
        sound_url=lambda audio: rt.links.audio(piece_name(story.facts.merchant_id, audio)),
        join=lambda _join: speak.enqueue(
            queue_name(story.facts.merchant_id),
            rt.links.wait(_waiting_of(story)),
            rt.links.leg(story.facts.call_id),
        ),
    )
    return speak.document(*verbs)


def queue_name(merchant_id: str) -> str:
    """Twilio's queue is only a waiting room, one for each merchant, under an opaque name."""
    return f"wait-{id_of_call(merchant_id, 'waiting-room')[3:]}"


def seal(rt: Runtime, facts: Facts, session: Session) -> str:
    """The session for an address; it opens only on this call."""
    return _sealed(rt, facts.merchant_id, session.dump(), bound_to_call(facts.account_sid, facts.call_sid))


def _sealed(rt: Runtime, merchant_id: str, dumped: bytes, bound: Bound) -> str:
    return rt.sealer.seal(merchant_id.encode() + b"\n" + dumped, bound)


def unseal(rt: Runtime, sealed: str, bound: Bound) -> tuple[str, bytes]:
    """Merchant and dumped session again; raises SealBroken."""
    merchant_id, _, dumped = rt.sealer.open(sealed, bound).partition(b"\n")
    return merchant_id.decode(), dumped


def bound_to_call(account_sid: str, call_sid: str) -> Bound:
    """A session goes on with its own call only."""
    return bound_to(call_sid, f"turn {account_sid}")


def facts_of(who: told.Incoming, merchant_id: str, digest: str, started_at: float) -> Facts:
    """What every request of a customer's leg tells about the call."""
    return Facts(
        merchant_id=merchant_id,
        call_id=id_of_call(who.account_sid, who.call_sid),
        call_sid=who.call_sid,
        account_sid=who.account_sid,
        caller=who.caller.number or "",
        caller_name=who.caller_name,
        dialled=who.dialled.number or who.dialled.text,
        flow_digest=digest,
        started_at=started_at,
    )


def _with_effect(rt: Runtime, story: Story) -> bytes:
    facts = story.facts
    with rt.write() as tx:
        call = ensure_call(tx, facts)
        if (stored := _answered(tx, story)) is not None:
            return stored
        if call.ended_at is not None:
            return speak.document(speak.hang_up())
        story = _settled(tx, rt, story)
        rt.journal.write_turn(tx, facts.merchant_id, facts.call_id, story.number, rt.now(), _notes(story))
        _take_effect(tx, rt, call, story)
        document = write_down(rt, story)
        kept = {"answer": document, "at": rt.now()}
        tx.execute(
            _KEEP_ANSWER,
            {"merchant_id": call.merchant_id, "call_id": call.id, "turn": story.number, **kept},
        )
    return document


def _settled(tx: Tx, rt: Runtime, story: Story) -> Story:
    """A queue that lets nobody in, or people who cannot be rung, send the flow on at once, within the same turn."""
    wish = story.turn.actions[-1]
    if isinstance(wish, Forward):
        return _gated(tx, rt, story, wish)
    if isinstance(wish, RequestCallback):
        return _called_back(tx, rt, story, wish)
    if not isinstance(wish, JoinQueue | RingAgents):
        return story
    closed = why_closed(tx, story.facts.merchant_id, story.flow, wish, rt.now())
    if closed is None:
        return story
    facts, turn = story.facts, story.turn
    skipped = (
        ("enqueue_skipped", {"queue": wish.queue})
        if isinstance(wish, JoinQueue)
        else ("ring_skipped", {"whom": wish.whom})
    )
    rt.journal.write(
        tx, facts.merchant_id, facts.call_id, skipped[0], rt.now(), why=closed.outcome.value, **skipped[1]
    )
    world = world_of(rt, facts, story.flow)
    onward = engine.resume(story.flow, _session_of(turn), closed, rt.now(), world)
    entered = tuple(note for note in turn.notes if note.kind not in ENTERED)
    merged = Turn(onward.session, turn.actions[:-1] + onward.actions, entered + onward.notes)
    return _settled(tx, rt, replace(story, turn=merged))


def _gated(tx: Tx, rt: Runtime, story: Story, wish: Forward) -> Story:
    """A number that must not be called is like one that cannot be reached."""
    try:
        gate.admit_forward(tx, rt, story.flow, wish.number)
    except NotDialled as refused:
        facts, turn = story.facts, story.turn
        told_why = {"number": wish.number, "why": str(refused)}
        rt.journal.write(tx, facts.merchant_id, facts.call_id, "forward_refused", rt.now(), **told_why)
        failed, world = ForwardEnded(ForwardOutcome.FAILED), world_of(rt, facts, story.flow)
        onward = engine.resume(story.flow, _session_of(turn), failed, rt.now(), world)
        before = tuple(note for note in turn.notes if note.kind is not NoteKind.FORWARDED)
        merged = Turn(onward.session, turn.actions[:-1] + onward.actions, before + onward.notes)
        return _settled(tx, rt, replace(story, turn=merged))
    return story


def _called_back(tx: Tx, rt: Runtime, story: Story, wish: RequestCallback) -> Story:
    """A callback is promised or not, and the flow goes on with that."""
    facts, turn = story.facts, story.turn
    call, session = tx.get_one(models.Call, (facts.merchant_id, facts.call_id)), _session_of(turn)
    is_promised = callback_wishes.ask(tx, rt, call, story.flow, session, wish, _waiting_of(story))
    settled = CallbackSettled(CallbackOutcome.ACCEPTED if is_promised else CallbackOutcome.INVALID)
    onward = engine.resume(story.flow, session, settled, rt.now(), world_of(rt, facts, story.flow))
    merged = Turn(onward.session, turn.actions[:-1] + onward.actions, turn.notes + onward.notes)
    return _settled(tx, rt, replace(story, turn=merged))


def _take_effect(tx: Tx, rt: Runtime, call: models.Call, story: Story) -> None:
    texts = [action for action in story.turn.actions if isinstance(action, SendText)]
    texting.send_later(tx, rt, story.flow, story.facts, story.number, texts)
    match story.turn.actions[-1]:
        case JoinQueue() | RingAgents() as wish:
            take_place(tx, rt, call, story.flow, _session_of(story.turn), wish, _waiting_of(story))
        case Forward():
            remember(call, CallEnd.FORWARDED)
        case Request() as request:
            asking.ask(tx, rt, story.facts, _session_of(story.turn).turn, request)
        case _:
            pass


def _waiting_of(story: Story) -> str:
    return waiting_id(story.facts.call_id, _session_of(story.turn).turn)


def _session_of(turn: Turn) -> Session:
    if turn.session is None:
        raise ValueError("a turn that waits for something has a session")
    return turn.session


def _note_story(rt: Runtime, story: Story, told: Told, is_evidence: bool) -> None:
    _note(rt, story.facts.merchant_id, story.facts.call_id, story.number, told, is_evidence)


def _note(rt: Runtime, merchant_id: str, call_id: str, number: int, told: Told, is_evidence: bool) -> None:
    """Into the journal: behind the answer, or before it where facts may have to be proved."""
    is_due = is_evidence or rt.settings.facts == "before"
    note = rt.journal.keep_turn if is_due else rt.journal.note_turn
    note(merchant_id, call_id, number, rt.clock.now(), told)


def _notes(story: Story) -> list[tuple[str, Mapping[str, object]]]:
    facts = story.facts
    began = {"caller": facts.caller, "dialled": facts.dialled, "flow": story.flow.digest[:12]}
    notes: list[tuple[str, Mapping[str, object]]] = [("call_started", began)] if story.number == 0 else []
    return [*notes, *map(fact, story.turn.notes)]
