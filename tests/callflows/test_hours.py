"""Open, closed or holiday, by the clock on the wall, also when that clock is moved."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.hours import (
    DAY_MINUTES,
    Calendar,
    Opening,
    Range,
    closes_at,
    is_open,
    opening,
    opens_at,
)

CLOSED_WEEK: tuple[tuple[Range, ...], ...] = ((),) * 7
ZONES = [
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "UTC",
]


def calendar(
    zone: str = "Europe/Berlin",
    week: tuple[tuple[Range, ...], ...] = CLOSED_WEEK,
    holidays: dict[date, tuple[Range, ...]] | None = None,
) -> Calendar:
    return Calendar(zone, week, holidays or {})


def daily(*ranges: Range, zone: str = "Europe/Berlin") -> Calendar:
    return calendar(zone, (ranges,) * 7)


def at(text: str, zone: str = "Europe/Berlin", fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-11-25 08:59:59", Opening.CLOSED),
        ("2026-11-25 09:00:00", Opening.OPEN),
        ("2026-11-25 12:29:59", Opening.OPEN),
        ("2026-11-25 12:30:00", Opening.CLOSED),
        ("2026-11-25 13:30:00", Opening.OPEN),
        ("2026-11-25 17:00:00", Opening.CLOSED),
    ],
)
def test_a_range_begins_at_its_first_second_and_ends_before_its_last(moment: str, found: Opening) -> None:
    shop = daily(Range(540, 750), Range(810, 1020))

    assert opening(shop, at(moment)) is found


@pytest.mark.parametrize("moment", ["2026-11-25 00:00:00", "2026-11-25 23:59:59", "2026-03-29 02:59:59"])
def test_a_whole_day_has_no_hole(moment: str) -> None:
    assert opening(daily(Range(0, DAY_MINUTES)), at(moment)) is Opening.OPEN


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    week = (*CLOSED_WEEK[:4], (Range(22 * 60, 30 * 60),), (), ())
    bar = calendar(week=week, holidays={date(2026, 11, 28): ()})

    assert opening(bar, at("2026-11-27 05:00")) is Opening.CLOSED
    assert opening(bar, at("2026-11-27 22:00")) is Opening.OPEN
    assert opening(bar, at("2026-11-28 05:59:59")) is Opening.OPEN
    assert opening(bar, at("2026-11-28 06:00")) is Opening.HOLIDAY
    assert opening(bar, at("2026-11-29 01:00")) is Opening.CLOSED


def test_a_holiday_with_hours_is_open_in_them_and_holiday_outside() -> None:
    shop = calendar(week=((Range(540, 1080),),) * 7, holidays={date(2026, 12, 24): (Range(540, 720),)})

    assert opening(shop, at("2026-12-24 11:59")) is Opening.OPEN
    assert opening(shop, at("2026-12-24 12:00")) is Opening.HOLIDAY
    assert opening(shop, at("2026-12-25 12:00")) is Opening.OPEN


def test_the_hour_that_comes_twice_is_open_both_times() -> None:
    early = daily(Range(120, 180))

    assert opening(early, at("2026-10-25 02:30", fold=0)) is Opening.OPEN
    assert opening(early, at("2026-10-25 02:30", fold=1)) is Opening.OPEN
    assert opening(early, at("2026-10-25 03:00")) is Opening.CLOSED


def test_the_hour_that_is_skipped_is_no_time_at_all() -> None:
    early = daily(Range(120, 180))
    midnight = at("2026-03-29 00:00")

    moments = [midnight + minute * 60 for minute in range(23 * 60)]

    assert all(opening(early, moment) is Opening.CLOSED for moment in moments)


def test_a_day_has_its_own_zone_wherever_the_computer_stands() -> None:
    shop = daily(Range(540, 1020), zone="America/New_York")

    assert opening(shop, at("2026-11-25 15:00", "Europe/Berlin")) is Opening.OPEN
    assert opening(shop, at("2026-11-25 14:59", "Europe/Berlin")) is Opening.CLOSED


RANGES = st.tuples(st.integers(0, DAY_MINUTES - 1), st.integers(1, DAY_MINUTES)).map(
    lambda pair: Range(pair[0], sum(pair))
)
WEEKS = st.tuples(*[st.lists(RANGES, max_size=2).map(tuple)] * 7)
MOMENTS = st.integers(1_735_689_600, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
# Within two days of a moved clock in one of the zones.
EDGES = st.sampled_from(["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"])
NEAR_EDGES = st.tuples(EDGES, st.integers(-48 * 60, 48 * 60)).map(
    lambda pair: datetime.fromisoformat(pair[0]).replace(tzinfo=UTC) + timedelta(minutes=pair[1])
)


def wall(moment: datetime, zone: str) -> datetime:
    """What a clock on the wall shows, without a zone."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@settings(max_examples=300, deadline=None)
@given(WEEKS, st.sampled_from(ZONES), MOMENTS | NEAR_EDGES)
def test_only_the_clock_on_the_wall_counts(
    week: tuple[tuple[Range, ...], ...], zone: str, moment: datetime
) -> None:
    """Told another way: open if the shown time lies in a range laid out on the paper of its day."""
    shown = wall(moment, zone)
    days = [datetime.combine(shown.date() + timedelta(days=back), datetime.min.time()) for back in (-1, 0)]
    laid_out = [
        (day + timedelta(minutes=hours.begin), day + timedelta(minutes=hours.end))
        for day in days
        for hours in week[day.weekday()]
    ]

    found = opening(calendar(zone, week), moment.timestamp())

    assert found is (Opening.OPEN if any(begin <= shown < end for begin, end in laid_out) else Opening.CLOSED)


@settings(max_examples=200, deadline=None)
@given(WEEKS, st.sampled_from(ZONES), MOMENTS | NEAR_EDGES)
def test_a_closed_date_is_never_closed_but_a_holiday(
    week: tuple[tuple[Range, ...], ...], zone: str, moment: datetime
) -> None:
    today = wall(moment, zone).date()
    no_nights = tuple(tuple(Range(hours.begin, min(hours.end, DAY_MINUTES)) for hours in day) for day in week)

    assert opening(calendar(zone, no_nights, {today: ()}), moment.timestamp()) is Opening.HOLIDAY


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ZONES), MOMENTS | NEAR_EDGES)
def test_round_the_clock_is_always_open(zone: str, moment: datetime) -> None:
    assert opening(daily(Range(0, DAY_MINUTES), zone=zone), moment.timestamp()) is Opening.OPEN


@pytest.mark.parametrize(
    ("now", "opens", "closes"),
    [
        ("2026-11-25 12:00", "2026-11-26 09:00", "2026-11-25 17:00"),
        ("2026-11-25 20:00", "2026-11-26 09:00", "2026-11-25 20:00"),
        ("2026-11-27 18:00", "2026-11-30 09:00", None),
    ],
)
def test_it_knows_when_it_opens_and_closes_next(now: str, opens: str, closes: str | None) -> None:
    weekdays = calendar(week=((Range(9 * 60, 17 * 60),),) * 5 + ((),) * 2)

    def at(text: str) -> float:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()

    assert opens_at(weekdays, at(now)) == at(opens)
    if is_open(weekdays, at(now)) and closes:
        assert closes_at(weekdays, at(now)) == at(closes)


def test_a_calendar_that_never_opens_says_so() -> None:
    assert opens_at(calendar(), 1_795_608_000.0) is None
