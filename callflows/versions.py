"""The meaning of a flow as plain values, and its digest: comments and layout do not count, nor does order, but for who is
rung one after the other.

A value equal to its default is left out, so writing a default down changes nothing, and neither does a later version
of this program that knows more fields.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING
from datetime import date
from typing import TYPE_CHECKING, Any

from callflows.fields import specs
from callflows.hours import Calendar, Range
from callflows.kinds import DigitCount, Share
from callflows.steps.base import Step
from callflows.steps.flow import FlowStep
from callflows.texts import Texts
from callflows.waits import Wait

if TYPE_CHECKING:
    from callflows.flow import Flow


def digest_of(flow: "Flow") -> str:
    """The sha256 of the flow's meaning, in hex; equal for files that mean the same."""
    return hashlib.sha256(canonical(flow).encode()).hexdigest()


def canonical(flow: "Flow") -> str:
    """The flow's meaning as one line of JSON with sorted keys."""
    return json.dumps(content(flow), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content(value: Any) -> Any:
    """Any part of a flow as dicts, lists and plain values."""
    match value:
        case Range():
            return [value.begin, value.end]
        case Calendar():
            holidays = {day.isoformat(): content(ranges) for day, ranges in value.holidays.items()}
            plain = {"timezone": value.timezone, "week": content(value.week), "holidays": holidays}
            more = {
                "country": value.country,
                "region": value.region,
                "usual": sorted(day.isoformat() for day in value.usual),
            }
            return plain | {key: given for key, given in more.items() if given}
        case Wait():
            return [{"part": one.verb, **content(one)} for one in value.parts]
        case Texts():
            return dict(value.by_language)
        case DigitCount():
            return [value.least, value.most]
        case Share():
            return [value.next, value.percent]
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): content(item) for key, item in value.items()}
        case tuple() | list():
            return [content(item) for item in value]
        case str() | int() | float() | None:
            return value
        case _:
            return _part(value)


def _part(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"verb": value.verb} if isinstance(value, Step) else {}
    if isinstance(value, FlowStep):
        found["entry"] = value.entry
    for field, spec in specs(type(value)):
        given = getattr(value, field.name)
        if field.default_factory is MISSING or given != field.default_factory():
            found[spec.key] = content(given)
    in_order = list(getattr(value, "rung_in_order", ()))
    if in_order != sorted(in_order):  # what is in order of its names means the same as without a word of it
        found["order"] = in_order
    return found
