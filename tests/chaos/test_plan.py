"""The plan of a run: the same for the same seed, and everything in it."""

import pytest

from tests.chaos.plan import LONGEST_AWAY, MOST_CALLS, Target, Wish, make_plan


def test_the_same_seed_gives_the_same_plan() -> None:
    assert make_plan(7, 120) == make_plan(7, 120)
    assert make_plan(7, 120) != make_plan(8, 120)


@pytest.mark.parametrize("seed", range(20))
def test_a_long_run_breaks_everything_and_takes_sql_away_for_a_minute(seed: int) -> None:
    plan = make_plan(seed, 120)

    assert {fault.target for fault in plan.faults} == set(Target)
    assert [fault.away for fault in plan.faults if fault.away] == [10.0, LONGEST_AWAY]
    assert len(plan.calls) == MOST_CALLS
    assert {call.wish for call in plan.calls} == set(Wish)
    assert len({call.number for call in plan.calls}) == MOST_CALLS
    assert len({call.dials for call in plan.calls}) == 2


@pytest.mark.parametrize("seed", range(20))
def test_faults_come_one_after_the_other_and_within_the_time(seed: int) -> None:
    for seconds in (30, 60, 120, 300):
        faults = make_plan(seed, seconds).faults
        moments = [fault.at for fault in faults]
        assert moments == sorted(moments)
        assert all(fault.at + fault.away <= seconds for fault in faults)
        assert all(call.at < seconds for call in make_plan(seed, seconds).calls)


def test_too_short_a_run_is_refused_with_the_way_out() -> None:
    with pytest.raises(ValueError, match="give 30 or more"):
        make_plan(1, 10)
