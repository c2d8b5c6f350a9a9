"""How long it takes is said only when the queue knows."""

from hypothesis import given
from hypothesis import strategies as st

from routing.estimate import expected_wait, remaining_wait


def test_a_queue_without_recent_answers_says_nothing() -> None:
    assert remaining_wait([], waited=0, now=1000.0) is None
    assert remaining_wait([(990.0, 60.0)], waited=0, now=1000.0) is None
    assert remaining_wait([(100.0, 60.0), (110.0, 60.0)], waited=0, now=1000.0) is None


def test_it_is_rounded_up_to_minutes_and_longer_waits_more_coarsely() -> None:
    said = [
        remaining_wait([(900.0, wait), (950.0, wait)], waited=0, now=1000.0)
        for wait in (70.0, 600.0, 601.0, 1_750.0, 1_801.0)
    ]

    assert said == [120, 600, 900, 1_800, 2_400]


def test_nobody_is_told_less_than_the_one_at_the_head_has_waited() -> None:
    quick = [(900.0, 10.0), (950.0, 20.0)]

    assert expected_wait(quick, now=1000.0, head_waited=300.0) == 300.0
    assert expected_wait(quick, now=1000.0, head_waited=5.0) == expected_wait(quick, now=1000.0)
    assert expected_wait([], now=1000.0, head_waited=300.0) is None


def test_what_was_waited_already_counts() -> None:
    assert remaining_wait([(900.0, 170.0), (950.0, 170.0)], waited=60, now=1000.0) == 120


def test_who_waits_longer_than_usual_is_told_nothing_rather_than_a_lie() -> None:
    assert remaining_wait([(900.0, 70.0), (950.0, 70.0)], waited=80, now=1000.0) is None


def test_a_recent_answer_counts_more_than_an_old_one() -> None:
    rising = remaining_wait([(450.0, 60.0), (1000.0, 600.0)], waited=0, now=1000.0) or 0
    falling = remaining_wait([(450.0, 600.0), (1000.0, 60.0)], waited=0, now=1000.0) or 0

    assert rising > falling


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 3600)), max_size=30), st.floats(0, 3600))
def test_the_estimate_is_never_longer_than_the_longest_recent_wait(
    answers: list[tuple[float, float]], waited: float
) -> None:
    estimate = remaining_wait(answers, waited, now=1000.0)

    longest = max((seconds for _at, seconds in answers), default=0)
    assert estimate is None or 60 <= estimate <= longest + 600
