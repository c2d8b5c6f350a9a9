"""How long a caller will probably wait, told by the queue's recent answers; nothing when there are none."""

import math
from collections.abc import Sequence

RECENT_SECONDS = 600.0  # answers older than this say nothing about now
FEWEST = 2
ROUNDED_TO_SECONDS = 60


def remaining_wait(answers: Sequence[tuple[float, float]], waited: float, now: float) -> int | None:
    """Whole seconds still to wait, rounded up to minutes; None without enough recent answers or when it is time.

    `answers` are (answered_at, waited) of one queue. Recent answers count more, by the logarithm of their age.
    """
    recent = [(at, seconds) for at, seconds in answers if 0 <= now - at <= RECENT_SECONDS]
    if len(recent) < FEWEST:
        return None
    weights = [1.0 / math.log(math.e + (now - at) / 60.0) for at, _seconds in recent]
    expected = sum(weight * seconds for weight, (_at, seconds) in zip(weights, recent, strict=True)) / sum(
        weights
    )
    left = expected - waited
    if left <= 0:
        return None
    return math.ceil(left / ROUNDED_TO_SECONDS) * ROUNDED_TO_SECONDS
