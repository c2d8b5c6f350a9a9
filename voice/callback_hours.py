"""When customers of a queue may be called back, by the live flow: while it is open, and always where it has no hours."""

from typing import Final

from callflows.flow import Flow
from callflows.hours import Calendar, closes_at, is_open, opens_at
from voice import models

CLOSED_FOR_LONG_SECONDS: Final = (
    86_400.0  # a calendar that does not open within two weeks is looked at each day
)


def opens(flow: Flow | None, queue: str, now: float) -> float:
    """When the queue is open: `now` when it is."""
    calendar = _calendar(flow, queue)
    if calendar is None or is_open(calendar, now):
        return now
    return opens_at(calendar, now) or now + CLOSED_FOR_LONG_SECONDS


def leaves_line(flow: Flow | None, callback: models.Callback, now: float) -> float:
    """When a callback that is in line leaves it if nobody takes it: the queue closes, or the promise is over."""
    calendar = _calendar(flow, callback.queue)
    closes = closes_at(calendar, now) if calendar is not None else None
    return min(closes or callback.expires_at, callback.expires_at)


def _calendar(flow: Flow | None, queue: str) -> Calendar | None:
    settings = flow.queues.get(queue) if flow is not None else None
    return flow.calendars.get(settings.hours or "") if flow is not None and settings is not None else None
