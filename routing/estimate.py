"""How long a caller will probably wait, told by the queue's recent answers; nothing when there are none.

The rule is that of Aircall's public help pages on the waiting experience: the waits of those who were answered in the last
ten minutes, the recent ones counting more, by a logarithm. Nobody is told less than the one at the head has waited so far:
the delay of the head of the line is nearly as good a guess as any history, and the first to notice a rush (Ibrahim and
Whitt, Real-Time Delay Estimation Based on Delay History, M&SOM 11 (2009) 397-415).
"""

import math
from collections.abc import Sequence

RECENT_SECONDS = 600.0  # answers older than this say nothing about now
FEWEST = 2
STEPS = ((600.0, 60), (1800.0, 300), (math.inf, 600))  # spoken in whole steps: the longer, the coarser


def expected_wait(
    answers: Sequence[tuple[float, float]], now: float, head_waited: float = 0.0
) -> float | None:
    """Seconds from joining to an answer for whoever joins now; None without enough recent answers.

    `answers` are (answered_at, waited) of one queue, `head_waited` how long the first of those who wait has waited.
    """
    recent = [(at, seconds) for at, seconds in answers if 0 <= now - at <= RECENT_SECONDS]
    if len(recent) < FEWEST:
        return None
    weights = [1.0 / math.log(math.e + (now - at) / 60.0) for at, _seconds in recent]
    weighed = sum(weight * seconds for weight, (_at, seconds) in zip(weights, recent, strict=True))
    return max(head_waited, weighed / sum(weights))


def remaining_wait(
    answers: Sequence[tuple[float, float]], waited: float, now: float, head_waited: float = 0.0
) -> int | None:
    """Seconds still to wait, rounded up to what is said; None without enough recent answers or when it is time.

    Up to ten minutes to a minute, up to half an hour to five, then to ten.
    """
    expected = expected_wait(answers, now, head_waited)
    left = None if expected is None else round(expected - waited, 3)
    if left is None or left <= 0:
        return None
    step = next(step for most, step in STEPS if left <= most)
    return math.ceil(left / step) * step
