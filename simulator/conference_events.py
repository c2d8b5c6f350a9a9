"""What an application is told about a conference (twilio.com/docs/voice/twiml/conference#statuscallback)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from simulator.params import rfc2822
from simulator.webhooks import Ask

if TYPE_CHECKING:
    from simulator.conferences import Conference, Seat
    from simulator.world import World

EVENTS = frozenset(["start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"])


class Events:
    """Sends an event when the conference's first participant asked for its kind."""

    def __init__(self, world: World) -> None:
        self._world = world

    def tell(
        self,
        conference: Conference,
        event: str,
        name: str,
        seat: Seat | None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        """event is the word of statusCallbackEvent, name the StatusCallbackEvent that is sent."""
        callback = conference.callback
        if callback is None or event not in callback.events:
            return
        conference.sequence += 1
        form = {
            "ConferenceSid": conference.sid,
            "FriendlyName": conference.friendly_name,
            "AccountSid": conference.account.sid,
            "SequenceNumber": str(conference.sequence),
            "Timestamp": rfc2822(self._world.now),
            "StatusCallbackEvent": name,
            **(_of_seat(seat) if seat is not None else {}),
            **(extra or {}),
        }
        ask = Ask(callback.url, callback.method, form, "conference", conference.account)
        self._world.webhooks.tell(ask, 16011)


def _of_seat(seat: Seat) -> dict[str, str]:
    form = {
        "CallSid": seat.leg.sid,
        "Muted": _word(seat.muted),
        "Hold": _word(seat.hold),
        "Coaching": _word(seat.coaching),
        "EndConferenceOnExit": _word(seat.ends),
        "StartConferenceOnEnter": _word(seat.terms.starts),
    }
    if seat.terms.label:
        form["ParticipantLabel"] = seat.terms.label
    return form


def _word(value: bool) -> str:
    return "true" if value else "false"
