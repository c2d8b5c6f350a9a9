"""When a merchant's day begins, in the merchant's own time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo


def day_began(zone: str, now: float) -> float:
    """The last midnight there, in seconds since the epoch."""
    moment = datetime.fromtimestamp(now, ZoneInfo(zone))
    return moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).timestamp()
