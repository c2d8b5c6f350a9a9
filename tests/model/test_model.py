"""Every order in which callers, agents and clocks can meet is looked at; without any one safeguard, one of them is wrong."""

import pytest

from tests.model.explore import Explored, explore
from tests.model.invariants import fault
from tests.model.protocol import Caller, Rules, State, steps

ONE_CALLER = State(callers=(Caller(),))


def explored(start: State, rules: Rules) -> Explored[State]:
    return explore(start, lambda state: steps(state, rules), fault)


def test_two_callers_two_agents_and_two_clocks_can_do_nothing_wrong() -> None:
    assert explored(State(), Rules(last_generation=0)) == Explored(42_854)


def test_a_caller_who_is_claimed_three_times_is_never_lost_to_an_earlier_claim() -> None:
    assert explored(ONE_CALLER, Rules(last_generation=4)) == Explored(7_540)


@pytest.mark.parametrize(
    ("without", "wrong"),
    [
        ("compares_when_storing", "an agent rings twice, or in a talk"),
        ("one_ring_per_agent", "an agent rings twice, or in a talk"),
        ("compares_when_claiming", "an agent is kept for a caller who is not theirs"),
        ("fence_at_the_document", "a caller waits in an empty room"),
        ("writes_before_sending", "a caller is forgotten: the row is over, the leg is not"),
    ],
)
def test_without_a_safeguard_there_is_a_short_way_to_a_fault(without: str, wrong: str) -> None:
    found = explored(State(), Rules(**{without: False}))

    assert found.wrong == wrong
    assert 0 < len(found.way) <= 7
