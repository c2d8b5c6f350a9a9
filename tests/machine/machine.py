"""People, processes and faults in any order that Hypothesis thinks of, on the real code; and what must hold at each step."""

import random

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.machine.centre import Centre, Desk
from tests.machine.legs import Harm, Leg, Place
from tests.machine.premises import KEYS, Premises
from tests.machine.promises import END_SECONDS, Promises
from voice.offers import CLAIM_SECONDS

MOST_CALLERS = 4
HOME_TRIES = (
    8  # a customer who is dialled is awaited for a minute; then the callback is in line again, then gone
)
DOORS = (("room",), ("agent-left",), ("leg",), ("wait",), ("agent",), ("status",), ("turn",))
WHICH = st.integers(0, 5)


class Life(RuleBasedStateMachine):
    """One life of the contact centre; whoever lets it live gives it its `premises`."""

    premises: Premises

    def __init__(self) -> None:
        super().__init__()
        self.centre = Centre(self.premises, random.Random(1))
        self.promises = Promises(self.centre)

    # --- callers --------------------------------------------------------------------------------------------------

    @initialize(keys=st.lists(st.sampled_from(sorted(KEYS)), min_size=1, max_size=3), lots=st.integers(0, 99))
    def the_day_begins(self, keys: list[str], lots: int) -> None:
        self.centre.lots.seed(lots)
        self.callers_come(keys)

    @precondition(lambda self: len(self.centre.living()) < MOST_CALLERS)
    @rule(keys=st.lists(st.sampled_from(sorted(KEYS)), min_size=1, max_size=2))
    def callers_come(self, keys: list[str]) -> None:
        for key in keys:
            self.centre.dials(key)
        self.centre.passes(0.7)

    @precondition(lambda self: len(self.centre.living()) > 1)
    @rule(which=WHICH, how=st.sampled_from(("hangs up", "presses 9")))
    def a_caller_goes(self, which: int, how: str) -> None:
        if how == "hangs up":
            self.centre.exchange.hangs_up(self._caller(which))
        else:
            self.centre.exchange.presses(self._caller(which), "9")

    @precondition(lambda self: len(self.centre.living()) < MOST_CALLERS and self.centre.lost())
    @rule(which=WHICH)
    def a_caller_calls_again(self, which: int) -> None:
        lost = self.centre.lost()
        self.centre.dials_again(lost[which % len(lost)])
        self.centre.passes(0.7)

    # --- agents ---------------------------------------------------------------------------------------------------

    @rule(which=WHICH, word=st.sampled_from(("at work", "at work", "notes done", "away", "home")))
    def an_agent_says(self, which: int, word: str) -> None:
        self.centre.wishes(self._desk(which), word)

    @precondition(lambda self: self.centre.rings())
    @rule(which=WHICH, how=st.sampled_from(("accepts", "without a phone", "declines")))
    def an_agent_answers(self, which: int, how: str) -> None:
        rings = self.centre.rings()
        agent_id = sorted(rings)[which % len(rings)]
        desk = next(one for one in self.centre.desks if one.id == agent_id)
        if how == "declines":
            self.centre.declines(desk, rings[agent_id])
        else:
            self.centre.accepts(desk, rings[agent_id], connects=how == "accepts")

    @precondition(lambda self: any(desk.offer for desk in self.centre.desks))
    @rule(which=WHICH)
    def a_phone_comes_late_or_again(self, which: int) -> None:
        desks = [desk for desk in self.centre.desks if desk.offer]
        desk = desks[which % len(desks)]
        self.centre.connects(desk, desk.offer)

    @precondition(lambda self: self._talking())
    @rule(which=WHICH, word=st.sampled_from(("hold", "resume", "end")))
    def an_agent_in_a_talk_clicks(self, which: int, word: str) -> None:
        talking = self._talking()
        self.centre.wishes(talking[which % len(talking)], word)

    @precondition(lambda self: self._talking())
    @rule(which=WHICH, how=st.sampled_from(("the phone", "the laptop")))
    def an_agent_in_a_talk_loses(self, which: int, how: str) -> None:
        talking = self._talking()
        desk = talking[which % len(talking)]
        if how == "the laptop":
            self.centre.closes_laptop(desk)
        elif desk.talking is not None:
            self.centre.exchange.hangs_up(desk.talking, "is lost")

    @rule(which=WHICH)
    def a_page_sleeps_or_wakes(self, which: int) -> None:
        desk = self._desk(which)
        desk.is_awake = not desk.is_awake

    # --- faults ---------------------------------------------------------------------------------------------------

    @rule(doors=st.sampled_from(DOORS), kind=st.sampled_from(("lost", "twice", "late")),
          seconds=st.sampled_from((0.3, 1.0, 6.0)))  # fmt: skip
    def a_webhook_will_be_harmed(self, doors: tuple[str, ...], kind: str, seconds: float) -> None:
        self.centre.exchange.harms.append(Harm(doors, kind, seconds))

    @rule(harm=st.sampled_from(("before", "after")))
    def a_request_or_its_answer_will_be_lost(self, harm: str) -> None:
        self.centre.exchange.rest_harms.append(harm)

    @rule(which=st.integers(0, 2), decisions=st.integers(1, 5), before=st.booleans())
    def a_process_will_die(self, which: int, decisions: int, before: bool) -> None:
        store = (self.centre.web, *self.centre.clocks)[which].store
        store.dies_in, store.dies_before = decisions, before

    @rule(which=st.integers(0, 1), how=st.sampled_from(("is overtaken", "stops or starts")))
    def a_clock(self, which: int, how: str) -> None:
        one, other = self.centre.clocks[which], self.centre.clocks[1 - which]
        if how == "is overtaken":
            self.centre.will_be_overtaken(which)
        else:
            one.is_stopped = not one.is_stopped and not other.is_stopped

    # --- looks ----------------------------------------------------------------------------------------------------

    @rule()
    def somebody_looks_twice(self) -> None:
        self.promises.a_round_leaves_nothing_to_decide()

    # --- time -----------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from((0.02, 0.1, 0.4)))
    def a_moment_passes(self, seconds: float) -> None:
        self.centre.passes(seconds)

    @rule(seconds=st.sampled_from((1.0, 2.0, 3.0)))
    def time_passes(self, seconds: float) -> None:
        self.centre.passes(seconds)

    @rule(seconds=st.sampled_from((4.0, 8.0)))
    def more_time_passes(self, seconds: float) -> None:
        self.centre.passes(seconds)

    # --- what holds -----------------------------------------------------------------------------------------------

    @invariant()
    def promises_hold(self) -> None:
        self.promises.nobody_meets_two()

    def teardown(self) -> None:
        try:
            self.goes_home()
        finally:
            note("\n".join(self.centre.exchange.told))

    def goes_home(self) -> None:
        """Nothing breaks any more, everybody hangs up, and nothing is left after a while."""
        self.promises.hold()
        self.promises.a_round_leaves_nothing_to_decide()
        exchange = self.centre.exchange
        self.centre.is_closing = True
        exchange.harms.clear()
        exchange.rest_harms.clear()
        for process in (self.centre.web, *self.centre.clocks):
            process.store.dies_in, process.is_stopped = 0, process is self.centre.clocks[1]
        self.centre.everybody_hangs_up()
        self.centre.passes(END_SECONDS)
        for _ in range(HOME_TRIES):
            is_dialling = any(leg.place is not Place.GONE for leg in exchange.legs.values())
            if not self.centre.nobody_is_called_back() and not is_dialling:
                break
            self.centre.passes(CLAIM_SECONDS + 2.0)
        self.promises.everybody_is_settled()

    # --- words ----------------------------------------------------------------------------------------------------

    def _caller(self, which: int) -> Leg:
        living = self.centre.living()
        return living[which % len(living)]

    def _desk(self, which: int) -> Desk:
        return self.centre.desks[which % len(self.centre.desks)]

    def _talking(self) -> list[Desk]:
        return [desk for desk in self.centre.desks if desk.talking is not None]
