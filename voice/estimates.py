"""What a queue knows about waiting: its recent answers, and how long the first caller has waited.

Callbacks count in neither: who is called back has not been listening to music.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Tx

from routing.estimate import RECENT_SECONDS, expected_wait, remaining_wait
from voice import models
from voice.states import WAITING_OPEN, Waiting

MOST_ANSWERS = 50


def wait_for_newcomer(tx: Tx, merchant_id: str, queue: str, now: float) -> float | None:
    """Seconds that whoever joins a queue now will probably wait; None when the queue does not know."""
    return expected_wait(
        _answers(tx, merchant_id, queue, now), now, _head_waited(tx, merchant_id, queue, now)
    )


def wait_that_remains(tx: Tx, waiting: models.Waiting, now: float) -> int | None:
    """Seconds that a caller will probably wait still, as they are said; None when the queue does not know."""
    answers = _answers(tx, waiting.merchant_id, waiting.queue, now)
    head = _head_waited(tx, waiting.merchant_id, waiting.queue, now)
    return remaining_wait(answers, now - waiting.entered_at, now, head)


def _answers(tx: Tx, merchant_id: str, queue: str, now: float) -> list[tuple[float, float]]:
    """When callers of a queue were answered of late, and after how long."""
    rows = tx.execute(
        select(models.Waiting.state_at, models.Waiting.state_at - models.Waiting.entered_at)
        .where(
            models.Waiting.merchant_id == merchant_id,
            models.Waiting.queue == queue,
            models.Waiting.state == Waiting.CONNECTED,
            models.Waiting.is_callback.is_(False),
            models.Waiting.state_at > now - RECENT_SECONDS,
        )
        .order_by(models.Waiting.state_at.desc())
        .limit(MOST_ANSWERS)
    )
    return [(answered_at, waited) for answered_at, waited in rows]


def _head_waited(tx: Tx, merchant_id: str, queue: str, now: float) -> float:
    first = tx.scalar(
        select(func.min(models.Waiting.entered_at)).where(
            models.Waiting.merchant_id == merchant_id,
            models.Waiting.queue == queue,
            models.Waiting.state.in_(WAITING_OPEN),
            models.Waiting.is_callback.is_(False),
        )
    )
    return 0.0 if first is None else max(0.0, now - first)
