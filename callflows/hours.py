"""Open, closed or holiday: what a calendar says about a moment.

Hours are wall-clock hours in the calendar's zone. A range belongs to the day on which it begins, so Friday
22:00-06:00 reaches into Saturday, also when Saturday is a holiday. When clocks go back, the repeated hour counts both
times; when they go forward, the missing hour is no time at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60


class Opening(StrEnum):
    """What a calendar says."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"


@dataclass(frozen=True, order=True)
class Range:
    """From a minute of the day up to, not including, another; beyond 1,440 it ends on the next day."""

    begin: int
    end: int

    def holds(self, minute: float) -> bool:
        """Whether the minute lies in the range."""
        return self.begin <= minute < self.end


@dataclass(frozen=True)
class Calendar:
    """Opening hours of a week, Monday first, and of single dates that differ."""

    timezone: str
    week: tuple[tuple[Range, ...], ...]
    holidays: Mapping[date, tuple[Range, ...]] = field(default_factory=dict)

    def ranges_of(self, day: date) -> tuple[Range, ...]:
        """The hours that begin on a date."""
        return self.holidays[day] if day in self.holidays else self.week[day.weekday()]


def opening(calendar: Calendar, now: float) -> Opening:
    """What the calendar says about a moment (seconds since the epoch); a holiday's own hours count as open."""
    local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(calendar.timezone))
    today = local.date()
    minute = local.hour * 60 + local.minute
    if any(hours.holds(minute) for hours in calendar.ranges_of(today)):
        return Opening.OPEN
    if any(hours.holds(minute + DAY_MINUTES) for hours in calendar.ranges_of(today - timedelta(days=1))):
        return Opening.OPEN
    return Opening.HOLIDAY if today in calendar.holidays else Opening.CLOSED
