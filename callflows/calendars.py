"""How opening hours are written: days with ranges, and dates that differ."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from callflows.faults import did_you_mean
from callflows.fields import BadValue, Kind, Reading
from callflows.hours import DAY_MINUTES, Calendar, Range
from callflows.kinds import COUNTRY, REGION, ZONE
from callflows.public_holidays import UnknownCountry, require_country
from callflows.yaml_text import Listing, Node, Table, Text

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FULL_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY_DAY = "daily"
RANGE = re.compile(r"([0-9]{1,2}):([0-9]{2}) ?- ?([0-9]{1,2}):([0-9]{2})")
CLOSED, USUAL = "closed", "usual"


def read_calendar(node: Node, reading: Reading) -> Calendar:
    """Opening hours by the clock on the wall: of each day, and of single dates that differ.

    Days are written `mon` or `monday`, ranges of days `mon-fri`, all days `daily`; a day that is not written is
    closed. Hours go from 00:00 to 24:00; a day can have several ranges, and a range may end after midnight: 18:00-02:00
    belongs to the day on which it begins. A date under `holidays` replaces its day; outside its hours it counts as
    holiday. With a `country`, and a `region` where that matters, all its public holidays are closed; a date that is
    `usual` is like any other day all the same. `timezone` is only written when it is not the flow's own.

    calendars:
      shop:
        mon-fri: 09:00-17:00
        sat: [10:00-12:30, 13:30-16:00]
        country: US
        holidays:
          2026-11-26: 09:00-12:00
          2026-10-12: usual
          2026-12-24: closed
    """
    if not isinstance(node, Table):
        raise BadValue("write days and their hours, as in {mon-fri: 09:00-17:00}")
    timezone = ""
    week: list[tuple[Range, ...]] = [()] * 7
    written: dict[int, str] = {}
    holidays: dict[date, tuple[Range, ...] | None] = {}
    country, region = "", ""
    for key, value in node.entries:
        try:
            if key.value == "country":
                country = COUNTRY.read(value, reading)
            elif key.value == "region":
                region = REGION.read(value, reading)
            elif key.value == "timezone":
                timezone = ZONE.read(value, reading)
            elif key.value == "holidays":
                holidays = _read_holidays(value, reading)
            else:
                days = list(_days(key.value))
                for day in days:
                    _refuse_second_answer(day, key.value, written)
                hours = _read_hours(value)
                for day in days:
                    week[day] = hours
        except BadValue as bad:
            reading.wrong(
                bad.place or (value if bad.rule == "wrong-value" else key).place, bad.text, bad.rule
            )
    if not written and not holidays:
        raise BadValue("no day has hours, so it would always be closed; write such as {mon-fri: 09:00-17:00}")
    _require_country(node, country, region)
    own = {day: hours for day, hours in holidays.items() if hours is not None}
    return Calendar(timezone, tuple(week), own, country, region, frozenset(holidays) - frozenset(own))


def _require_country(node: Table, country: str, region: str) -> None:
    if region and not country:
        raise BadValue(
            "a region needs its country; add such as 'country: US'", place=node.by_key["region"].place
        )
    try:
        if country:
            require_country(country, region)
    except UnknownCountry as unknown:
        raise BadValue(str(unknown), place=node.by_key["region" if region else "country"].place) from None


def _days(key: str) -> Iterator[int]:
    """The days that a key means: 0 is Monday."""
    if key == EVERY_DAY:
        yield from range(7)
        return
    first, dash, last = key.partition("-")
    start, end = _day(first, key), _day(last if dash else first, key)
    yield start
    while start != end:
        start = (start + 1) % 7
        yield start


def _day(word: str, key: str) -> int:
    for names in (DAYS, FULL_DAYS):
        if word in names:
            return names.index(word)
    known = (*DAYS, *FULL_DAYS, EVERY_DAY, "mon-fri", "timezone", "country", "region", "holidays")
    raise BadValue(f"'{key}' is no day{did_you_mean(key, known)}", "unknown-key")


def _refuse_second_answer(day: int, key: str, written: dict[int, str]) -> None:
    if day in written:
        text = f"{DAYS[day]} has hours twice, in '{written[day]}' and in '{key}'; write all hours of a day in one list"
        raise BadValue(text, "day-twice")
    written[day] = key


def _read_holidays(node: Node, reading: Reading) -> dict[date, tuple[Range, ...] | None]:
    """Hours by date; None for a date that is usual."""
    if not isinstance(node, Table):
        raise BadValue("write dates and their hours, as in {2026-12-25: closed}")
    holidays: dict[date, tuple[Range, ...] | None] = {}
    for key, value in node.entries:
        try:
            is_usual = isinstance(value, Text) and value.value == USUAL
            holidays[_read_date(key)] = None if is_usual else _read_hours(value)
        except BadValue as bad:
            reading.wrong(bad.place or value.place, bad.text, bad.rule)
    return holidays


def _read_date(key: Text) -> date:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", key.value):
            raise ValueError
        return date.fromisoformat(key.value)
    except ValueError:
        raise BadValue(
            f"'{key.value}' is no date; write year-month-day, as in 2026-12-25", place=key.place
        ) from None


def _read_hours(node: Node) -> tuple[Range, ...]:
    """The ranges of one day; the word `closed` means none."""
    if isinstance(node, Text) and node.value == CLOSED:
        return ()
    items = node.items if isinstance(node, Listing) else (node,)
    ranges = sorted(_read_range(item) for item in items)
    for one, other in pairwise(ranges):
        if other.begin < one.end:
            raise BadValue(
                "two of these hours overlap; write each part of the day once", "hours-overlap", node.place
            )
    return tuple(ranges)


def _read_range(node: Node) -> Range:
    if not isinstance(node, Text) or not (found := RANGE.fullmatch(node.value)):
        written = f"'{node.value}'" if isinstance(node, Text) else "this"
        raise BadValue(f"{written} are no hours; write such as 09:00-17:00, or closed", place=node.place)
    begin = _minute(found[1], found[2], node)
    end = _minute(found[3], found[4], node)
    if begin in (DAY_MINUTES, end):
        raise BadValue(f"'{node.value}' has no length; for a whole day write 00:00-24:00", place=node.place)
    return Range(begin, end if end > begin else end + DAY_MINUTES)


def _minute(hour: str, minute: str, node: Text) -> int:
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > DAY_MINUTES:
        raise BadValue(f"'{node.value}' has no such time; the day goes from 00:00 to 24:00", place=node.place)
    return total


CALENDAR = Kind("opening hours", "{mon-fri: 09:00-17:00}", read_calendar)
