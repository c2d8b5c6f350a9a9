"""Every order in which callers, agents and clocks can meet is looked at; without any one safeguard, one of them is wrong."""

from typing import Any

import pytest

from tests.model.decide import Rules
from tests.model.explore import Explored, explore
from tests.model.invariants import fault
from tests.model.protocol import Caller, State, steps

ONE_CALLER = State(callers=(Caller(),))
ONE_AGENT = State(on_call=(False,))


def explored(start: State, rules: Rules) -> Explored[State]:
    return explore(start, lambda state: steps(state, rules), lambda state: fault(state, rules))


def test_two_callers_two_agents_and_two_clocks_can_do_nothing_wrong() -> None:
    assert explored(State(), Rules(last_generation=0)) == Explored(39_706)


def test_two_callers_for_one_agent_are_served_in_their_order() -> None:
    assert explored(ONE_AGENT, Rules(last_generation=0)) == Explored(6_746)


@pytest.mark.parametrize(("rings_all", "states"), [(False, 5_971), (True, 10_307)])
def test_a_caller_who_is_claimed_three_times_is_never_lost_to_an_earlier_claim(
    rings_all: bool, states: int
) -> None:
    assert explored(ONE_CALLER, Rules(last_generation=4, rings_all=rings_all)) == Explored(states)


@pytest.mark.parametrize(
    ("without", "wrong", "start", "rules"),
    [
        ("in_order", "a caller is passed over", ONE_AGENT, {}),
        ("in_order", "a caller is passed over", State(), {"rings_all": True}),
        ("skips_whom_it_rings", "what was decided is decided again", State(), {}),
        ("sees_who_came_back", "an agent is idle beside a waiting caller", State(), {}),
        ("compares_when_storing", "an agent rings twice, or in a talk", State(), {}),
        ("one_ring_per_agent", "an agent rings twice, or in a talk", State(), {}),
        ("compares_when_claiming", "an agent is kept for a caller who is not theirs", State(), {"rings_all": True}),
        ("fence_at_the_document", "a caller waits in an empty room", State(), {}),
        ("writes_before_sending", "a caller is forgotten: the row is over, the leg is not", State(), {}),
    ],
)  # fmt: skip
def test_without_a_safeguard_there_is_a_short_way_to_a_fault(
    without: str, wrong: str, start: State, rules: dict[str, Any]
) -> None:
    found = explored(start, Rules(**{without: False}, **rules))

    assert found.wrong == wrong
    assert 0 < len(found.way) <= 7
