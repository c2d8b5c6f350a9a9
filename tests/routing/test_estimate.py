"""How long it takes is said only when the queue knows."""

from hypothesis import given
from hypothesis import strategies as st

from routing.estimate import remaining_wait


def test_a_queue_without_recent_answers_says_nothing() -> None:
    assert remaining_wait([], waited=0, now=1000.0) is None
    assert remaining_wait([(990.0, 60.0)], waited=0, now=1000.0) is None
    assert remaining_wait([(100.0, 60.0), (110.0, 60.0)], waited=0, now=1000.0) is None


def test_it_is_rounded_up_to_minutes() -> None:
    assert remaining_wait([(900.0, 70.0), (950.0, 70.0)], waited=0, now=1000.0) == 120


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

    assert estimate is None or 60 <= estimate <= max(seconds for _at, seconds in answers) + 60
