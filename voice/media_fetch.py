"""The fetch of a recording's sound: the address is built from ids, and only the carrier's own host is asked.

What a callback says about an address is never used (it would be a way to make us ask anybody anything).
"""

import re
import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import requests

from voice.carrier_faults import CarrierAway, CarrierRefused, NotThere

Write = Callable[[bytes], object]

API_VERSION = "2010-04-01"
ACCOUNT_SID = re.compile(r"AC[0-9a-f]{32}")
RECORDING_SID = re.compile(r"RE[0-9a-f]{32}")
# api.twilio.com, api.ie1.twilio.com (region), api.dublin.ie1.twilio.com (edge and region)
OWN_HOST = re.compile(r"api(\.[a-z0-9-]{1,20}){0,2}\.twilio\.com")
WAV_TYPES = frozenset({"audio/x-wav", "audio/wav", "audio/wave", "audio/vnd.wave"})
AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
REDIRECTS = 2
PIECE_BYTES = 64 * 1024
WHOLE_SECONDS = 600.0  # 4 h of two channels (460 MB) at 6 Mbit/s


def fetch_recording(
    session: requests.Session,
    base_url: str,
    account_sid: str,
    auth: tuple[str, str],
    recording_sid: str,
    requested_channels: int,
    write: Write,
    max_bytes: int,
    timeouts: tuple[float, float],
    *,
    configured: str = "",
    whole_seconds: float = WHOLE_SECONDS,
) -> None:
    """Stream the WAV of a recording into `write`, piece by piece.

    `configured` is the address that the operator set in TWILIO_API_URL: the only one besides the carrier's own.
    `timeouts` are seconds to connect and between bytes. Raises NotThere (404: not ready, or deleted), CarrierAway
    (try again: no answer, 429, 5xx, a body that broke off) and CarrierRefused (everything else).
    """
    url = recording_url(base_url, account_sid, recording_sid, requested_channels, configured)
    until = time.monotonic() + whole_seconds
    try:
        with _ask(session, url, auth, timeouts) as answer:
            _judge(answer, recording_sid, max_bytes)
            _pour(answer, write, max_bytes, until, recording_sid)
    except requests.RequestException as error:
        raise CarrierAway(f"recording {recording_sid}: {type(error).__name__}: {error}") from error


def recording_url(
    base_url: str, account_sid: str, recording_sid: str, requested_channels: int, configured: str = ""
) -> str:
    """The address of a recording's WAV; refuses a host that is not the carrier's, and anything that is no id."""
    parts = urlsplit(base_url)
    own = parts.scheme == "https" and parts.port is None and OWN_HOST.fullmatch(parts.netloc) is not None
    if not own and not (configured and base_url.rstrip("/") == configured.rstrip("/")):
        raise CarrierRefused(f"{parts.netloc or base_url!r} is not the carrier's host; see TWILIO_API_URL")
    if ACCOUNT_SID.fullmatch(account_sid) is None:
        raise CarrierRefused(f"{account_sid[:40]!r} is not the id of an account")
    if RECORDING_SID.fullmatch(recording_sid) is None:
        raise CarrierRefused(f"{recording_sid[:40]!r} is not the id of a recording")
    # RequestedChannels=2 on a mono recording is refused (400, 16113); without it a mono one comes as it was made.
    wanted = "?RequestedChannels=2" if requested_channels == 2 else ""
    return (
        f"{base_url.rstrip('/')}/{API_VERSION}/Accounts/{account_sid}/Recordings/{recording_sid}.wav{wanted}"
    )


def _ask(
    session: requests.Session, url: str, auth: tuple[str, str], timeouts: tuple[float, float]
) -> requests.Response:
    """The answer after at most two redirects, all of them to the same scheme, host and port."""
    origin = urlsplit(url)
    for _ in range(REDIRECTS + 1):
        answer = session.get(
            url,
            auth=auth,
            timeout=timeouts,
            stream=True,
            allow_redirects=False,
            headers={"Accept": "audio/x-wav", "Accept-Encoding": "identity"},
        )
        if not answer.is_redirect:
            return answer
        url = urljoin(url, answer.headers["location"])
        answer.close()
        to = urlsplit(url)
        if (to.scheme, to.netloc) != (origin.scheme, origin.netloc):
            raise CarrierRefused(f"the carrier redirected to another host ({to.netloc[:80]}); not followed")
    raise CarrierRefused("the carrier redirected again and again")


def _judge(answer: requests.Response, recording_sid: str, max_bytes: int) -> None:
    status = answer.status_code
    if status == HTTPStatus.NOT_FOUND:
        raise NotThere(f"recording {recording_sid} is not there (yet)")
    if status in AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise CarrierAway(f"recording {recording_sid}: the carrier answered {status}")
    if status != HTTPStatus.OK:
        raise CarrierRefused(f"recording {recording_sid}: the carrier answered {status}")
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in WAV_TYPES:
        raise CarrierRefused(
            f"recording {recording_sid} came as {kind[:60] or 'nothing named'}, not as audio/x-wav"
        )
    said = answer.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said) > max_bytes:
        raise CarrierRefused(f"recording {recording_sid} has {said} bytes; the most we take is {max_bytes}")


def _pour(answer: requests.Response, write: Write, max_bytes: int, until: float, recording_sid: str) -> None:
    taken = 0
    for piece in answer.iter_content(PIECE_BYTES):
        taken += len(piece)
        if taken > max_bytes:
            raise CarrierRefused(
                f"recording {recording_sid} has more than {max_bytes} bytes; the rest was not taken"
            )
        if time.monotonic() > until:
            raise CarrierAway(f"recording {recording_sid} came too slowly; {taken} bytes so far")
        write(piece)
