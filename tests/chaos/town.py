"""Two merchants, their agents, a small crowd and its troubles in this process, under the virtual clock.

The people are those of `make chaos` (callers.py, desks.py), acting on the same plan; what goes wrong is what one process
can suffer: it dies between a commit and what it promised, the doorbell is away, the disk is full, a phone comes too late,
Twilio tells twice, a flow is published. A build in which nobody notices is sound.
"""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Flask

from panel import web as panel_web
from panel.push import Streams
from recordings.storage import INCOMING
from recordings.sweep import sweep
from recordings.work import run_job
from simulator.account import Account
from simulator.clock import VirtualClock
from simulator.handset import Caller, ClientLeg
from simulator.simulator import Simulator
from tests.build import BASE_URL, SimDoor, account_json, make_rt
from tests.chaos.archive import hash_of, seconds_of
from tests.chaos.callers import HANGS_UP_AFTER, KEYS, MENU, THINKS_SECONDS
from tests.chaos.chronicle import read
from tests.chaos.evidence import Evidence, Recording, Ticket, Verdicts
from tests.chaos.house import FLOWS, known
from tests.chaos.judge import judge
from tests.chaos.notes import Published, digits
from tests.chaos.plan import NUMBERS, Call, Wish, make_plan
from tests.journeys.desk import Desk
from tests.journeys.shop import Shop
from voice import clock, entrance, models
from voice import web as voice_web
from voice.publish import publish
from voice.seeding import seed_merchants
from voice.states import CallEnd
from voice.store import StoreAway

PLAN_SECONDS, CALLS = 30, 6
WHOLE_SECONDS = 34.0  # the last call comes at 10
DIES_AT, DEAD_SECONDS = (2.0, 4.0, 6.0, 8.0), 1.0  # promises made then are forgotten
BELL_AWAY_AT, BELL_BACK_AT = 5.0, 14.0
DISK_BACK_AT = 16.0  # until then no recording can be written
PUBLISHED_AT = 9.0
TOLD_TWICE_SECONDS = 6.0
LATE_PHONE_SECONDS = 0.5  # after somebody else has begun to talk to the caller
PATIENCE_SECONDS = 20.0
TEAM = {"northwind": ("ann", "ben"), "marlow": ("mia", "tom")}
OLD_WORDS, NEW_WORDS = "Thanks. Goodbye.", "Until another time. Goodbye."


class Town(Shop):
    """Runs a plan once."""

    team: Mapping[str, Sequence[str]] = TEAM
    looks_each_seconds = 0.25  # an agent, at the desk
    patience_seconds = PATIENCE_SECONDS
    has_a_late_phone = True

    def __init__(self, folder: Path, seed: int) -> None:
        shutil.copytree(FLOWS, folder / "flows")
        account = Account.demo(base_url=BASE_URL, numbers=NUMBERS)
        (folder / "account.json").write_text(json.dumps(account_json(account)), encoding="utf-8")
        door, virtual = SimDoor(), VirtualClock()
        self.forgets_promises = self.bell_is_away = False
        self.sweeps = True
        self._no_folder = folder / "recordings" / INCOMING
        self.rt = replace(make_rt(folder, virtual, door, later=self._later), ring=self._ring)
        self.workers_rt = self.rt
        seed_merchants(self.rt, folder / "account.json")
        self.app = Flask("ringdesk", static_folder=None)
        voice_web.register(self.app, self.rt)
        panel_web.register(self.app, self.rt)
        entrance.install(self.app, self.rt)
        self.sim = Simulator(self.app.wsgi_app, account, virtual, latency_seconds=0.02)
        door.sim = self.sim
        self.streams = Streams()
        self.notes = known()
        self.desks = {
            name: self._engage(name, shop, "agent") for shop, names in self.team.items() for name in names
        }
        self.supervisors = {shop: self._engage(f"head-{shop}", shop, "supervisor") for shop in TEAM}
        self.began = self.now
        self._calls = {digits(call.number): call for call in self._planned(seed)}
        self._legs: dict[str, tuple[Caller, Call]] = {}
        self._leaving: set[str] = set()
        self._read = 0
        self._taken: set[str] = set()
        self._held: set[str] = set()
        self._late: tuple[Desk, str, str] | None = None  # whose phone, the offer, and the caller's digits
        self._phones: dict[
            str, tuple[str, ClientLeg]
        ] = {}  # of an agent: the offer it connected for, and its leg
        self._begin()
        self._suffer()

    def run(self) -> Verdicts:
        """The whole plan, and what the judge says of it."""
        self.waits(WHOLE_SECONDS)
        return self.judged()

    def judged(self) -> Verdicts:
        """What the judge says now."""
        return judge(self.evidence())

    def evidence(self) -> Evidence:
        """The simulator's ledger, and what supervisors are shown."""
        facts = [{"n": one.number, "at": one.at, "kind": one.kind, **one.data} for one in self.sim.ledger]
        tickets = [ticket for shop in self.supervisors for ticket in self._tickets(shop)]
        intrusions = [said for shop in self.supervisors for said in self._intrusions(shop)]
        return Evidence(read(facts), tickets, self.notes, intrusions)

    # --- what happens by itself -----------------------------------------------------------------------------------

    def _planned(self, seed: int) -> Sequence[Call]:
        """Who calls."""
        return make_plan(seed, PLAN_SECONDS).calls[:CALLS]

    def _begin(self) -> None:
        self._every(0.25, 0.05, lambda _now: self.rt.journal.step())
        self._every(1.0, 0.25, lambda now: self.streams.step(self.rt, now))
        self._every(1.0, 0.5, lambda _now: clock.step(self.rt))
        self._every(1.0, 0.75, lambda _now: sweep(self.rt) if self.sweeps else None)
        self._every(self.looks_each_seconds, 0.15, lambda _now: self._agents_work())
        self._every(0.1, 0.1, lambda _now: self._callers_react())
        self._people_come()

    def _people_come(self) -> None:
        for desk in self.desks.values():
            desk.starts_shift()
        for call in self._calls.values():
            self.sim.later(call.at, partial(self._dials, call))

    def _suffer(self) -> None:
        """What goes wrong."""
        for moment in DIES_AT:
            self.sim.later(moment, lambda: setattr(self, "forgets_promises", True))
            self.sim.later(moment + DEAD_SECONDS, lambda: setattr(self, "forgets_promises", False))
        self.sim.later(BELL_AWAY_AT, lambda: setattr(self, "bell_is_away", True))
        self.sim.later(BELL_BACK_AT, lambda: setattr(self, "bell_is_away", False))
        self._no_folder.parent.mkdir()
        self._no_folder.write_text("a file where a folder should be", encoding="utf-8")
        self.sim.later(DISK_BACK_AT, self._no_folder.unlink)
        self.sim.later(PUBLISHED_AT, self._publishes)
        self.sim.faults.webhook("/voice/status", "duplicate", times=None, seconds=TOLD_TWICE_SECONDS)

    def _ring(self, outbox_id: str) -> None:
        if not self.bell_is_away:
            self.sim.later(0.05, lambda: self._do(outbox_id))

    def _do(self, outbox_id: str) -> None:
        with suppress(StoreAway):
            run_job(self.workers_rt, outbox_id)

    def _publishes(self) -> None:
        """Other words at the end, said by a step of another name."""
        for shop in TEAM:
            file = self.rt.settings.flows_dir / f"{shop}.yaml"
            text = file.read_text(encoding="utf-8")
            file.write_text(
                text.replace("farewell", "so_long").replace(OLD_WORDS, NEW_WORDS), encoding="utf-8"
            )
            publish(self.rt, file, "test")
            self.notes.published.append(Published(self.now, shop, NEW_WORDS))
        self.rt.books.refresh()

    # --- callers --------------------------------------------------------------------------------------------------

    def _dials(self, call: Call) -> None:
        caller = self.sim.call(to=call.dials, from_=call.number)
        self._legs[caller.sid] = caller, call

    def _callers_react(self) -> None:
        for fact in list(islice(self.sim.ledger, self._read, None)):
            self._read += 1
            if (sid := fact.data.get("call")) in self._legs:
                self._reacts(fact.kind, fact.data, *self._legs[sid])

    def _reacts(self, kind: str, told: dict[str, Any], caller: Caller, call: Call) -> None:
        if kind == "conference.joined" and self._late is not None and self._late[2] == digits(call.number):
            desk, offer, _ = self._late
            self.sim.later(LATE_PHONE_SECONDS, lambda: self._connects(desk, offer))
        if kind == "heard" and told["sound"] == "say" and MENU in told["text"]:
            self._acts(caller, THINKS_SECONDS, lambda: caller.presses(KEYS[call.wish]))
        elif kind == "recording.started" and told["source"] == "RecordVerb":
            self._acts(caller, 0.5, lambda: caller.says("please call me back", 2.0))
        elif kind == HANGS_UP_AFTER.get(call.wish) and caller.sid not in self._leaving:
            self._leaving.add(caller.sid)
            self._acts(caller, call.seconds, caller.hangs_up)

    def _acts(self, caller: Caller, seconds: float, act: Callable[[], None]) -> None:
        self.sim.later(seconds, lambda: None if caller.is_over else act())

    # --- agents ---------------------------------------------------------------------------------------------------

    def _agents_work(self) -> None:
        for desk in self.desks.values():
            self._works(desk)

    def _works(self, desk: Desk) -> None:
        shown = desk.snapshot
        self.notes.sees(desk.agent_id, self.now, shown)
        match shown.get("state"):
            case "away" | "unreachable":
                self._clicks(desk, "/api/available")
            case "wrap_up":
                self._clicks(desk, "/api/wrap-up/end")
        if shown.get("offer"):
            self._takes(desk, shown["offer"]["id"])
        elif (talk := shown.get("talk")) and talk["state"] == "talking":
            self._talks(desk, talk)

    def _takes(self, desk: Desk, offer: str) -> None:
        if offer in self._taken or self._clicks(desk, f"/api/offers/{offer}/accept") != 200:
            return
        self._taken.add(offer)
        number = digits(desk.snapshot["offer"]["caller"])
        if self.has_a_late_phone and self._late is None and self._calls[number].wish is Wish.TALK:
            self._late = desk, offer, number  # connects when the claim is long over
        else:
            self.sim.later(0.1, lambda: self._connects(desk, offer))

    def _connects(self, desk: Desk, offer: str) -> None:
        """The page has one phone: a leg whose talk the desk does not show any more is hung up first."""
        shown = desk.snapshot.get("talk") or {}
        before, leg = self._phones.get(desk.agent_id, ("", None))
        if leg is not None and not leg.is_over and shown.get("offer_id") != before:
            leg.vanishes()
        self._phones[desk.agent_id] = offer, self.sim.client(desk.agent_id).connect({"offer": offer})

    def _talks(self, desk: Desk, talk: dict[str, Any]) -> None:
        number, call_id = digits(talk["caller"]), talk["call_id"]
        call = self._calls.get(number)
        talked = self.now - (talk["joined_at"] or 0.0)
        if talk["held"]:
            self._clicks(desk, f"/api/calls/{call_id}/resume")
        elif call_id not in self._held and talked > 1.0:
            self._held.add(call_id)
            if len(self._held) % 3 == 1:
                self._clicks(desk, f"/api/calls/{call_id}/hold")
        elif talked >= (call.seconds if call and call.wish is Wish.TALK else self.patience_seconds):
            self.notes.ended_by_agents.setdefault(number, self.now)
            self._clicks(desk, f"/api/calls/{call_id}/end")

    def _clicks(self, desk: Desk, path: str) -> int:
        headers = {"X-CSRF-Token": desk.csrf, "Origin": BASE_URL}
        return int(self.browser(desk).post(path, json={}, headers=headers).status_code)

    def _engage(self, name: str, shop: str, role: str) -> Desk:
        agent_id, shown = f"us_{name}", name.title()
        with self.rt.write() as tx:
            email = f"{name}@{shop}.example"
            tx.add(models.User(id=agent_id, email=email, name=shown, password_hash="", created_at=0))
            tx.add(models.Membership(merchant_id=shop, user_id=agent_id, role=role))
            if role == "agent":
                tx.add(models.Agent(id=agent_id, identity=agent_id, name=shown, since_at=self.now))
                tx.add(models.QueueMember(merchant_id=shop, queue="orders", agent_id=agent_id))
                self.notes.agents[agent_id] = shop, shown
        return Desk(self, agent_id, name)

    # --- what supervisors are shown -------------------------------------------------------------------------------

    def _tickets(self, shop: str) -> list[Ticket]:
        browser = self.browser(self.supervisors[shop])
        rows, page, pages = [], 1, 1
        while page <= pages:
            listed = browser.get(f"/api/tickets?sort=number&page={page}").get_json()
            rows += listed["tickets"]
            page, pages = page + 1, listed["pages"]
        return [self._ticket(shop, f"/api/tickets/{row['merchant']['id']}/{row['number']}") for row in rows]

    def _ticket(self, shop: str, address: str) -> Ticket:
        one = self.browser(self.supervisors[shop]).get(address).get_json()
        return Ticket(
            merchant=one["merchant"]["id"],
            number=one["number"],
            call_id=one["call_id"],
            caller=one["caller"],
            ended_as=one["ended_as"] or CallEnd.FAILED,
            waited_seconds=one["waited_seconds"],
            recordings=tuple(self._recording(shop, tape) for tape in one["recordings"]),
            agent=one["agent"],
            started_at=one["started_at"],
            ended_at=one["ended_at"],
            shown_to=shop,
        )

    def _recording(self, shop: str, tape: dict[str, Any]) -> Recording:
        played, original = (self._sound(shop, tape[what]) for what in ("url", "original_url"))
        return Recording(tape["id"], tape["state"], tape["seconds"], seconds_of(played), hash_of(original))

    def _sound(self, shop: str, url: str | None) -> bytes:
        if not url:
            return b""
        with self.browser(self.supervisors[shop]).get(url) as answer:
            return bytes(answer.data) if answer.status_code == 200 else b""

    def _intrusions(self, shop: str) -> list[str]:
        asked = [(other, f"/api/tickets/{other}/1") for other in TEAM if other != shop]
        browser = self.browser(self.supervisors[shop])
        return [
            f"{shop} was given {other}'s ticket 1"
            for other, path in asked
            if browser.get(path).status_code == 200
        ]
