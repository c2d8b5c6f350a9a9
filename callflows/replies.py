"""What another system answered, as the event that a flow goes on with: pure, so that players and tests use it too."""

import json
from typing import Any

from callflows.actions import Request
from callflows.events import Replied, ReplyOutcome
from callflows.templates import MAX_VALUE

MAX_BYTES = 64 * 1024


def replied(request: Request, status: int, body: bytes | str) -> Replied:
    """The event for an answer: `ok` when the status is 2xx and what is to be saved can be read."""
    if not 200 <= status < 300:
        return Replied(ReplyOutcome.ERROR)
    if not request.save:
        return Replied(ReplyOutcome.OK)
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return Replied(ReplyOutcome.ERROR)
    return Replied(ReplyOutcome.OK, saved(request, answer))


def saved(request: Request, answer: Any) -> tuple[tuple[str, str], ...]:
    """The variables that an answer gives, each cut to 80 characters; what is not there is empty."""
    return tuple((name, text_of(found_at(answer, path))[:MAX_VALUE]) for name, path in request.save)


def found_at(answer: Any, path: str) -> Any:
    """What lies under `order.items.0.name`; None when nothing does."""
    for key in path.split("."):
        if isinstance(answer, dict):
            answer = answer.get(key)
        elif isinstance(answer, list) and key.isdecimal() and len(key) < 6 and int(key) < len(answer):
            answer = answer[int(key)]
        else:
            return None
    return answer


def text_of(value: Any) -> str:
    """A plain value as text; a list or table is none."""
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return " ".join(value.split())
        case int() | float():
            return str(value)
        case _:
            return ""
