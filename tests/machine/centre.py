"""A contact centre of three agents and two queues: the product's own runtimes on a real database, under the virtual clock.

One process answers webhooks and clicks, two are clocks. Any of them may die between two commits, with what it had
promised; before a decision of one the other clock may make its whole round.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import select

from simulator.kernel import Kernel
from tests.journeys.northwind import NORTHWIND
from tests.machine.exchange import Exchange, Leg, Place
from tests.machine.premises import QUEUES, Hearing, Premises, Process
from voice import agents, clock, consults, holding, models, offers
from voice.doors import DOORS
from voice.refusals import Refused
from voice.states import Offer, Participation

PHONE_SECONDS = (0.1, 0.1, 0.3, 0.3, 9.2)  # from the click; the last is too late by a second
LOST_SECONDS = 15.0  # of silence, after which push gives a desk up
SEEN_SECONDS = 8.0


@dataclass(eq=False)
class Desk:
    """An agent at work: a page that is awake or not, a phone that is one leg."""

    name: str
    is_awake: bool = True
    is_eager: bool = False  # takes every ring at once
    leg: Leg | None = None
    offer: str = ""  # the last that was won
    seen_at: float = 0.0

    @property
    def id(self) -> str:
        return f"us_{self.name}"


_RINGS = select(models.Offer.id, models.Offer.agent_id, models.Offer.state).where(
    models.Offer.state.in_((Offer.OFFERED, Offer.RINGING))
)


class Centre:
    """One life of the contact centre."""

    def __init__(self, premises: Premises, lots: random.Random) -> None:
        premises.tidy()
        self.premises, self.lots = premises, lots
        self.kernel = Kernel(premises.time)
        self.exchange = Exchange(self.kernel, self._ask, lots, premises.account.sid)
        self.each_second: list[Callable[[], None]] = []
        self.each_fact: list[Hearing] = []
        self.web, *self.clocks = premises.processes(self.exchange, self._nudged, self.each_fact)
        self.desks = [Desk(name, is_eager=name != "ben") for name in QUEUES]
        self.callers: list[Leg] = []
        self.keys: dict[str, str] = {}  # what each caller pressed
        self.only_clock_failed_at = 0.0
        self.is_closing = False  # no phone connects any more
        self._is_looking = False
        for process, phase in zip(self.clocks, (0.35, 0.85), strict=True):
            self._every(1.0, phase, partial(self._round, process))
        self._every(1.0, 0.1, self._desks_live)
        self._every(1.0, 0.95, self._look)
        for desk in self.desks:
            self.clicks(partial(agents.start_shift, self.web.rt, desk.id))

    @property
    def now(self) -> float:
        return self.kernel.now

    def passes(self, seconds: float) -> None:
        """Time goes on, and all that is under way with it."""
        self.kernel.run_to(self.kernel.now + seconds)

    def clicks(self, act: Callable[[], Any]) -> Any:
        """What an agent wishes; it may be refused politely."""
        try:
            return self.web.does(act)
        except Refused:
            return None

    # --- callers --------------------------------------------------------------------------------------------------

    def living(self) -> list[Leg]:
        return [leg for leg in self.callers if leg.place is not Place.GONE]

    def dials(self, key: str) -> None:
        """Somebody calls, and presses a key as soon as there is a menu."""
        self._dials(f"+1202555{1000 + len(self.callers)}", key)

    def lost(self) -> list[Leg]:
        """Who has hung up, and is not on the line again."""
        on_line = {leg.from_ for leg in self.living()}
        return [leg for leg in self.callers if leg.from_ not in on_line]

    def dials_again(self, before: Leg) -> None:
        """Somebody calls from the number of before, for the same: the place may be kept."""
        self._dials(before.from_, self.keys[before.sid])

    def _dials(self, number: str, key: str) -> None:
        leg = self.exchange.dials(number, NORTHWIND, "incoming", CallStatus="ringing")
        self.callers.append(leg)
        self.keys[leg.sid] = key
        self.kernel.after(0.4, lambda: self.exchange.presses(leg, key))

    # --- agents ---------------------------------------------------------------------------------------------------

    def rings(self) -> dict[str, str]:
        """Which offer each agent's desk shows."""
        with self.web.store.read() as tx:
            return {agent_id: offer for offer, agent_id, _ in tx.execute(_RINGS)}

    def accepts(self, desk: Desk, offer: str, connects: bool = True) -> None:
        won = self.clicks(lambda: offers.accept(self.web.rt, desk.id, offer))
        if won is not None:
            desk.offer = won["offer"]
            if connects:
                self.kernel.after(self.lots.choice(PHONE_SECONDS), lambda: self.connects(desk, won["offer"]))

    def declines(self, desk: Desk, offer: str) -> None:
        self.clicks(lambda: offers.decline(self.web.rt, desk.id, offer))

    def connects(self, desk: Desk, offer: str) -> None:
        """The page's phone calls in with an offer that was won; a page has one phone."""
        if self.is_closing:
            return
        old = desk.leg
        desk.leg = self.exchange.dials(f"client:{desk.id}", "", "agent", offer=offer, CallStatus="ringing")
        if old is not None:
            self.exchange.hangs_up(old, "gives way")

    def closes_laptop(self, desk: Desk) -> None:
        desk.is_awake = False
        if desk.leg is not None:
            self.exchange.hangs_up(desk.leg, "is gone")

    def talk_of(self, desk: Desk) -> models.Participation | None:
        with self.web.store.read() as tx:
            return tx.scalar(
                select(models.Participation).where(
                    models.Participation.agent_id == desk.id,
                    models.Participation.state != Participation.ENDED,
                )
            )

    def wishes(self, desk: Desk, word: str) -> None:
        """A button of the desk."""
        rt, talk = self.web.rt, self.talk_of(desk)
        simple: dict[str, Callable[[], None]] = {
            "at work": lambda: self._at_work(desk),
            "away": lambda: agents.go_away(rt, desk.id, "tea"),
            "notes done": lambda: agents.end_wrap_up(rt, desk.id),
            "home": lambda: agents.end_shift(rt, desk.id),
        }
        of_talk = {"hold": holding.hold, "resume": holding.resume, "end": consults.end}
        if word in simple:
            self.clicks(simple[word])
        elif talk is not None:
            self.clicks(lambda: of_talk[word](rt, desk.id, talk.call_id))

    def _at_work(self, desk: Desk) -> None:
        desk.is_awake = True
        agents.start_shift(self.web.rt, desk.id)
        agents.come_back(self.web.rt, desk.id)

    # --- what goes on by itself -----------------------------------------------------------------------------------

    def _ask(self, door: str, fields: dict[str, str], rest: str) -> bytes | None:
        """A request of the carrier's, at the product's door; None when whoever answered died over it."""
        answer: bytes | None = self.web.does(lambda: DOORS[door].answer(self.web.rt, fields, rest))
        return answer

    def _look(self) -> None:
        for look in self.each_second:
            look()

    def _round(self, process: Process) -> None:
        other = next(one for one in self.clocks if one is not process)
        if process.is_stopped:
            return
        before = process.deaths
        process.does(lambda: clock.step(process.rt))
        if process.deaths > before and other.is_stopped:
            self.only_clock_failed_at = self.now

    def _nudged(self, _changed: str) -> None:
        """Push looks at once when somebody's desk has changed."""
        if not self._is_looking:
            self._is_looking = True
            self.kernel.after(0.05, self._desks_look)

    def _desks_look(self) -> None:
        """Pages acknowledge what rings; the eager take it."""
        self._is_looking = False
        with self.web.store.read() as tx:
            rings = tx.execute(_RINGS).all()
        awake = {desk.id: desk for desk in self.desks if desk.is_awake}
        shown = [offer for offer, agent_id, state in rings if agent_id in awake and state == Offer.OFFERED]
        if shown:
            self.clicks(lambda: offers.pushed(self.web.rt, shown))
        for offer, agent_id, state in rings:
            if (desk := awake.get(agent_id)) is None:
                continue
            if state == Offer.OFFERED:
                self.clicks(partial(offers.acknowledge, self.web.rt, desk.id, offer))
            if desk.is_eager:
                self.kernel.after(0.3, partial(self.accepts, desk, offer))

    def _desks_live(self) -> None:
        """Pages answer pings and bring their phones back; push gives up who is silent."""
        self.web.does(self.web.rt.journal.step)
        for desk in self.desks:
            if desk.is_awake and self.now - desk.seen_at >= SEEN_SECONDS:
                desk.seen_at = self.now
                self.clicks(partial(agents.seen, self.web.rt, desk.id))
            elif not desk.is_awake and self.now - desk.seen_at >= LOST_SECONDS:
                desk.seen_at = self.now
                self.clicks(partial(agents.lost, self.web.rt, desk.id))
            self._comes_back(desk)

    def _comes_back(self, desk: Desk) -> None:
        """What a page does by itself when its phone was lost in a talk."""
        if not desk.is_awake or desk.leg is None or desk.leg.place is not Place.GONE or not desk.offer:
            return
        talk = self.talk_of(desk)
        if talk is not None and talk.state == Participation.VANISHED and (talk.until_at or 0.0) > self.now:
            desk.offer = talk.offer_id or ""
            self.connects(desk, desk.offer)

    def will_be_overtaken(self, which: int) -> None:
        """Between the look and the next decision of one clock the other makes its whole round."""
        other = self.clocks[1 - which]
        self.clocks[which].store.meanwhile = lambda: other.does(lambda: clock.step(other.rt))

    def _every(self, seconds: float, first_after: float, act: Callable[[], object]) -> None:
        def turn() -> None:
            self.kernel.after(seconds, turn)
            act()

        self.kernel.after(first_after, turn)
