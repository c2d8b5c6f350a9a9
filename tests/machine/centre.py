"""A contact centre of three agents, a supervisor and two queues: the product's own runtimes on a real database, under the virtual clock.

One process answers webhooks and clicks, two are clocks. Any of them may die between two commits, with what it had
promised; before a decision of one the other clock may make its whole round.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import select

from routing.callbacks import CALLBACK_OPEN
from simulator.kernel import Kernel
from tests.journeys.northwind import NORTHWIND
from tests.machine.exchange import Exchange
from tests.machine.legs import Leg, Place
from tests.machine.own_phones import OwnPhones
from tests.machine.premises import QUEUES, Hearing, Premises, Process
from tests.machine.watcher import WHO, Watcher
from voice import (
    agents,
    callbacks,
    clock,
    consults,
    holding,
    models,
    offers,
    outbound,
    phone_choice,
    transfers,
)
from voice.doors import DOORS
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import Agent, Offer, OfferKind, Participation

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
    mobile: Leg | None = None  # of the own ordinary phone
    offer: str = ""  # the last that was won
    seen_at: float = 0.0

    @property
    def id(self) -> str:
        return f"us_{self.name}"

    @property
    def talking(self) -> Leg | None:
        """The leg with which the agent is in a room."""
        legs = (self.leg, self.mobile)
        return next((leg for leg in legs if leg is not None and leg.place is Place.ROOM), None)


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
        self.phones = OwnPhones(self)
        self.exchange.rung = self.phones.rung
        self.sue = Watcher(self)
        self.callers: list[Leg] = []
        self.keys: dict[str, str] = {}  # what each caller pressed
        self.moved: set[str] = set()  # callers' legs whose place is not of that key any more
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
        on_line = {leg.who for leg in self.living()}
        return [leg for leg in self.callers if leg.who not in on_line and leg.sid in self.keys]

    def dials_again(self, before: Leg) -> None:
        """Somebody calls from the number of before, for the same: the place may be kept."""
        self._dials(before.from_, self.keys[before.sid])

    def _dials(self, number: str, key: str) -> None:
        leg = self.exchange.dials(number, NORTHWIND, "incoming", CallStatus="ringing")
        self.callers.append(leg)
        self.keys[leg.sid] = key
        self.kernel.after(0.4, lambda: self.exchange.presses(leg, key))

    def wants_a_callback(self, leg: Leg) -> None:
        """The star in the waiting room, and a yes to the number."""
        if self.keys.get(leg.sid) == "3":  # called back by another queue than that of the key
            self.moved.add(leg.sid)
        self.exchange.presses(leg, "*")
        self.kernel.after(0.5, lambda: self.exchange.presses(leg, "1"))

    def everybody_hangs_up(self) -> None:
        """Callers, and whoever rings or is rung."""
        calling = [leg for leg in self.exchange.legs.values() if leg.told or leg.who == WHO]
        for leg in [*self.living(), *calling]:
            self.exchange.hangs_up(leg)

    def nobody_is_called_back(self) -> bool:
        """Callbacks that are still promised are taken off the list; whether there was any."""
        with self.web.store.read() as tx:
            open_ones = select(models.Callback.id).where(models.Callback.state.in_(CALLBACK_OPEN))
            promised = list(tx.scalars(open_ones.order_by(models.Callback.id)))
        for callback_id in promised:
            self.clicks(partial(self._cancels, callback_id))
        return bool(promised)

    def _cancels(self, callback_id: str) -> None:
        with self.web.rt.write() as tx:
            callbacks.cancel(tx, self.web.rt, ("northwind",), callback_id, "Sue")

    # --- agents ---------------------------------------------------------------------------------------------------

    def rings(self) -> dict[str, str]:
        """Which offer each agent's desk shows."""
        with self.web.store.read() as tx:
            return {agent_id: offer for offer, agent_id, _ in tx.execute(_RINGS)}

    def accepts(self, desk: Desk, offer: str, connects: bool = True) -> None:
        rt = self.web.rt
        with rt.store.read() as tx:
            kind = tx.scalar(select(models.Offer.kind).where(models.Offer.id == offer))
        accept = consults.accept if kind == OfferKind.ASKED else offers.accept
        won = self.clicks(lambda: accept(rt, desk.id, offer))
        if won is not None:
            desk.offer = won["offer"]
            if connects:
                self.kernel.after(self.lots.choice(PHONE_SECONDS), lambda: self.connects(desk, won["offer"]))

    def declines(self, desk: Desk, offer: str) -> None:
        self.clicks(lambda: offers.decline(self.web.rt, desk.id, offer))

    def connects(self, desk: Desk, offer: str) -> None:
        """The page's phone calls in with an offer that was won; a page has one phone."""
        if self.is_closing or not offer:
            return
        old = desk.leg
        desk.leg = self.exchange.dials(f"client:{desk.id}", "", "agent", offer=offer, CallStatus="ringing")
        if old is not None:
            self.exchange.hangs_up(old, "gives way")

    def closes_laptop(self, desk: Desk) -> None:
        desk.is_awake = False
        if desk.leg is not None:
            self.exchange.hangs_up(desk.leg, "is gone")

    def moves(self, desk: Desk, where: str) -> None:
        """From the next ring on the agent's calls come to the phone or to the browser."""

        def choose() -> None:
            with self.web.rt.write() as tx:
                phone_choice.choose(tx, self.web.rt, desk.id, where)

        self.clicks(choose)

    def free(self) -> list[str]:
        """Who is available now."""
        with self.web.store.read() as tx:
            free = (
                select(models.Agent.id).where(models.Agent.state == Agent.AVAILABLE).order_by(models.Agent.id)
            )
            return list(tx.scalars(free))

    def calls_out(self, desk: Desk, number: str) -> None:
        """Click to call; a page connects its phone, an ordinary one is rung."""
        placed = self.clicks(lambda: outbound.dial(self.web.rt, desk.id, "northwind", number))
        if placed is None:
            return
        with self.web.store.read() as tx:
            if tx.get_one(models.Offer, ("northwind", placed["offer"])).phone:
                return
        desk.offer = placed["offer"]
        self.kernel.after(self.lots.choice(PHONE_SECONDS), lambda: self.connects(desk, placed["offer"]))

    def asks(self, desk: Desk, kind: str, target: str) -> None:
        """The caller is put on hold, and somebody is asked first."""
        self._of_talk(desk, lambda rt, call: consults.ask(rt, desk.id, call, kind, target))

    def sends(self, desk: Desk, kind: str, target: str) -> None:
        """The caller is given away at once."""
        talking = desk.talking
        if talking is not None:
            self.moved |= {leg.sid for leg in self.exchange.inside(talking.room) if leg.ends_room}
        self._of_talk(desk, lambda rt, call: transfers.send(rt, desk.id, call, kind, target))

    def _of_talk(self, desk: Desk, act: Callable[[Runtime, str], None]) -> None:
        talk = self.talk_of(desk)
        if talk is not None:
            self.clicks(lambda: act(self.web.rt, talk.call_id))

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
        of_talk = {
            "hold": holding.hold,
            "resume": holding.resume,
            "end": consults.end,
            "take back": consults.cancel,
            "together": consults.together,
            "hand over": consults.hand_over,
        }
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
            if desk.is_eager and not self.is_closing:  # as often as the page is told: people click twice
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
