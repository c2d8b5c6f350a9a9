"""Lists in pages, as Twilio's helper libraries walk them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from simulator.rest.answer import Request, RestError

T = TypeVar("T")
DEFAULT_PAGE_SIZE = 50
LARGEST_PAGE_SIZE = 1000


def page(
    request: Request, key: str, things: Sequence[T], render: Callable[[T], dict[str, Any]]
) -> tuple[int, Any]:
    """One page of the things, newest first as given; pages are numbered from 0."""
    size = min(request.whole("PageSize", DEFAULT_PAGE_SIZE, 1, 10**9, 20007), LARGEST_PAGE_SIZE)
    number = request.whole("Page", 0, 0, 10**9, 20001)
    start = number * size
    if start > len(things):
        raise RestError(400, 20001, f"Page {number} does not exist")
    shown = things[start : start + size]
    more = start + size < len(things)

    def uri(wanted: int) -> str:
        query = {
            name: values[-1] for name, values in request.query.items() if name not in ("Page", "PageToken")
        }
        query |= {"PageSize": str(size), "Page": str(wanted)}
        if wanted:
            query["PageToken"] = f"PA{wanted:032x}"
        return f"{request.url}?{urlencode(query)}"

    return 200, {
        key: [render(thing) for thing in shown],
        "page": number,
        "page_size": size,
        "start": start,
        "end": max(start, start + len(shown) - 1),
        "uri": uri(number),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1) if more else None,
        "previous_page_uri": uri(number - 1) if number else None,
    }
