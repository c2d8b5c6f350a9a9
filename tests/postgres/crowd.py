"""Many people and several clocks at once, each on a thread with a Runtime of its own; time passes with what they do.

Nobody waits for anybody: everyone looks what there is to do, picks something by lot and does it. What a colleague did
a moment before is refused politely (`Refused`), and a machine that is too busy says `StoreAway`; anything else that is
raised is a fault, and so is a circle of waiting (deadlock).
"""

import itertools
import json
import random
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from callflows import engine
from callflows.events import KeysPressed
from callflows.session import Caller
from simulator.account import Account
from tests.build import BASE_URL, account_json, make_rt
from tests.journeys.northwind import FLOW, NORTHWIND
from voice import (
    agent_legs,
    agents,
    clock,
    consults,
    heard,
    holding,
    legs,
    models,
    offers,
    signals,
    turns,
    waiting_room,
)
from voice.refusals import Refused
from voice.runtime import Chance, Runtime
from voice.seeding import seed_merchants
from voice.states import Agent, Offer, Participation, Waiting
from voice.store import StoreAway

STEP_SECONDS = 0.3  # that pass with each thing done
OPEN_CALLS = 12  # more than agents, so that somebody always waits


class BusyClock:
    """The same moment for all threads; it goes on with what is done, however slow the machine."""

    def __init__(self) -> None:
        self._steps = itertools.count()
        self._now = 1_800_000_000.0

    def now(self) -> float:
        """The moment."""
        return self._now

    def tick(self) -> None:
        """Something was done."""
        self._now = 1_800_000_000.0 + next(self._steps) * STEP_SECONDS


@dataclass
class Crowd:
    """A contact centre with agents, and people to be let loose in it."""

    folder: Path
    database: dict[str, Any]
    agents: int = 6
    done: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._clock, self._account = BusyClock(), Account.demo(base_url=BASE_URL, numbers=(NORTHWIND,))
        (self.folder / "flows").mkdir()
        (self.folder / "flows" / "northwind.yaml").write_text(FLOW, encoding="utf-8")
        (self.folder / "account.json").write_text(json.dumps(account_json(self._account)))
        self.rt = self.new_runtime()
        seed_merchants(self.rt, self.folder / "account.json")
        with self.rt.write() as tx:
            for number in range(self.agents):
                name = f"us_{number}"
                tx.add(models.Agent(id=name, identity=name, name=name, since_at=0.0))
                tx.add(models.QueueMember(merchant_id="northwind", queue="orders", agent_id=name))

    def starts_shifts(self) -> None:
        """Every agent begins to take callers."""
        for number in range(self.agents):
            agents.start_shift(self.rt, f"us_{number}")

    def joins(self, callers: int) -> None:
        """So many callers wait."""
        person = Person(self, self.rt, seed=99)
        for _ in range(callers):
            person.joins()

    def new_runtime(self) -> Runtime:
        """What one process has; nothing is sent to Twilio, the people play its part."""
        made = make_rt(self.folder, self._clock, later=lambda _job: None, **self.database)
        made = replace(made, chance=Chance())
        made.books.refresh()
        return made

    def let_loose(self, people: int, clocks: int, each: int, seed: int = 1) -> None:
        """Everyone at once, until each of the people has done so many things."""
        crowd = [Person(self, self.new_runtime(), seed * 1000 + one) for one in range(people)]
        working = [threading.Thread(target=one.lives, args=(each,)) for one in crowd]
        over = threading.Event()
        ticking = [threading.Thread(target=self._ticks, args=(over,)) for _ in range(clocks)]
        for thread in working + ticking:
            thread.start()
        for thread in working:
            thread.join()
        over.set()
        for thread in ticking:
            thread.join()

    def tries(self, what: str, act: Callable[[], object]) -> None:
        """Does something; what goes wrong is kept."""
        try:
            act()
            self.done[what] = self.done.get(what, 0) + 1
        except Refused as refused:
            self.done[refused.code] = self.done.get(refused.code, 0) + 1
        except StoreAway as away:
            self.done["away"] = self.done.get("away", 0) + 1
            if "timeout" not in str(away):
                self.faults.append(f"{what}: {away}")
        except Exception:
            self.faults.append(f"{what}: {traceback.format_exc()}")
        self._clock.tick()

    def _ticks(self, over: threading.Event) -> None:
        rt = self.new_runtime()
        while not over.wait(0.02):
            self.tries("round of a clock", lambda: clock.step(rt))
        rt.store.close()

    @property
    def account_sid(self) -> str:
        """The account under which all calls run."""
        return self._account.sid


class Person:
    """Somebody who is a caller, an agent or Twilio, as it comes."""

    def __init__(self, crowd: Crowd, rt: Runtime, seed: int) -> None:
        self.crowd, self.rt, self.lots = crowd, rt, random.Random(seed)

    def lives(self, acts: int) -> None:
        """Does one thing after the other."""
        for _ in range(acts):
            what, act = self.lots.choice(self._look())
            self.crowd.tries(what, act)
        self.rt.store.close()

    def _look(self) -> list[tuple[str, Callable[[], object]]]:
        with self.rt.store.read() as tx:
            calls = list(tx.scalars(select(models.Call).where(models.Call.ended_at.is_(None))))
            waiting = list(tx.scalars(select(models.Waiting).where(models.Waiting.left_as.is_(None))))
            rings = list(
                tx.scalars(
                    select(models.Offer).where(models.Offer.state.in_(("offered", "ringing", "accepted")))
                )
            )
            parts = list(
                tx.scalars(select(models.Participation).where(models.Participation.state != "ended"))
            )
            people = list(tx.scalars(select(models.Agent)))
        todo: list[tuple[str, Callable[[], object]]] = []
        if len(calls) < OPEN_CALLS:
            todo += [("a caller joins", self.joins)] * 3
        for ring in rings:
            todo += self._about_ring(ring)
        by_call = {call.id: call for call in calls}
        for place in waiting:
            if place.call_id in by_call:
                todo += self._about_place(by_call[place.call_id], place)
        for part in parts:
            if part.call_id in by_call:
                todo += self._about_talk(by_call[part.call_id], part)
        todo += [self._about_agent(one) for one in self.lots.sample(people, 2)]
        return todo

    def joins(self) -> bytes:
        """A new call, and a 1 pressed in its menu; the document that came back."""
        sid = f"CA{self.lots.getrandbits(128):032x}"
        flow, now = self.rt.books.live_flow("northwind"), self.rt.now()
        assert flow is not None
        facts = turns.facts_of(self._who(sid), "northwind", flow.digest, now)
        first = engine.start(flow, Caller("+12025550188", NORTHWIND), now)
        assert first.session is not None
        return turns.answer(self.rt, turns.resumed(self.rt, facts, flow, first.session, KeysPressed("1")))

    def _about_ring(self, ring: models.Offer) -> list[tuple[str, Callable[[], object]]]:
        rt, agent_id = self.rt, ring.agent_id
        if ring.state == Offer.ACCEPTED:
            call = heard.AgentCall(
                f"CA{hash(ring.id) & (2**128 - 1):032x}",
                self.crowd.account_sid,
                agent_id,
                ring.id,
                heard.LegStatus.RINGING,
            )
            return [("a phone comes", lambda: agent_legs.agent_document(rt, call))] * 3
        return [
            ("push writes", lambda: offers.pushed(rt, [ring.id])),
            ("a desk acknowledges", lambda: offers.acknowledge(rt, agent_id, ring.id)),
            ("an agent accepts", lambda: offers.accept(rt, agent_id, ring.id)),
            ("an agent accepts", lambda: offers.accept(rt, agent_id, ring.id)),
            ("an agent declines", lambda: offers.decline(rt, agent_id, ring.id)),
        ]

    def _about_place(
        self, call: models.Call, place: models.Waiting
    ) -> list[tuple[str, Callable[[], object]]]:
        rt, account = self.rt, self.crowd.account_sid
        piece = heard.WaitHeard(call.call_sid, account, None, None, None, None)
        todo: list[tuple[str, Callable[[], object]]] = [
            ("a piece of waiting", lambda: waiting_room.piece(rt, place.id, piece)),
            ("a caller hangs up", lambda: self._ends(call)),
        ]
        if place.state == Waiting.BRIDGING:
            asked = heard.TurnHeard(call.call_sid, account, heard.Fetched(), heard.LegStatus.IN_PROGRESS)
            todo += [
                (
                    "a caller is fetched",
                    lambda: legs.customer_document(rt, self._who(call.call_sid), asked, call.id),
                )
            ] * 6
        return todo

    def _about_talk(
        self, call: models.Call, part: models.Participation
    ) -> list[tuple[str, Callable[[], object]]]:
        rt, account = self.rt, self.crowd.account_sid
        gone = heard.TurnHeard(part.leg_sid, account, heard.Fetched(), heard.LegStatus.COMPLETED)
        back = heard.AgentCall(
            f"CA{self.lots.getrandbits(128):032x}",
            account,
            part.agent_id,
            part.offer_id,
            heard.LegStatus.RINGING,
        )
        todo: list[tuple[str, Callable[[], object]]] = [
            ("an agent's leg is lost", lambda: agent_legs.agent_left(rt, gone, part.id)),
            ("an agent ends", lambda: consults.end(rt, part.agent_id, call.id)),
            ("a caller hangs up", lambda: self._ends(call)),
        ]
        if part.state == Participation.TALKING:
            todo += [
                ("an agent holds", lambda: holding.hold(rt, part.agent_id, call.id)),
                ("an agent resumes", lambda: holding.resume(rt, part.agent_id, call.id)),
            ]
        if part.state == Participation.VANISHED:
            todo += [("an agent rejoins", lambda: agent_legs.agent_document(rt, back))]
        return todo

    def _about_agent(self, agent: models.Agent) -> tuple[str, Callable[[], object]]:
        rt = self.rt
        match agent.state:
            case Agent.OFFLINE:
                return "a shift starts", lambda: agents.start_shift(rt, agent.id)
            case Agent.AWAY | Agent.UNREACHABLE:
                return "an agent comes back", lambda: agents.come_back(rt, agent.id)
            case Agent.WRAP_UP:
                return "notes are done", lambda: agents.end_wrap_up(rt, agent.id)
        act = self.lots.choice((agents.seen, agents.seen, agents.seen, agents.lost, agents.end_shift))
        if act is agents.seen and self.lots.random() < 0.2:
            return "an agent goes away", lambda: agents.go_away(rt, agent.id, "tea")
        return f"a desk is {act.__name__}", lambda: act(rt, agent.id)

    def _ends(self, call: models.Call) -> None:
        party = heard.Party("+12025550188", "+12025550188")
        signals.leg_status(
            self.rt,
            heard.CallStatusHeard(
                call.call_sid,
                self.crowd.account_sid,
                heard.LegStatus.COMPLETED,
                3,
                5,
                None,
                None,
                party,
                party,
                None,
            ),
        )

    def _who(self, sid: str) -> heard.Incoming:
        caller, dialled = heard.Party("+12025550188", "+12025550188"), heard.Party(NORTHWIND, NORTHWIND)
        return heard.Incoming(
            sid, self.crowd.account_sid, caller, dialled, "", None, "", heard.LegStatus.RINGING
        )


def disagreements(rt: Runtime) -> list[str]:
    """Where the tables contradict each other when nobody moves; none is right."""
    with rt.store.read() as tx:
        people = {one.id: one for one in tx.scalars(select(models.Agent))}
        places = {one.id: one for one in tx.scalars(select(models.Waiting))}
        ended = set(tx.scalars(select(models.Call.id).where(models.Call.ended_at.is_not(None))))
        rings = list(tx.scalars(select(models.Offer)))
        parts = list(tx.scalars(select(models.Participation).where(models.Participation.state != "ended")))
        answered = [
            (one.call_id, one.data["room"])
            for one in tx.scalars(select(models.Event).where(models.Event.kind == "answered"))
        ]
    found = [f"{one} was answered twice" for one in set(answered) if answered.count(one) > 1]
    for person in people.values():
        open_rings = [
            one for one in rings if one.agent_id == person.id and one.state in ("offered", "ringing")
        ]
        claims = [one for one in rings if one.agent_id == person.id and one.state == "accepted"]
        talking = [one for one in parts if one.agent_id == person.id]
        busy = person.state in (Agent.ON_CALL, Agent.ON_HOLD)
        what = f"agent {person.id} is {person.state} with rings {[r.state for r in open_rings]}, claims {len(claims)}, talks {[p.state for p in talking]}"
        if (person.state == Agent.RINGING) != (len(open_rings) == 1) or len(open_rings) > 1:
            found.append(what)
        if busy != bool(claims or talking) or len(talking) > 1:
            found.append(what)
    for place in places.values():
        mine = [
            one.state
            for one in rings
            if one.waiting_id == place.id and one.state in ("offered", "ringing", "accepted")
        ]
        talking = [one for one in parts if one.waiting_id == place.id]
        what = f"caller {place.id} is {place.state} left {place.left_as}, rings {mine}, talks {[p.state for p in talking]}"
        wanted: dict[str, tuple[set[str], set[str]]] = {
            Waiting.WAITING: (set(), set()),
            Waiting.OFFERED: ({"offered", "ringing"}, set()),
            Waiting.CLAIMED: ({"accepted"}, set()),
            Waiting.BRIDGING: ({"accepted"}, {"joining"}),
            Waiting.CONNECTED: (set(), {"talking", "vanished"}),
        }
        allowed, talks_allowed = (set(), set()) if place.left_as else wanted.get(place.state, (set(), set()))
        if bool(allowed) != bool(mine) or not set(mine) <= allowed or len(mine) > 1:
            found.append(what)
        if bool(talks_allowed) != bool(talking) or not {one.state for one in talking} <= talks_allowed:
            found.append(what)
        if place.call_id in ended and place.left_as is None and not place.is_callback:
            found.append(f"{what}, but the call has ended")
    return found
