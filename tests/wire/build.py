"""Requests as Twilio would send them, for tests of everything behind the guard.

`signed_environ` gives the WSGI environ of a signed webhook together with its body; every part has a default, so a
test names only what it is about. It signs with the official SDK, never with our own code.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

BASE_URL = "https://calls.example"
TOKEN = "a" * 32
ACCOUNT_SID = "AC" + "0" * 32
CALL_SID = "CA" + "1" * 32

Pairs = Sequence[tuple[str, str]]
Environ = dict[str, Any]


class _Form(dict[str, list[str]]):
    """A form with repeated names, as the SDK likes to be given one."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def call_fields(**changed: str) -> dict[str, str]:
    """The 28 fields of an incoming call."""
    return {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "CallSid": CALL_SID,
        "CallStatus": "ringing",
        "CallToken": '{"parentCallInfoToken":"eyJhbGciOiJFUzI1NiJ9"}',
        "Called": "+18005551212",
        "CalledCity": "",
        "CalledCountry": "US",
        "CalledState": "",
        "CalledZip": "",
        "Caller": "+14158675310",
        "CallerCity": "SAN FRANCISCO",
        "CallerCountry": "US",
        "CallerName": "Ann O'Brien",
        "CallerState": "CA",
        "CallerZip": "94105",
        "Direction": "inbound",
        "From": "+14158675310",
        "FromCity": "SAN FRANCISCO",
        "FromCountry": "US",
        "FromState": "CA",
        "FromZip": "94105",
        "StirVerstat": "TN-Validation-Passed-A",
        "To": "+18005551212",
        "ToCity": "",
        "ToCountry": "US",
        "ToState": "",
        "ToZip": "",
    } | changed


def signature_of(url: str, pairs: Pairs, secret: str = TOKEN, *, algorithm: str = "HMAC_SHA1") -> str:
    """The signature that Twilio would send."""
    form = _Form()
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    signed: str = RequestValidator(secret).compute_signature(url, form, algorithm)
    return signed


def signed_environ(
    path: str,
    fields: Mapping[str, str] | Pairs | None = None,
    *,
    secret: str | None = TOKEN,
    algorithm: str = "HMAC_SHA1",
    shared_key_id: str | None = None,
    base_url: str = BASE_URL,
    query: str = "",
    method: str = "POST",
    **changed: Any,
) -> tuple[Environ, bytes]:
    """The environ and body of a webhook to `path`, signed with `secret` (None: not signed at all).

    `shared_key_id` marks it as signed with a shared key, whose secret is then `secret`; `changed` are environ entries
    that differ afterwards. The body also stands in wsgi.input.
    """
    given = call_fields() if fields is None else fields
    pairs = list(given.items()) if isinstance(given, Mapping) else list(given)
    body = urlencode(pairs).encode()
    environ: Environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=UTF-8",
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost:8000",
        "HTTP_USER_AGENT": "TwilioProxy/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
    }
    if secret is not None:
        url = base_url + path + (f"?{query}" if query else "")
        environ["HTTP_X_TWILIO_SIGNATURE"] = signature_of(url, pairs, secret, algorithm=algorithm)
    if shared_key_id is not None or algorithm != "HMAC_SHA1":
        key = f"key={shared_key_id}," if shared_key_id else ""
        environ["HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS"] = f"{key}algorithm={algorithm}"
    return environ | changed, body


class Sender(NamedTuple):
    """Somebody who sends a webhook: who, with which secret and scheme, and whether the guard lets them in."""

    who: str
    secret: str | None
    algorithm: str
    shared_key_id: str | None
    is_let_in: bool


def every_sender(*, right: str, old: str, others: str, shared: tuple[str, str] | None = None) -> list[Sender]:
    """All who may knock, in both schemes: no signature, a wrong one, another account's, the old secret, the right one.

    `shared` is the id and secret of a shared key of the account.
    """
    ways: list[tuple[str, str | None, str]] = [("HMAC_SHA1", None, right), ("HMAC_SHA256", None, right)]
    if shared is not None:
        ways += [(algorithm, shared[0], shared[1]) for algorithm in ("HMAC_SHA1", "HMAC_SHA256")]
    return [
        Sender(who, secret, algorithm, key_id, is_let_in)
        for algorithm, key_id, good in ways
        for who, secret, is_let_in in (
            ("nobody", None, False),
            ("a stranger", "x" * 32, False),
            ("another account", others, False),
            ("the old secret", old, key_id is None),
            ("the right secret", good, True),
        )
    ]
