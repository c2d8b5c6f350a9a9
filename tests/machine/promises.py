"""What must be so at every moment, told from the tables and from where the legs are; and what must be so in the end.

The five promises are those that `tests/model` looks at in a small world (decision 170).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from routing.callbacks import Callback
from tests.machine import ears
from tests.machine.centre import Centre
from tests.machine.legs import Place
from tests.machine.premises import KEYS, KNOW, QUEUES, RELAXED_SECONDS
from voice import models
from voice.dispatch import decide_everywhere
from voice.joining import RUNG
from voice.states import (
    CONSULT_LIVE,
    OFFER_LIVE,
    PARTICIPATION_LIVE,
    PHONE_RING_LIVE,
    SUPERVISION_LIVE,
    WAITING_OPEN,
    Agent,
    Consult,
    Offer,
    OfferKind,
    Participation,
    Supervision,
    Waiting,
)  # fmt: skip

OVERDUE_SECONDS = 3.0  # the clock looks each second, and a death costs it one
IDLE_SECONDS = 2.0  # an idle agent and a waiting caller, at most
TOLD_SECONDS = 15.0  # of a leg that is gone: six seconds late, and twice asked of a process that dies
END_SECONDS = 8.0  # after everybody hung up: longer than all that is still under way

SOONEST = {"undelivered": 5.0, "unacknowledged": 3.0, "rang_out": 6.0}  # how a ring may end, after how long
LEAST_WAIT_SECONDS = 40.0  # of the queue that waits the shortest

_W, _O, _P, _A = models.Waiting, models.Offer, models.Participation, models.Agent
_C, _F, _S, _B = models.Consult, models.PhoneRing, models.Supervision, models.Callback
_PLACES = select(_W.id, _W.queue, _W.state, _W.entered_at, _W.until_at, _W.deadline_at).where(
    _W.left_as.is_(None)
)
_OFFERS = select(
    _O.id,
    _O.agent_id,
    _O.state,
    _O.ring_until_at,
    _O.pushed_at,
    _O.offered_at,
    _O.waiting_id,
    _O.kind,
    _O.call_id,
).where(_O.state.in_(OFFER_LIVE))
_TALKS = select(_P.id, _P.agent_id, _P.state, _P.until_at, _P.waiting_id, _P.leg_sid).where(
    _P.state.in_(PARTICIPATION_LIVE)
)
_CONSULTS = select(_C.id, _C.call_id, _C.state, _C.until_at).where(_C.state.in_(CONSULT_LIVE))
_PHONES = select(_F.id, _F.call_id, _F.until_at).where(_F.state.in_(PHONE_RING_LIVE))
_VISITS = select(_S.id, _S.state, _S.until_at, _S.leg_sid).where(_S.state.in_(SUPERVISION_LIVE))
_CALLBACKS = select(_B.id, _B.state, _B.next_at).where(_B.state == Callback.RESTING)
_AGENTS = select(_A.id, _A.state, _A.until_at, _A.not_before_at)
_WAITING = select(_W).where(_W.state == Waiting.WAITING, _W.left_as.is_(None))

CLAIM = (Waiting.CLAIMED, Waiting.BRIDGING)

Rows = Sequence[Any]


class Promises:
    """Watches one life."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._both_since: dict[tuple[str, str], float] = {}
        self._rings_since: dict[str, float] = {}
        self._unrung_since: dict[str, float] = {}  # of askings for which no phone rings
        self._broken: list[str] = []  # in a decision, where the product's own net may catch what is raised
        centre.each_second.append(self.hold)
        centre.exchange.each_change.append(self.listen)
        centre.each_fact.append(self.hear)

    def hold(self) -> None:
        """All of them, now."""
        assert not self._broken, self._broken[0]
        self.nobody_meets_two()
        with self.centre.web.store.read() as tx:
            agents, places = tx.execute(_AGENTS).all(), tx.execute(_PLACES).all()
            offers, talks = tx.execute(_OFFERS).all(), tx.execute(_TALKS).all()
        self._nobody_waits_beside_an_idle_agent(agents, places)
        self._everybody_has_a_deadline(agents, places, offers, talks)
        self._who_is_bound_is_bound_once(agents, offers, talks)
        self._talk_control_has_deadlines()

    def listen(self) -> None:
        """Who hears whom has changed, maybe in the middle of a request of the product's."""
        try:
            ears.listen(self.centre)
        except AssertionError as broken:
            self._broken.append(str(broken))

    def nobody_meets_two(self) -> None:
        """Where a customer is, there is one; nobody is in two rooms with customers; who is there may hear it."""
        met: set[str] = set()
        exchange = self.centre.exchange
        for room in exchange.rooms:
            inside = exchange.inside(room)
            callers = [leg for leg in inside if leg.ends_room]
            if not callers:
                continue  # a page's old leg may be alone for a moment
            names = {leg.who for leg in inside}
            assert len(callers) == 1, f"{sorted(names)} in one room"
            assert len(names) == len(inside), f"{sorted(names)} in one room, one of them twice"
            assert not met & names, f"{met & names} in two rooms"
            met |= names
        ears.listen(self.centre)

    def a_round_leaves_nothing_to_decide(self) -> None:
        """decide(apply(decide(s))) is empty, on the tables themselves."""
        web, deaths = self.centre.web, self.centre.web.deaths
        web.does(lambda: decide_everywhere(web.rt))
        again = web.does(lambda: decide_everywhere(web.rt))
        assert not again or web.deaths > deaths, "what was decided is decided again"

    def everybody_is_settled(self) -> None:
        """Nothing is left of those who have gone home."""
        with self.centre.web.store.read() as tx:
            kept = [f"{one.id} {one.state}" for one in tx.execute(_PLACES) if one.state in WAITING_OPEN]
            assert not kept, f"still waiting: {kept}"
            for rows in (_OFFERS, _TALKS, _CONSULTS, _PHONES, _VISITS):
                assert not (left_over := tx.execute(rows).all()), left_over
            for agent in tx.execute(_AGENTS):
                assert agent.state not in (Agent.RINGING, Agent.ON_CALL, Agent.ON_HOLD), (
                    f"{agent.id} {agent.state}"
                )
            calls = list(tx.scalars(select(models.Call)))
        going = [f"{one.id} of {one.caller}" for one in calls if one.ended_at is None or not one.ended_as]
        assert not going, f"calls without an end: {going}"
        legs = self.centre.exchange.legs.values()
        left = [f"{leg.from_} in {leg.place} {leg.room}" for leg in legs if leg.place is not Place.GONE]
        assert not left, f"left on the line: {left}"

    def _nobody_waits_beside_an_idle_agent(self, agents: Rows, places: Rows) -> None:
        now = self.centre.now
        both = {
            (agent.id, place.id)
            for place in places
            if place.state == Waiting.WAITING and place.deadline_at > now
            for agent in agents
            if agent.state == Agent.AVAILABLE
            and agent.not_before_at <= now
            and _may_take(agent.id, place, now)
            and not place.queue.startswith(RUNG)
        }
        self._both_since = {pair: self._both_since.get(pair, now) for pair in both}
        for pair, since in self._both_since.items():
            since = max(since, self.centre.only_clock_failed_at)
            assert now - since <= IDLE_SECONDS, (
                f"{pair}: idle beside a waiting caller for {now - since:.1f} s"
            )

    def _everybody_has_a_deadline(
        self,
        agents: Rows,
        places: Rows,
        offers: Rows,
        talks: Rows,
    ) -> None:
        late = self.centre.now - OVERDUE_SECONDS
        for place in places:
            if place.state in CLAIM:
                assert (place.until_at or 0.0) > late, f"{place.id} is {place.state} for ever"
            elif place.state in (Waiting.WAITING, Waiting.OFFERED):
                assert place.deadline_at > late, f"{place.id} waits for ever"
        state = {place.id: place.state for place in places}
        for offer in offers:
            if offer.state == Offer.ACCEPTED and offer.kind == OfferKind.ASKED:
                continue  # has its asking's
            if offer.state == Offer.ACCEPTED:
                assert state.get(offer.waiting_id) in CLAIM, f"{offer.id} is accepted for ever"
            elif offer.state == Offer.RINGING:
                assert (offer.ring_until_at or 0.0) > late, f"{offer.id} rings for ever"
            elif offer.state == Offer.OFFERED:
                assert (offer.pushed_at or offer.offered_at) + 5.0 > late, f"{offer.id} is never shown"
        for talk in talks:
            if talk.state == Participation.VANISHED:
                assert (talk.until_at or 0.0) > late, f"{talk.id} has vanished for ever"
            elif talk.state == Participation.JOINING:  # has its place's
                assert state.get(talk.waiting_id) == Waiting.BRIDGING, f"{talk.id} is joined for ever"
            else:  # ends with its leg
                leg, now = self.centre.exchange.legs[talk.leg_sid], self.centre.now
                was_told = now - (leg.ended_at or now) <= TOLD_SECONDS
                assert was_told, f"{talk.id} goes on without its leg"
        met = {talk.waiting_id for talk in talks if talk.state != Participation.JOINING}
        for place in places:
            if place.state == Waiting.CONNECTED:  # has its talk's
                assert place.id in met, f"{place.id} is connected with nobody"
        for agent in agents:
            if agent.state == Agent.WRAP_UP:
                assert (agent.until_at or 0.0) > late, f"{agent.id} writes for ever"

    def _talk_control_has_deadlines(self) -> None:
        with self.centre.web.store.read() as tx:
            asked = tx.execute(_CONSULTS).all()
            phones, visits = tx.execute(_PHONES).all(), tx.execute(_VISITS).all()
            resting = tx.execute(_CALLBACKS).all()
            rung = {offer.call_id for offer in tx.execute(_OFFERS) if offer.kind == OfferKind.ASKED}
        now = self.centre.now
        late = now - OVERDUE_SECONDS
        for phone in phones:
            assert phone.until_at > late, f"{phone.id} rings for ever"
        rung |= {phone.call_id for phone in phones}
        self._unrung_since = {
            consult.id: self._unrung_since.get(consult.id, now)
            for consult in asked
            if consult.state == Consult.RINGING and consult.until_at is None and consult.call_id not in rung
        }
        for consult in asked:
            if consult.state in (Consult.HOLDING, Consult.RINGING):
                until_at = consult.until_at or self._unrung_since.get(consult.id, now)
                assert until_at > late, f"{consult.id} is {consult.state} for ever"
        for callback in resting:
            assert callback.next_at > late, f"{callback.id} rests for ever"
        for visit in visits:
            if visit.state == Supervision.COMING:
                assert (visit.until_at or 0.0) > late, f"{visit.id} is awaited for ever"
            else:
                leg = self.centre.exchange.legs[visit.leg_sid]
                assert now - (leg.ended_at or now) <= TOLD_SECONDS, f"{visit.id} goes on without its leg"

    def _who_is_bound_is_bound_once(self, agents: Rows, offers: Rows, talks: Rows) -> None:
        ringing = [offer.agent_id for offer in offers if offer.state in (Offer.OFFERED, Offer.RINGING)]
        claimed = [offer.agent_id for offer in offers if offer.state == Offer.ACCEPTED]
        talking = [talk.agent_id for talk in talks]
        for agent in agents:
            bound = agent.state in (Agent.ON_CALL, Agent.ON_HOLD)
            assert (agent.id in claimed + talking) == bound, (
                f"{agent.id} is {agent.state}, bound by nothing or more"
            )
            assert ringing.count(agent.id) == (agent.state == Agent.RINGING), f"{agent.id} is {agent.state}"
            assert max(claimed.count(agent.id), talking.count(agent.id)) <= 1, f"{agent.id} has two callers"

    def hear(self, tx: Session, call_id: str, kind: str, data: Mapping[str, Any]) -> None:
        """A fact that a decision is about to write down."""
        try:
            self._judge(tx, call_id, kind, data)
        except AssertionError as broken:
            self._broken.append(str(broken))
            raise

    def _judge(self, tx: Session, call_id: str, kind: str, data: Mapping[str, Any]) -> None:
        if kind == "offered" and "offer" not in data:  # asked by a colleague, whatever the agent knows
            asked = select(_O.id).where(
                _O.call_id == call_id, _O.kind == OfferKind.ASKED, _O.state.in_(OFFER_LIVE)
            )
            self._rings_since[tx.scalar(asked) or ""] = self.centre.now
        elif kind == "offered":
            self._the_first_is_offered_first(tx, call_id, data["agent_id"])
            self._rings_since[data["offer"]] = self.centre.now
        elif kind in SOONEST and not tx.scalar(select(_O.phone).where(_O.id == data["offer"])):
            rang = self.centre.now - self._rings_since[data["offer"]]
            assert rang >= SOONEST[kind] - 0.01, f"{data['offer']} {kind} after {rang:.1f} s"
        elif kind == "queue_timed_out":
            self._nobody_is_sent_away_too_soon(tx, call_id)

    def _nobody_is_sent_away_too_soon(self, tx: Session, call_id: str) -> None:
        waited = [
            self.centre.now - one for one in tx.scalars(select(_W.entered_at).where(_W.call_id == call_id))
        ]
        assert max(waited) >= LEAST_WAIT_SECONDS - 0.01, f"{call_id} was sent away after {max(waited):.1f} s"

    def _the_first_is_offered_first(self, tx: Session, call_id: str, agent_id: str) -> None:
        """By priority and entry among equals, over all queues of the agent; who came back to the head is before them."""
        sids = dict(tx.execute(select(models.Call.id, models.Call.call_sid)).all())
        offered = tx.scalar(
            select(models.Waiting).where(models.Waiting.call_id == call_id, models.Waiting.left_as.is_(None))
        )
        assert offered is not None
        now = self.centre.now
        assert _may_take(agent_id, offered, now + 0.01), (
            f"{offered.id} is offered to {agent_id}, who knows too little"
        )
        for other in tx.scalars(_WAITING):
            if offered.queue.startswith(RUNG) or other.queue.startswith(RUNG):
                continue
            if other.id != offered.id and _may_take(agent_id, other, now - 0.01) and other.deadline_at > now:
                mine, theirs = self._place(offered, sids[call_id]), self._place(other, sids[other.call_id])
                assert mine <= theirs, f"{offered.id} is offered to {agent_id} before {other.id}"

    def _place(self, place: models.Waiting, sid: str) -> tuple[bool, float]:
        if sid in self.centre.moved:  # by an agent, on the terms of the queue where the caller is now
            return place.head_at is None, round(place.rank_at, 6)
        head_start = 60.0 * KEYS[self.centre.keys[sid]][1]
        return place.head_at is None, round(place.entered_at - head_start, 6)


def _may_take(agent_id: str, place: Any, now: float) -> bool:
    """Whether an agent serves a caller's queue and knows enough, or the caller has waited until anybody does."""
    name = agent_id.removeprefix("us_")
    if place.queue.startswith(RUNG):
        return f"{RUNG}{agent_id}" == str(place.queue)
    if place.queue not in QUEUES[name]:
        return False
    is_able = name in KNOW.get(place.queue, QUEUES) or now - place.entered_at >= RELAXED_SECONDS
    return is_able
