"""Open, closed or holiday: what a calendar says about a moment.

Hours are wall-clock hours in the calendar's zone. A range belongs to the day on which it begins, so Friday
22:00-06:00 reaches into Saturday, also when Saturday is a holiday. When clocks go back, the repeated hour counts both
times; when they go forward, the missing hour is no time at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from callflows.public_holidays import is_public_holiday

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
    """Opening hours of a week, Monday first, and of single dates that differ.

    With a `country` its public holidays are closed; `usual` are dates that are like any other all the same.
    """

    timezone: str
    week: tuple[tuple[Range, ...], ...]
    holidays: Mapping[date, tuple[Range, ...]] = field(default_factory=dict)
    country: str = ""
    region: str = ""
    usual: frozenset[date] = frozenset()

    def ranges_of(self, day: date) -> tuple[Range, ...]:
        """The hours that begin on a date."""
        if day in self.holidays:
            return self.holidays[day]
        return () if self.is_holiday(day) else self.week[day.weekday()]

    def is_holiday(self, day: date) -> bool:
        """Whether a date is one of its own holidays or a public one."""
        if day in self.usual:
            return False
        return day in self.holidays or (
            self.country != "" and is_public_holiday(self.country, self.region, day)
        )


def opening(calendar: Calendar, now: float) -> Opening:
    """What the calendar says about a moment (seconds since the epoch); a holiday's own hours count as open."""
    local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(calendar.timezone))
    today = local.date()
    minute = local.hour * 60 + local.minute
    if any(hours.holds(minute) for hours in calendar.ranges_of(today)):
        return Opening.OPEN
    if any(hours.holds(minute + DAY_MINUTES) for hours in calendar.ranges_of(today - timedelta(days=1))):
        return Opening.OPEN
    return Opening.HOLIDAY if calendar.is_holiday(today) else Opening.CLOSED


AHEAD_DAYS = 15


def is_open(calendar: Calendar, now: float) -> bool:
    """Whether the calendar is open at a moment."""
    return opening(calendar, now) is Opening.OPEN


def opens_at(calendar: Calendar, now: float) -> float | None:
    """The next moment at which it is open after being closed; None when that is more than two weeks ahead."""
    return next((at for at in _changes(calendar, now) if is_open(calendar, at)), None)


def closes_at(calendar: Calendar, now: float) -> float | None:
    """The next moment at which it is closed; None when it is open for more than two weeks."""
    return next((at for at in _changes(calendar, now) if not is_open(calendar, at)), None)


def _changes(calendar: Calendar, now: float) -> list[float]:
    """Every later moment at which a range begins or ends, in order."""
    zone = ZoneInfo(calendar.timezone)
    today = datetime.fromtimestamp(now, UTC).astimezone(zone).date()
    found = set()
    for ahead in range(-1, AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        midnight = datetime.combine(day, time())
        for hours in calendar.ranges_of(day):
            for minute in (hours.begin, hours.end):
                found.add((midnight + timedelta(minutes=minute)).replace(tzinfo=zone).timestamp())
    return sorted(at for at in found if at > now)
