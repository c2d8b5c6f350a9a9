"""Flows stay cheap: the bounds of `make bench-flows`, in a short run."""

from tests.bench.flows import BOUNDS, LINES, bench


def test_a_turn_and_a_check_cost_what_they_may() -> None:
    found = bench(rounds=3)

    assert (found["fields"], found["lines"] >= LINES) == (28, True)
    assert all(found["ratios"][name] <= most for name, most in BOUNDS.items()), found
