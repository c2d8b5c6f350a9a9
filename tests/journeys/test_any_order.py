"""People and faults in any order: whatever callers and agents do, and whatever the wire loses, nobody is stranded.

A seed chooses every step of a shop's life; RINGDESK_ANY_ORDER=100 lives that many lives instead of a few.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from structlog.testing import capture_logs

from simulator.conferences import Conference
from simulator.handset import Caller
from simulator.legs import Leg
from tests.build import BASE_URL
from tests.journeys.desk import Desk
from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from voice import models
from voice.states import OFFER_LIVE, PARTICIPATION_LIVE, WAITING_OPEN, Agent, Participation, Waiting

LIVES = int(os.environ.get("RINGDESK_ANY_ORDER", "6"))
STEPS = 40
LONGEST_OVERDUE = 3.0  # the clock looks each second, and a fault may cost it a moment
QUIET_SECONDS = 50.0  # longer than ring, claim, bridge, rejoin and a piece of music one after another
BROKEN = (
    "a document failed",
    "a deadline failed",
    "a round failed",
    "step failed",
    "a job after the answer failed",
)

LIVELY = (
    FLOW.replace("wrap_up: 30s, max_wait: 10m", "wrap_up: 4s, max_wait: 90s, ring: 8s").replace("ring: 20s, ", "")
    .replace("    full: busy\n", "    full: busy\n    answered: survey\n    exit_keys: {9: message}\n")
    .replace("  busy:\n", '  survey:\n    menu: "Press 1 for somebody else."\n    options: {1: orders_line}\n'
             "    no_input: goodbye\n    no_match: goodbye\n  busy:\n")
)  # fmt: skip

# The end of a call that nothing but its one lost status callback could have told is the reconciler's to find.
HARMS = [
    (path, harm)
    for path in ("room/", "agent-left/", "leg/", "wait/", "agent$", "turn/", "status")
    for harm in ("duplicate", "lose")
    if (path, harm) != ("status", "lose")
]


class Life:
    """A shop with three agents and at most three callers at a time; a step is whatever the seed chooses."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = Random(seed)
        self.shop = Shop(folder, flow=LIVELY, agents=("ann", "ben", "eve"))
        self.desks = list(self.shop.desks.values())
        self.eager = self.chance.sample(self.desks, 2)  # they take every ring at once, so that much happens
        self.callers: list[Caller] = []
        self.steps: list[str] = []
        for desk in self.desks:
            desk.starts_shift()

    def step(self) -> None:
        """Something happens."""
        steps = (
            [self.time_passes] * 6
            + [self.somebody_dials] * (3 - len(self.live()))
            + [self.a_caller_presses, self.a_caller_hangs_up] * bool(self.live())
            + [self.an_agent_answers] * 2 * bool(self.rung())
            + [self.an_agent_clicks, self.a_talk_is_disturbed, self.a_talk_is_disturbed]
            * bool(self.talking())
            + [self.an_agent_says, self.an_agent_starts, self.a_laptop_closes]
            + [self.a_webhook_will_be_harmed, self.a_request_of_ours_will_be_harmed]
        )
        chosen = self.chance.choice(steps)
        self.steps.append(chosen.__name__)
        chosen()

    def notes(self, *words: object) -> None:
        self.steps[-1] += " " + " ".join(map(str, words))

    # --- callers --------------------------------------------------------------------------------------------------

    def somebody_dials(self) -> None:
        self.callers.append(self.shop.rings_up(f"+1202555{1000 + len(self.callers)}"))
        self.shop.waits(1)
        self.callers[-1].presses("1")
        self.passes(2.0)

    def a_caller_presses(self) -> None:
        self.chance.choice(self.live()).presses(self.chance.choice("19"))

    def a_caller_hangs_up(self) -> None:
        caller = self.chance.choice(self.live())
        self.notes(caller.name)
        caller.hangs_up()

    # --- agents ---------------------------------------------------------------------------------------------------

    def an_agent_starts(self) -> None:
        self.awake(self.chance.choice(self.desks)).posts("/api/shift/start")

    def an_agent_answers(self) -> None:
        desk, how = self.chance.choice(self.rung()), self.chance.choice(("accept", "no phone", "decline"))
        self.notes(desk.name, how)
        if how == "decline":
            desk.declines()
        else:
            desk.accepts(connects=how == "accept")

    def an_agent_clicks(self) -> None:
        desk, word = self.chance.choice(self.talking()), self.chance.choice(("hold", "resume", "end"))
        self.notes(desk.name, word)
        self.clicks(desk, f"/api/calls/{desk.snapshot['talk']['call_id']}/{word}")

    def a_talk_is_disturbed(self) -> None:
        desk = self.chance.choice(self.talking())
        what = self.chance.choice(("phone lost", "laptop closed", "page again", "second tab"))
        self.notes(desk.name, what)
        match what:
            case "laptop closed":
                desk.closes_laptop()
            case "page again":
                desk.opens_page()
            case "second tab" if desk.is_connected:
                desk.connects()
            case "phone lost" if desk.is_connected and not desk.leg.is_over:
                desk.leg.hangs_up()

    def an_agent_says(self) -> None:
        desk = self.chance.choice(self.desks)
        word = self.chance.choice(("shift/end", "available", "wrap-up/end", "away"))
        self.notes(desk.name, word)
        self.clicks(self.awake(desk), f"/api/{word}", reason="lunch")

    def a_laptop_closes(self) -> None:
        desk = self.chance.choice(self.desks)
        self.notes(desk.name)
        desk.closes_laptop()

    # --- time and faults ------------------------------------------------------------------------------------------

    def time_passes(self) -> None:
        seconds = self.chance.choice((0.03, 0.1, 0.5, 2.0, 5.0, 20.0))
        self.notes(seconds)
        self.passes(seconds)

    def passes(self, seconds: float) -> None:
        """Meanwhile pages do what they do by themselves, and the eager take what rings."""
        self.shop.waits(seconds)
        for desk in self.desks:
            self.reconnects(desk)
        for desk in self.rung():
            if desk in self.eager:
                desk.accepts()

    def a_webhook_will_be_harmed(self) -> None:
        path, harm = self.chance.choice(HARMS)
        seconds = self.chance.choice((0.0, 0.5, 6.0))
        self.notes(path, harm, seconds)
        self.shop.sim.faults.webhook(f"/voice/{path}", harm, times=1, seconds=seconds)

    def a_request_of_ours_will_be_harmed(self) -> None:
        harm = self.chance.choice(("timeout-before", "timeout-after"))
        self.notes(harm)
        self.shop.sim.faults.rest("POST ", harm, times=1)

    # --- what holds always ----------------------------------------------------------------------------------------

    def all_is_well(self) -> None:
        self.nobody_meets_two()
        self.nobody_waits_beyond_a_deadline()
        self.agents_are_bound_by_something_that_lives()

    def nobody_meets_two(self) -> None:
        """A room is a meeting when a customer is in it; a page's old leg may be alone in another for some seconds."""
        met: set[str] = set()
        for room in self.rooms():
            names = {seat.leg.from_ for seat in room.seats.values()}
            browsers = {name for name in names if name.startswith("client:")}
            if names == browsers:
                continue
            assert len(browsers) <= 1, names
            assert len(names - browsers) == 1, names
            assert not names & met, f"{names & met} in two rooms"
            met |= names

    def nobody_waits_beyond_a_deadline(self) -> None:
        late = self.shop.now - LONGEST_OVERDUE
        for row in self.shop.rows(models.Waiting):
            if row.state in (Waiting.CLAIMED, Waiting.BRIDGING):
                assert row.until_at > late
            elif row.state in (Waiting.WAITING, Waiting.OFFERED):
                assert row.deadline_at > late

    def agents_are_bound_by_something_that_lives(self) -> None:
        ringing = {
            row.agent_id for row in self.shop.rows(models.Offer) if row.state in ("offered", "ringing")
        }
        claimed = {row.agent_id for row in self.shop.rows(models.Offer) if row.state == "accepted"}
        talking = {
            row.agent_id for row in self.shop.rows(models.Participation) if row.state in PARTICIPATION_LIVE
        }
        for desk in self.desks:
            bound = desk.state in (Agent.ON_CALL, Agent.ON_HOLD)
            assert (desk.agent_id in claimed | talking) == bound, f"{desk.name} is {desk.state}"
            assert (desk.agent_id in ringing) == (desk.state == Agent.RINGING), f"{desk.name} is {desk.state}"

    # --- what holds after a while ---------------------------------------------------------------------------------

    def everybody_is_settled(self) -> None:
        places = {row.call_id: row for row in self.shop.rows(models.Waiting) if row.left_as is None}
        talks = {
            row.call_id: row
            for row in self.shop.rows(models.Participation)
            if row.state in PARTICIPATION_LIVE
        }
        ids = {row.call_sid: row for row in self.shop.rows(models.Call)}
        for caller in self.live():
            call = ids[caller.sid]
            assert call.ended_at is None, caller.told()
            talk, place = talks.get(call.id), places.get(call.id)
            if talk is not None:
                self.is_in_talk(caller, talk)
            elif place is not None:
                assert place.state in WAITING_OPEN, (place.state, caller.told())
                assert self.is_in_queue(caller), f"{place.state}: {caller.told()}"
            else:
                assert not any(caller.sid in room.seats for room in self.rooms()), caller.told()
                self.leaves_the_queue(caller)

    def leaves_the_queue(self, caller: Caller) -> None:
        """Whoever lost the place goes on in the flow after the present piece of music."""
        self.shop.sim.run_until(lambda: caller.is_over or not self.is_in_queue(caller), 21.0, caller.told())

    def is_in_talk(self, caller: Caller, talk: models.Participation) -> None:
        agent = next(desk for desk in self.desks if desk.agent_id == talk.agent_id)
        assert talk.state == Participation.TALKING, talk.state
        if talk.held_at is None:
            assert any(talk_together(leg, caller.leg) for leg in self.legs(agent)), (
                f"{agent.name}: {caller.told()}"
            )
        else:
            assert caller.hears_music(within=25), caller.told()

    def everybody_goes_home(self) -> None:
        for caller in self.live():
            caller.hangs_up()
        self.shop.waits(35)
        assert not [row for row in self.shop.rows(models.Waiting) if row.state in WAITING_OPEN]
        assert not [row for row in self.shop.rows(models.Offer) if row.state in OFFER_LIVE]
        assert not [row for row in self.shop.rows(models.Participation) if row.state in PARTICIPATION_LIVE]
        for desk in self.desks:
            assert desk.state in (Agent.OFFLINE, Agent.AVAILABLE, Agent.AWAY, Agent.UNREACHABLE), desk.state
            assert all(leg.is_over for leg in self.legs(desk)), f"{desk.name}'s phone: {desk.leg.told()}"
        calls = self.shop.rows(models.Call)
        assert {call.call_sid for call in calls} == {caller.sid for caller in self.callers}
        assert all(call.ended_at is not None and call.ended_as is not None for call in calls)
        assert sorted(ticket.call_id for ticket in self.shop.rows(models.Ticket)) == sorted(
            call.id for call in calls
        )
        met = {fact.call_id for fact in self.shop.facts("answered")}
        assert met == {call.id for call in calls if call.ended_as == "answered"}
        assert len(self.shop.facts("call_ended")) == len(calls)

    # --- words ----------------------------------------------------------------------------------------------------

    def live(self) -> list[Caller]:
        return [caller for caller in self.callers if not caller.is_over]

    def rung(self) -> list[Desk]:
        """Agents whose desk shows a ring that can still be answered."""
        live = self.shop.live_offers()
        return [desk for desk in self.desks if desk.is_awake and desk.offer and desk.offer["id"] in live]

    def talking(self) -> list[Desk]:
        return [desk for desk in self.desks if desk.is_awake and desk.snapshot.get("talk")]

    def awake(self, desk: Desk) -> Desk:
        if desk.stream is None or not desk.is_awake:
            desk.opens_page()
        return desk

    def clicks(self, desk: Desk, path: str, **body: str) -> None:
        """A click that may be refused by now, but never fails."""
        got = self.shop.browser(desk).post(
            path, json=body, headers={"X-CSRF-Token": desk.csrf, "Origin": BASE_URL}
        )
        assert got.status_code < 500, f"{path}: {got.status_code}"

    def reconnects(self, desk: Desk) -> None:
        """What the page does by itself when its phone was lost in a talk."""
        rejoin = desk.snapshot.get("rejoin")
        if desk.is_awake and desk.stream is not None and rejoin and rejoin["until_at"] > self.shop.now:
            desk.offer_id = rejoin["offer"]
            desk.connects()

    def rooms(self) -> list[Conference]:
        return [room for room in self.shop.sim.world.conferences.all.values() if not room.is_over]

    def is_in_queue(self, caller: Caller) -> bool:
        return any(queue.member(caller.sid) is not None for queue in self.shop.sim.world.queues.values())

    def legs(self, desk: Desk) -> list[Leg]:
        return [leg for leg in self.shop.sim.world.legs.values() if leg.from_ == f"client:{desk.agent_id}"]


def talk_together(one: Leg, other: Leg) -> bool:
    return bool(
        one.place
        and other.place
        and other in one.place.listeners(one)
        and one in other.place.listeners(other)
    )


@pytest.fixture
def life(tmp_path: Path, seed: int) -> Iterator[Life]:
    with capture_logs() as logs:
        made = Life(tmp_path, seed)
        yield made
        made.shop.rt.store.close()
    print("\n".join(made.steps))
    broken = [line for line in logs if line["event"] in BROKEN]
    assert not broken, broken


@pytest.mark.parametrize("seed", range(LIVES))
def test_in_any_order_nobody_is_stranded(life: Life) -> None:
    for _ in range(STEPS):
        life.step()
        life.all_is_well()
    life.shop.sim.faults.clear()
    life.passes(QUIET_SECONDS)
    life.passes(3)
    life.everybody_is_settled()
    life.everybody_goes_home()
