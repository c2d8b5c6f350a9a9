"""A caller sent on to an agent, a queue or a number, with a way back: to the sender, then to the head of the queue.

Each stage is a place of its own (a waiting row), so rings, claims, deadlines and hang-ups are those of every caller. A
place that was left in vain leads to the next stage when the caller's leg asks what comes now; `plan` remembers who sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as Tx

from routing.plan import Plan
from routing.snapshot import Strategy
from voice import heard as told
from voice import models, speak
from voice.actions import Move, order
from voice.asking_numbers import admitted
from voice.calls import live_waiting
from voice.dispatch import decide_for_queue
from voice.joining import CONNECT_SECONDS, RUNG, in_queue, into_queue
from voice.locks import lock_agent
from voice.moves import move
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import Agent, Waiting
from voice.talks import end_talk, require_alone, require_both, talk_of

RING_SECONDS = 20.0
SENT_ON = "sent_on"  # how the sender's place was left


@dataclass(frozen=True)
class Sent:
    """What a place remembers of being a stage of a transfer: who sent, from which queue, and whether it is the way back."""

    by: str
    home: str  # the id of the place that the caller had when it was sent
    number: str = ""  # E.164, when it was sent to a number
    is_back: bool = False

    def dump(self) -> dict[str, Any]:
        """As a part of a plan."""
        return {"sent": {"by": self.by, "home": self.home, "number": self.number, "back": self.is_back}}

    @classmethod
    def load(cls, plan: Mapping[str, Any]) -> "Sent | None":
        """What a plan remembers; None for a caller whom nobody sent."""
        kept = plan.get("sent")
        if kept is None:
            return None
        return cls(str(kept["by"]), str(kept["home"]), str(kept["number"]), bool(kept["back"]))


def send(rt: Runtime, agent_id: str, call_id: str, kind: str, target: str) -> None:
    """Give the caller to an agent (id), a queue (name) or a number, at once; the sender writes notes.

    Raises Refused: there is no such target, or it cannot take anybody now.
    """
    with rt.write() as tx:
        call, talk = talk_of(tx, agent_id, call_id)
        require_both(talk)
        require_alone(tx, call)
        home = live_waiting(tx, call)
        if home is None:
            raise Refused("gone", "You are not in this call.")
        sent, number = Sent(agent_id, _home_of(home)), ""
        place: models.Waiting | None = None
        match kind:
            case "agent":
                place, name = _ring_of(tx, rt, call, home, sent, target, agent_id)
            case "queue":
                place, name = _place_in(tx, rt, call, home, sent, target), target
            case "number":
                name = number = admitted(tx, rt, call, agent_id, target)
            case _:
                raise Refused("not_found", "Send the caller to an agent, a queue or a number.")
        end_talk(tx, rt, call, talk, home, SENT_ON)
        call.hung_up_by = None
        home.left_as = SENT_ON
        if place is None:
            home.state, home.proved_at = Waiting.LEFT, None
            home.plan = {**home.plan, **Sent(agent_id, sent.home, number).dump()}
            rt.journal.write(
                tx, call.merchant_id, call.id, "forwarded", rt.now(), agent_id=agent_id, number=number
            )
        rt.journal.write(
            tx, call.merchant_id, call.id, "sent_on", rt.now(), agent_id=agent_id, to=kind, target=name
        )
        tx.flush()
        order(tx, rt, call, Move("poke", call.call_sid))
        order(tx, rt, call, Move("end_leg", talk.leg_sid))
        if place is not None:
            _take(tx, rt, call, place)


def is_under_way(left: models.Waiting) -> bool:
    """Whether a caller was sent on and nobody has taken the call yet, so that the next stage is to come."""
    return Sent.load(left.plan) is not None and left.left_as != "answered"


def next_stage(
    tx: Tx, rt: Runtime, call: models.Call, left: models.Waiting, heard: told.TurnHeard
) -> bytes | None:
    """The document for a caller whose stage is over; None when it led to a talk, or when nobody had sent the caller.

    After it the caller may have a new place: then the document is the way into it, and comes from there.
    """
    sent = Sent.load(left.plan)
    if sent is None or left.left_as == "answered":
        return None
    if sent.number and not sent.is_back:
        happened = heard.happened
        if not isinstance(happened, told.DialLeft) or happened.other_call_sid is None:
            left.proved_at = rt.now()
            return _dial(rt, call, left, sent.number)
        if happened.outcome in ("completed", "answered"):
            left.left_as = "answered"
            return None
    home = tx.get_one(models.Waiting, (call.merchant_id, sent.home))
    if not sent.is_back:
        _send_back(tx, rt, call, home, sent)
    elif home.queue and not home.queue.startswith(RUNG):
        _send_home(tx, rt, call, home)
    else:
        left.state, left.left_as = Waiting.LET_GO, "let_go"
        call.hung_up_by = "nobody"
        rt.journal.write(tx, call.merchant_id, call.id, "let_go", rt.now())
    return None


def _home_of(place: models.Waiting) -> str:
    """The place to which the caller returns in the end: not the ring of a colleague, but the queue before it."""
    sent = Sent.load(place.plan)
    return sent.home if sent is not None and place.queue.startswith(RUNG) else place.id


def _send_back(tx: Tx, rt: Runtime, call: models.Call, home: models.Waiting, sent: Sent) -> None:
    """Nobody took the caller: the sender is rung, whose notes and next callers can wait."""
    back = _place(rt, call, home, Sent(sent.by, sent.home, is_back=True), f"{RUNG}{sent.by}")
    _rings_only(back, home, sent.by, rt.now())
    back.head_at = rt.now()
    agent = lock_agent(tx, sent.by)
    if agent is not None and agent.state == Agent.WRAP_UP:
        move(tx, rt, sent.by, "wrapped_up")
    rt.journal.write(tx, call.merchant_id, call.id, "sent_back", rt.now(), agent_id=sent.by)
    _take(tx, rt, call, back)


def _send_home(tx: Tx, rt: Runtime, call: models.Call, home: models.Waiting) -> None:
    """The sender does not take the caller either: the head of the queue from which the caller came."""
    again = _place(rt, call, home, None, home.queue)
    again.head_at, again.rank_at = rt.now(), home.rank_at
    again.deadline_at = rt.now() + max(60.0, home.deadline_at - home.entered_at)
    again.strategy, again.gives_up, again.exit_keys = home.strategy, home.gives_up, home.exit_keys
    again.stays_if, again.stays_seconds, again.helpers = home.stays_if, home.stays_seconds, home.helpers
    again.plan = {name: value for name, value in home.plan.items() if name != "sent"}
    rt.journal.write(tx, call.merchant_id, call.id, "requeued", rt.now(), queue=home.queue)
    _take(tx, rt, call, again)


def _ring_of(
    tx: Tx, rt: Runtime, call: models.Call, home: models.Waiting, sent: Sent, target: str, sender: str
) -> tuple[models.Waiting, str]:
    """A place that rings one colleague."""
    colleague = tx.scalar(
        select(models.Agent)
        .join(models.Membership, models.Membership.user_id == models.Agent.id)
        .where(models.Agent.id == target, models.Membership.merchant_id == call.merchant_id)
    )
    if colleague is None or target == sender:
        raise Refused("not_found", "There is no such colleague for this merchant.")
    if colleague.state != Agent.AVAILABLE:
        raise Refused("not_now", f"{colleague.name} is not available now. Choose somebody else, or a queue.")
    place = _place(rt, call, home, sent, f"{RUNG}{target}")
    _rings_only(place, home, target, rt.now())
    return place, colleague.name


def _place_in(
    tx: Tx, rt: Runtime, call: models.Call, home: models.Waiting, sent: Sent, name: str
) -> models.Waiting:
    """A place at the end of a queue, on the queue's own terms."""
    flow = rt.books.flow(call.merchant_id, call.flow_digest)
    wish = into_queue(flow, name, leave_when_no_agents=True)
    place = _place(rt, call, home, sent, name)
    in_queue(tx, place, call, flow, wish, rt.now())
    place.plan = {**place.plan, **sent.dump()}
    return place


def _place(
    rt: Runtime, call: models.Call, home: models.Waiting, sent: Sent | None, queue: str
) -> models.Waiting:
    now = rt.now()
    return models.Waiting(
        merchant_id=call.merchant_id,
        id=rt.chance.id("wt"),
        call_id=call.id,
        queue=queue,
        state=Waiting.WAITING,
        state_at=now,
        entered_at=now,
        rank_at=now,
        deadline_at=now,
        ring_seconds=home.ring_seconds,
        wrap_up_seconds=home.wrap_up_seconds,
        session=home.session,
        record=home.record,
        record_side=home.record_side,
        plan={} if sent is None else sent.dump(),
    )


def _rings_only(place: models.Waiting, home: models.Waiting, agent_id: str, now: float) -> None:
    place.strategy, place.gives_up = Strategy.BROADCAST, True
    place.ring_seconds, place.deadline_at = RING_SECONDS, now + RING_SECONDS + CONNECT_SECONDS
    place.plan = {**place.plan, **Plan(only=(agent_id,)).dump()}


def _take(tx: Tx, rt: Runtime, call: models.Call, place: models.Waiting) -> None:
    if not place.queue.startswith(RUNG):
        call.queue = place.queue
        rt.journal.write(tx, call.merchant_id, call.id, "enqueued", rt.now(), queue=place.queue)
    tx.add(place)
    tx.flush()
    decide_for_queue(tx, rt, call.merchant_id, place.queue)


def _dial(rt: Runtime, call: models.Call, left: models.Waiting, number: str) -> bytes:
    """The number rings for the caller; it sees the line that the caller knows, which is surely ours to show."""
    return speak.document(
        speak.forward(
            number,
            rt.links,
            rt.links.leg(call.id),
            ring_seconds=round(RING_SECONDS),
            record=left.record,
            caller_id=call.dialled,
        )
    )
