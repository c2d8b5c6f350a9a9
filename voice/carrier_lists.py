"""What the carrier's lists say of legs and recordings, in the same values that its signals tell.

Filters of lists know days only (UTC), so what is older than asked for is left out here. Newest come first: a whole
page of older ones ends the asking, and so does `MOST`.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from twilio.rest import Client

from voice.heard import CallStatusHeard, LegStatus, RecordingHeard
from voice.legible import party

PAGE = 1_000  # Twilio's largest page
MOST = 20_000
UNFINISHED = (LegStatus.QUEUED, LegStatus.RINGING, LegStatus.IN_PROGRESS)
LONGEST_CALL_SECONDS = 4 * 3600  # Twilio's TimeLimit; the list of calls is in the order of their beginnings


def unfinished_legs(client: Client) -> frozenset[str]:
    """The legs that live now."""
    return frozenset(
        str(leg.sid)
        for status in UNFINISHED
        for leg in client.calls.stream(status=status.value, limit=MOST, page_size=PAGE)
    )


def legs_ended(client: Client, since: float) -> tuple[CallStatusHeard, ...]:
    """The legs that ended at this moment or later."""
    asked = client.calls.stream(end_time_after=_day(since), limit=MOST, page_size=PAGE)
    begun = _while_new(asked, lambda leg: leg.start_time, since - LONGEST_CALL_SECONDS)
    heard = (leg_told(leg) for leg in begun)
    return tuple(one for one in heard if one.status.is_final and (one.at or 0.0) >= since)


def recordings_made(client: Client, since: float) -> tuple[RecordingHeard, ...]:
    """The recordings that began at this moment or later."""
    asked = client.recordings.stream(date_created_after=_day(since), limit=MOST, page_size=PAGE)
    return tuple(
        recording_told(one)
        for one in _while_new(asked, lambda one: one.date_created, since)
        if (_moment(one.date_created) or since) >= since
    )


def leg_told(leg: Any) -> CallStatusHeard:
    """A leg of the REST API as its status callback would tell it; `at` is when it ended."""
    return CallStatusHeard(
        call_sid=str(leg.sid),
        account_sid=str(leg.account_sid),
        status=LegStatus(str(leg.status)),
        sequence=None,
        seconds=_whole(leg.duration),
        parent_call_sid=leg.parent_call_sid,
        sip_code=None,
        caller=party(leg._from or ""),
        dialled=party(leg.to or ""),
        at=_moment(leg.end_time),
    )


def recording_told(one: Any) -> RecordingHeard:
    """A recording of the REST API as its status callback would tell it."""
    return RecordingHeard(
        recording_sid=str(one.sid),
        account_sid=str(one.account_sid),
        call_sid=one.call_sid,
        conference_sid=one.conference_sid,
        status=str(one.status),
        seconds=_whole(one.duration),
        channels=_whole(one.channels),
        source=str(one.source or ""),
        started_at=_moment(one.start_time),
        error=None,
    )


def _while_new(asked: Iterable[Any], moment: Any, since: float) -> Iterator[Any]:
    older = 0
    for one in asked:
        began = _moment(moment(one))
        older = older + 1 if began is not None and began < since else 0
        if older >= PAGE:
            return
        yield one


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


def _moment(given: datetime | None) -> float | None:
    if given is None:
        return None
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()


def _whole(given: str | int | None) -> int | None:
    return None if given is None else int(given)
