"""When a merchant's day begins, in the merchant's own time zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def day_began(zone: str, now: float) -> float:
    """The last midnight there, in seconds since the epoch."""
    return _midnight(datetime.fromtimestamp(now, ZoneInfo(zone)))


def day_ends(zone: str, now: float) -> float:
    """The next midnight there; a day on which clocks change has 23 or 25 hours."""
    return _midnight(datetime.fromtimestamp(now, ZoneInfo(zone)) + timedelta(days=1))


def _midnight(moment: datetime) -> float:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).timestamp()
