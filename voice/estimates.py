"""What a queue knows about waiting: its recent answers, and how long the first caller has waited.

Callbacks count in neither: who is called back has not been listening to music.
"""

from typing import Final

from sqlalchemy import Float, bindparam, func, select
from sqlalchemy.orm import Session as Tx

from routing.estimate import RECENT_SECONDS, expected_wait, remaining_wait
from voice import models
from voice.states import WAITING_OPEN, Waiting

MOST_ANSWERS = 50

_W: Final = models.Waiting
_OF_QUEUE: Final = (
    _W.merchant_id == bindparam("merchant"),
    _W.queue == bindparam("of_queue"),
    _W.is_callback.is_(False),
)
_ENTERED_FIRST: Final = (
    select(func.min(_W.entered_at)).where(*_OF_QUEUE, _W.state.in_(WAITING_OPEN)).scalar_subquery()
)
_ANSWERS: Final = (
    select(_W.state_at, _W.state_at - _W.entered_at, _ENTERED_FIRST)
    .where(
        *_OF_QUEUE,
        _W.state == Waiting.CONNECTED,
        _W.state_at > bindparam("since", type_=Float(53)),
    )
    .order_by(_W.state_at.desc())
    .limit(MOST_ANSWERS)
)


def wait_for_newcomer(tx: Tx, merchant_id: str, queue: str, now: float) -> float | None:
    """Seconds that whoever joins a queue now will probably wait; None when the queue does not know."""
    answers, head = _known(tx, merchant_id, queue, now)
    return expected_wait(answers, now, head)


def wait_that_remains(tx: Tx, waiting: models.Waiting, now: float) -> int | None:
    """Seconds that a caller will probably wait still, as they are said; None when the queue does not know."""
    answers, head = _known(tx, waiting.merchant_id, waiting.queue, now)
    return remaining_wait(answers, now - waiting.entered_at, now, head)


def _known(tx: Tx, merchant_id: str, queue: str, now: float) -> tuple[list[tuple[float, float]], float]:
    """When callers of a queue were answered of late, and after how long; and how long the first who waits has waited."""
    named = {"merchant": merchant_id, "of_queue": queue, "since": now - RECENT_SECONDS}
    rows = tx.execute(_ANSWERS, named).all()
    entered_first = rows[0][2] if rows else None  # without answers nothing is known, whoever waits
    head = 0.0 if entered_first is None else max(0.0, now - entered_first)
    return [(answered_at, waited) for answered_at, waited, _ in rows], head
