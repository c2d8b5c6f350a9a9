"""What becomes of a callback: every state has a way to an end, and attempts are counted from the first."""

import pytest

from routing.callbacks import (
    CALLBACK_MOVES,
    CALLBACK_OPEN,
    CALLBACK_PENDING,
    SOON_SECONDS,
    Attempt,
    Callback,
    GiveUp,
    Rest,
    Tries,
    after_attempt,
)


def test_two_attempts_are_two() -> None:
    first = after_attempt(Tries(2, 0, 600), Attempt.NOT_REACHED, now=1000)
    assert first == Rest(1600, made=1)

    assert after_attempt(Tries(2, 1, 600), Attempt.NOT_REACHED, now=1600) == GiveUp(made=2)


@pytest.mark.parametrize(
    ("how", "rest"),
    [(Attempt.CALLED_OFF, Rest(1000 + SOON_SECONDS, 2)), (Attempt.NOT_DIALLED, Rest(1000, 2))],
)
def test_what_is_not_the_customers_doing_costs_no_attempt_not_even_the_last(how: Attempt, rest: Rest) -> None:
    assert after_attempt(Tries(3, 2, 600), how, now=1000) == rest


def test_whatever_is_open_can_end_and_what_has_ended_stays() -> None:
    ends = set(Callback) - CALLBACK_OPEN
    for state in CALLBACK_OPEN:
        assert any(source == state and target in ends for (source, _), target in CALLBACK_MOVES.items())
    assert not any(source in ends for source, _ in CALLBACK_MOVES)


def test_nobody_ends_a_callback_for_which_a_customer_is_dialled() -> None:
    for happened in ("cancelled", "called_again", "closed", "asked_again"):
        assert (Callback.DIALLING, happened) not in CALLBACK_MOVES
    assert {source for source, happened in CALLBACK_MOVES if happened == "cancelled"} == CALLBACK_PENDING
