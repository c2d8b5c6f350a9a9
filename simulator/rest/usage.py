"""Usage Records: how many calls, minutes, messages and recordings there were (twilio.com/docs/usage/api/usage-record)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from simulator.legs import Direction, Leg
from simulator.params import API_VERSION
from simulator.rest.answer import Request
from simulator.rest.filters import day_of
from simulator.rest.paging import page

PERIODS = ("all_time", "daily", "last_month", "monthly", "this_month", "today", "yearly", "yesterday")


@dataclass(frozen=True)
class Category:
    """A line of the bill: how many there were, and how much of its unit."""

    name: str
    description: str
    unit: str
    usage_unit: str
    amounts: Callable[[Request, Callable[[float], bool]], list[int]]


def index(request: Request) -> tuple[int, Any]:
    first, last = request.one("StartDate"), request.one("EndDate")
    today = datetime.fromtimestamp(request.world.now, UTC).date()
    begin = day_of("StartDate", first, today) if first else datetime.fromtimestamp(0, UTC).date()
    end = day_of("EndDate", last, today) if last else today

    def counts(moment: float) -> bool:
        return begin <= datetime.fromtimestamp(moment, UTC).date() <= end

    wanted = request.one("Category")
    found = [category for category in CATEGORIES if wanted in (None, category.name)]
    return page(
        request, "usage_records", found, lambda category: _render(request, category, counts, (begin, end))
    )


def _render(
    request: Request, category: Category, counts: Callable[[float], bool], days: tuple[Any, Any]
) -> dict[str, Any]:
    amounts = category.amounts(request, counts)
    account = request.account.sid
    base = f"/{API_VERSION}/Accounts/{account}/Usage/Records"
    query = f"?Category={category.name}"
    return {
        "account_sid": account,
        "api_version": API_VERSION,
        "as_of": datetime.fromtimestamp(int(request.world.now), UTC).isoformat(),
        "category": category.name,
        "count": str(len(amounts)),
        "count_unit": category.unit,
        "description": category.description,
        "end_date": days[1].isoformat(),
        "price": 0,
        "price_unit": "usd",
        "start_date": days[0].isoformat(),
        "subresource_uris": {
            name: f"{base}/{''.join(part.capitalize() for part in name.split('_'))}.json{query}"
            for name in PERIODS
        },
        "uri": f"{base}.json{query}",
        "usage": str(sum(amounts)),
        "usage_unit": category.usage_unit,
    }


def _calls(keeps: Callable[[Leg], bool]) -> Callable[[Request, Callable[[float], bool]], list[int]]:
    """The minutes of each ended call, every begun one counting."""

    def minutes(request: Request, counts: Callable[[float], bool]) -> list[int]:
        return [
            -(-leg.seconds // 60)
            for leg in request.world.legs.values()
            if leg.account is request.account and leg.is_over and counts(leg.created_at) and keeps(leg)
        ]

    return minutes


def _messages(request: Request, counts: Callable[[float], bool]) -> list[int]:
    sent = request.world.messages.all.values()
    return [1 for message in sent if message.account is request.account and counts(message.created_at)]


def _recordings(request: Request, counts: Callable[[float], bool]) -> list[int]:
    made = request.world.recordings.all.values()
    return [
        -(-recording.whole_seconds // 60)
        for recording in made
        if recording.account is request.account and counts(recording.created_at)
    ]


CATEGORIES = (
    Category("calls", "Voice Minutes", "calls", "minutes", _calls(lambda leg: True)),
    Category(
        "calls-inbound",
        "Inbound Voice Minutes",
        "calls",
        "minutes",
        _calls(lambda leg: leg.direction is Direction.INBOUND),
    ),
    Category(
        "calls-outbound",
        "Outbound Voice Minutes",
        "calls",
        "minutes",
        _calls(lambda leg: leg.direction is not Direction.INBOUND),
    ),
    Category(
        "calls-client",
        "Client Voice Minutes",
        "calls",
        "minutes",
        _calls(lambda leg: "client:" in (leg.from_[:7], leg.to[:7])),
    ),
    Category("sms", "SMS", "messages", "messages", _messages),
    Category("sms-outbound", "Outbound SMS", "messages", "messages", _messages),
    Category("recordings", "Recordings", "recordings", "minutes", _recordings),
)
