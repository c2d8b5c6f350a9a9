"""The requests we make of the carrier, each a function; all with finite timeouts, none inside a transaction.

The SDK's own default is no timeout at all, and its address cannot be set: `CarrierHttp` gives it both.
"""

from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import requests
import twilio.rest.api  # noqa: F401  else the first request loads it, while a caller waits for the agent (0.1 to 0.3 s)
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.response import Response
from twilio.rest import Client

from voice import carrier_lists as lists
from voice import metrics
from voice.books import Account
from voice.carrier_faults import CarrierAway as CarrierAway
from voice.carrier_faults import CarrierGone as CarrierGone
from voice.carrier_faults import CarrierRefused as CarrierRefused
from voice.heard import CallStatusHeard, RecordingHeard
from voice.media_fetch import fetch_recording

RING_SECONDS = 45  # how long a phone that we dial rings; Twilio adds 5 s of its own
TIMEOUTS = (3.0, 10.0)  # seconds to connect, seconds between bytes
LOST = (404, 409)  # the leg or room has ended
GONE_CODES = (20404, 21220)  # not found; the call is not in progress


class CarrierHttp:
    """The SDK's door out: one pool of connections, finite timeouts, and the simulator's address in trials."""

    def __init__(self, base_url: str = "") -> None:
        self._base = urlsplit(base_url) if base_url else None
        self._session = requests.Session()

    def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: Any = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request to the configured address."""
        if self._base is not None:
            url = urlunsplit(urlsplit(url)._replace(scheme=self._base.scheme, netloc=self._base.netloc))
        got = self._session.request(
            method.upper(),
            url,
            params=params,
            data=data,
            headers=headers,
            auth=auth,
            timeout=TIMEOUTS,
            allow_redirects=False,
        )
        return Response(got.status_code, got.text, dict(got.headers))


class Door(Protocol):
    """Whatever the SDK may send its requests through."""

    def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: Any = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request."""
        ...


class Carrier:
    """What we ask of the carrier in the middle of a call and afterwards."""

    def __init__(self, http: Door, media_base_url: str = "", session: requests.Session | None = None) -> None:
        self._http = http
        self._media_base_url = media_base_url
        self._session = session or requests.Session()

    def move_leg(self, account: Account, call_sid: str, url: str) -> None:
        """Make a live leg fetch another document."""
        self._ask(lambda: self._client(account).calls(call_sid).update(url=url, method="POST"))

    def dial(self, account: Account, to: str, from_: str, url: str, status_url: str) -> str:
        """Call a number; whoever picks up gets the document. The new leg's sid."""
        created = self.ask(
            account,
            lambda client: client.calls.create(
                to=to,
                from_=from_,
                url=url,
                method="POST",
                status_callback=status_url,
                status_callback_method="POST",
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                timeout=RING_SECONDS,
            ),
        )
        return str(created.sid)

    def end_leg(self, account: Account, call_sid: str) -> None:
        """Hang up a leg."""
        self._ask(lambda: self._client(account).calls(call_sid).update(status="completed"))

    def leg_status(self, account: Account, call_sid: str) -> str:
        """The carrier's word for what a leg is doing now."""
        return str(self._ask(lambda: self._client(account).calls(call_sid).fetch()).status)

    def leg(self, account: Account, call_sid: str) -> CallStatusHeard:
        """A leg as it is now."""
        return lists.leg_told(self._ask(lambda: self._client(account).calls(call_sid).fetch()))

    def recording(self, account: Account, recording_sid: str) -> RecordingHeard:
        """A recording as it is now."""
        return lists.recording_told(
            self._ask(lambda: self._client(account).recordings(recording_sid).fetch())
        )

    def unfinished_legs(self, account: Account) -> frozenset[str]:
        """The legs that live now."""
        found: frozenset[str] = self._ask(lambda: lists.unfinished_legs(self._client(account)))
        return found

    def legs_ended(self, account: Account, since: float) -> tuple[CallStatusHeard, ...]:
        """The legs that ended at this moment or later."""
        found: tuple[CallStatusHeard, ...] = self._ask(lambda: lists.legs_ended(self._client(account), since))
        return found

    def recordings_made(self, account: Account, since: float) -> tuple[RecordingHeard, ...]:
        """The recordings that began at this moment or later."""
        found: tuple[RecordingHeard, ...] = self._ask(
            lambda: lists.recordings_made(self._client(account), since)
        )
        return found

    def find_room(self, account: Account, room: str) -> str | None:
        """The id of the live conference of this name."""
        found = self._ask(
            lambda: self._client(account).conferences.list(friendly_name=room, status="in-progress", limit=1)
        )
        return str(found[0].sid) if found else None

    def end_room(self, account: Account, room_sid: str) -> None:
        """End a conference for everybody in it."""
        self._ask(lambda: self._client(account).conferences(room_sid).update(status="completed"))

    def hold(self, account: Account, room_sid: str, call_sid: str, url: str) -> None:
        """Take one party out of the talk and let it hear a document."""
        party = self._client(account).conferences(room_sid).participants(call_sid)
        self._ask(lambda: party.update(hold=True, hold_url=url, hold_method="POST"))

    def unhold(self, account: Account, room_sid: str, call_sid: str) -> None:
        """Bring a party back into the talk."""
        party = self._client(account).conferences(room_sid).participants(call_sid)
        self._ask(lambda: party.update(hold=False))

    def silence(self, account: Account, room_sid: str, call_sid: str) -> None:
        """Let nobody hear a party, who goes on hearing all."""
        self._party(account, room_sid, call_sid, muted=True)

    def coach(self, account: Account, room_sid: str, call_sid: str, agent_sid: str) -> None:
        """Let a party be heard by one other alone: made a coach first, and only then heard at all."""
        self._party(account, room_sid, call_sid, coaching=True, call_sid_to_coach=agent_sid)
        self._party(account, room_sid, call_sid, muted=False)

    def let_speak(self, account: Account, room_sid: str, call_sid: str) -> None:
        """Let a party be heard by all."""
        self._party(account, room_sid, call_sid, coaching=False, muted=False)

    def _party(self, account: Account, room_sid: str, call_sid: str, **changes: Any) -> None:
        party = self._client(account).conferences(room_sid).participants(call_sid)
        self._ask(lambda: party.update(**changes))

    def send_text(self, account: Account, from_number: str, to_number: str, body: str) -> str:
        """Send a text message; its sid. Raises CarrierRefused for a number that takes none, CarrierAway."""
        created = self.ask(
            account, lambda client: client.messages.create(to=to_number, from_=from_number, body=body)
        )
        return str(created.sid)

    def erase_recording(self, account: Account, recording_sid: str) -> None:
        """Erase a recording for good; raises CarrierGone when it is not there."""
        self._ask(lambda: self._client(account).recordings(recording_sid).delete())

    def fetch_recording(
        self,
        account: Account,
        recording_sid: str,
        channels: int,
        write: Callable[[bytes], object],
        max_bytes: int,
    ) -> None:
        """Stream the WAV of a recording; the address is built from ids, never from what a callback says."""
        fetch_recording(
            self._session,
            self._media_base_url or _media_host(account),
            account.account_sid,
            (account.api_key_sid, account.secrets.api_key_secret),
            recording_sid,
            channels,
            write,
            max_bytes=max_bytes,
            timeouts=TIMEOUTS,
            configured=self._media_base_url,
        )

    def ask(self, account: Account, question: Callable[[Client], Any]) -> Any:
        """Any other request of the SDK; raises CarrierAway, CarrierGone, CarrierRefused."""
        return self._ask(lambda: question(self._client(account)))

    def probe(self, account: Account, auth: tuple[str, str]) -> tuple[int, str]:
        """Status and Date of the smallest request with these credentials; raises CarrierAway."""
        url = f"{_media_host(account)}/2010-04-01/Accounts/{account.account_sid}/IncomingPhoneNumbers.json"
        answer = self._ask(lambda: self._http.request("GET", url, params={"PageSize": 1}, auth=auth))
        sent = {name.lower(): value for name, value in (answer.headers or {}).items()}
        return int(answer.status_code), str(sent.get("date", ""))

    def media_host(self, account: Account) -> str:
        """Where recordings' sound is fetched."""
        return self._media_base_url or _media_host(account)

    def _client(self, account: Account) -> Client:
        return Client(
            account.api_key_sid,
            account.secrets.api_key_secret,
            account.account_sid,
            region=account.region or None,
            edge=account.edge or None,
            http_client=self._http,
        )

    @staticmethod
    def _ask(request: Callable[[], Any]) -> Any:
        with metrics.counted():
            return _asked(request)


def _asked(request: Callable[[], Any]) -> Any:
    try:
        return request()
    except TwilioRestException as error:
        if error.status == 429 or error.status >= 500:
            raise CarrierAway(f"{error.status} {error.code}: {error.msg}") from error
        if error.status in LOST or error.code in GONE_CODES:
            raise CarrierGone(f"{error.code}: {error.msg}") from error
        raise CarrierRefused(f"{error.status} {error.code}: {error.msg}") from error
    except (TwilioException, requests.RequestException, OSError) as error:
        _judge_page(error)
        raise CarrierAway(f"{type(error).__name__}: {error}") from error


def _judge_page(error: Exception) -> None:
    """The SDK tells of a list that was refused in another way than of everything else; raises CarrierRefused."""
    answer = error.args[1] if len(error.args) > 1 else None
    if isinstance(answer, Response) and 400 <= answer.status_code < 500 and answer.status_code != 429:
        raise CarrierRefused(f"{answer.status_code}: {answer.text[:200]}") from error


def _media_host(account: Account) -> str:
    place = ".".join(part for part in ("api", account.edge, account.region) if part)
    return f"https://{place}.twilio.com"
