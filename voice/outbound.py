"""Calls that agents make: the same rows, room, recording and ticket as a customer's own call, begun from the other end.

The call is born claimed by its agent. The agent's phone comes to the room first and hears the ringing; then the
customer is dialled; whoever picks up is brought to the fence like any caller. Who may be called, `gate.py` and `dialling.py` say.
"""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session as Tx

from callflows.flow import Flow
from callflows.session import Session
from callflows.visit import Visit
from voice import gate, models, speak
from voice import heard as told
from voice.actions import Move, order
from voice.calls import dialled_leg, is_dialling, last_waiting
from voice.dialling import NotDialled, admit
from voice.heard import LegStatus
from voice.locks import lock_agent
from voice.moves import bump_desks, move
from voice.offers import CLAIM_SECONDS
from voice.phone_rings import ANSWER_SECONDS, ring_agent
from voice.phrases import phrase
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.speak import Fragment
from voice.states import CallEnd, Offer, OfferKind, Waiting
from voice.talks import DIAL_SECONDS
from voice.unanswered import give_up

HOUR = 3600.0
PHONE_SECONDS = (
    ANSWER_SECONDS + 5.0
)  # for an agent to pick up the own ordinary phone; then there is time for a key
NOTES_SECONDS = 30.0  # for notes after a call out; a queue's own default
MISSED_REASONS = ("missed", "no connection")  # who dials is there again
UNANSWERED = {
    LegStatus.BUSY: (CallEnd.BUSY, "busy"),
    LegStatus.NO_ANSWER: (CallEnd.NO_ANSWER, "nobody answered"),
    LegStatus.CANCELED: (CallEnd.CANCELLED, "called off"),
    LegStatus.FAILED: (CallEnd.FAILED, "the number cannot be reached"),
    LegStatus.COMPLETED: (CallEnd.NO_ANSWER, "hung up before the talk"),
}


def lines_of(rt: Runtime, merchant_id: str) -> tuple[str, ...]:
    """The numbers under which a merchant can call, the first of its flow first."""
    flow = rt.books.live_flow(merchant_id)
    ours = {number for number, (owner, _) in rt.books.page.numbers.items() if owner == merchant_id}
    return tuple(number for number in flow.numbers if number in ours) if flow is not None else ()


def dial(rt: Runtime, agent_id: str, merchant_id: str, typed: str, line: str = "") -> dict[str, str]:
    """Call a customer for a merchant, showing one of its numbers; the page now connects its phone with the offer.

    An agent who takes calls on an ordinary phone is rung there first.
    Raises Refused: the number is not to be dialled, or the agent has a call.
    """
    lines, flow = lines_of(rt, merchant_id), rt.books.live_flow(merchant_id)
    if flow is None or not lines:
        raise Refused(
            "not_dialled", "This merchant has no number to call from. An admin can add one to its flow."
        )
    if line and line not in lines:
        raise Refused("not_dialled", f"{line} is no number of this merchant.")
    with rt.write() as tx:
        number = _admitted(tx, rt, flow, agent_id, typed)
        agent = lock_agent(tx, agent_id)
        was_away = agent.reason if agent is not None and agent.state == "away" else ""
        if agent is None or move(tx, rt, agent_id, "dialled") is None:
            raise Refused("not_now", "Start your shift and finish your present call first, then dial.")
        if was_away and was_away not in MISSED_REASONS and not agent.next_state:
            agent.next_state = f"away:{was_away}"
        call = _new_call(tx, rt, merchant_id, flow, number, line or lines[0])
        own = _own_number(flow, agent)
        offer = _claimed(tx, rt, call, flow, agent_id, PHONE_SECONDS if own else CLAIM_SECONDS)
        rt.journal.write(
            tx, merchant_id, call.id, "dialled", rt.now(), agent_id=agent_id, number=number, line=call.dialled
        )
        if own:
            ring_agent(tx, rt, call, offer, own, rt.now() + PHONE_SECONDS)
        bump_desks(tx, rt, agent_id)
        return {"offer": offer.id, "account_sid": call.account_sid, "call": call.id}


def leg_went_on(rt: Runtime, call_id: str, heard: told.CallStatusHeard) -> None:
    """A leg that we dialled rings, is busy, was not answered. Late or repeated, it does no harm."""
    with rt.write() as tx:
        call = dialled_leg(tx, heard.account_sid, call_id, heard.call_sid)
        if call is None:
            return
        is_stray = call.call_sid != heard.call_sid or call.ended_at is not None
        if is_stray and not heard.status.is_final:
            order(tx, rt, call, Move("end_leg", heard.call_sid))
            return
        waiting = last_waiting(tx, call)
        if is_stray or not is_dialling(call) or waiting is None or waiting.state != Waiting.BRIDGING:
            return
        if heard.status.is_final:
            give_up(tx, rt, call, waiting, *UNANSWERED[heard.status])
        elif heard.status == LegStatus.RINGING and waiting.proved_at is None:
            waiting.proved_at, waiting.until_at = rt.now(), rt.now() + DIAL_SECONDS
            bump_desks(tx, rt, waiting.agent_id)


def is_ringing(tx: Tx, account_sid: str, room: str) -> bool:
    """Whether the customer's phone rings, for the agent who is alone in this room."""
    talk = tx.scalar(select(models.Participation).where(models.Participation.room == room).limit(1))
    call = tx.get(models.Call, (talk.merchant_id, talk.call_id)) if talk is not None else None
    waiting = last_waiting(tx, call) if call is not None and call.account_sid == account_sid else None
    return waiting is not None and waiting.proved_at is not None


def first_words(
    tx: Tx, rt: Runtime, call: models.Call, waiting: models.Waiting, talk: models.Participation
) -> Iterator[Fragment]:
    """What a customer whom we called hears before the first agent: that the call is recorded, if it is."""
    if call.direction != "outbound" or not waiting.record or talk.assignment != 1:
        return
    flow, session = rt.books.flow(call.merchant_id, call.flow_digest), Session.load(waiting.session)
    if flow.recording.announce is None:
        return
    if not session.consented:
        waiting.session = session.but(consented=True).dump()
        rt.journal.write(tx, call.merchant_id, call.id, "consent_announced", rt.now())
    said = Visit(flow, session, rt.now()).say(flow.recording.announce)
    yield speak.say(said.text, said.language, said.voice)


def parting_words(rt: Runtime, call: models.Call, waiting: models.Waiting) -> bytes:
    """The end of a call that we made: nothing more, or an apology to whom we lost."""
    if waiting.state not in (Waiting.LET_GO, Waiting.TIMED_OUT, Waiting.LEFT):
        return speak.document(speak.hang_up())
    flow = rt.books.flow(call.merchant_id, call.flow_digest)
    words = phrase("lost_you", flow.language)
    return speak.say_and_hang_up(words, flow.language, flow.voice_for(flow.language))


def _admitted(tx: Tx, rt: Runtime, flow: Flow, agent_id: str, typed: str) -> str:
    try:
        return gate.admit_agents_call(tx, rt, flow, agent_id, typed)
    except NotDialled as refused:
        raise Refused("not_dialled", str(refused)) from refused


def _own_number(flow: Flow, agent: models.Agent) -> str:
    """The phone on which the agent makes the call, "" at the browser; both its legs were counted with the call."""
    try:
        return admit(agent.phone, gate.rules_of(flow)) if agent.on_phone else ""
    except NotDialled as refused:
        raise Refused("not_dialled", f"Your own phone is not rung: {refused}") from refused


def _new_call(tx: Tx, rt: Runtime, merchant_id: str, flow: Flow, number: str, line: str) -> models.Call:
    call_id = rt.chance.id("ca")
    call = models.Call(
        merchant_id=merchant_id,
        id=call_id,
        call_sid=call_id,
        account_sid=rt.books.account_of(merchant_id).account_sid,
        direction="outbound",
        caller=number,
        dialled=line,
        flow_digest=flow.digest,
        started_at=rt.now(),
        next_assignment=1,
    )
    tx.add(call)
    tx.flush()
    return call


def _claimed(
    tx: Tx, rt: Runtime, call: models.Call, flow: Flow, agent_id: str, seconds: float
) -> models.Offer:
    """The customer's place, taken by the agent before there is a customer."""
    now = rt.now()
    waiting = models.Waiting(
        merchant_id=call.merchant_id,
        id=rt.chance.id("wt"),
        call_id=call.id,
        queue="",
        state=Waiting.CLAIMED,
        state_at=now,
        entered_at=now,
        rank_at=now,
        generation=1,
        agent_id=agent_id,
        deadline_at=now + HOUR,
        until_at=now + seconds,
        ring_seconds=20.0,
        wrap_up_seconds=NOTES_SECONDS,
        session=Session(flow.digest, "", 0, now).dump(),
        record=flow.recording.on,
    )
    offer = models.Offer(
        merchant_id=call.merchant_id,
        id=rt.chance.id("of"),
        waiting_id=waiting.id,
        call_id=call.id,
        agent_id=agent_id,
        generation=1,
        kind=OfferKind.OUTBOUND,
        state=Offer.ACCEPTED,
        offered_at=now,
    )
    tx.add_all([waiting, offer])
    tx.flush()
    return offer
