"""Who may speak to us as Twilio: nobody, unless everything about the request is right.

`admit` takes the WSGI environ and the body and gives the fields that hear.py may read, or a refusal. Nothing here
raises for anything that a stranger can send. The address that was signed is the configured one: no header can move it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from voice.form import FormFault, parse
from voice.layouts import Layouts
from voice.shapes import READ, Misshapen, read_fields
from voice.signature import Secrets, is_text_signed, read_scheme, signed_text

__all__ = ["Admitted", "Refusal", "Secrets", "admit"]

FORM_TYPE = "application/x-www-form-urlencoded"

# granian hands us the path decoded, so only paths that no decoding can change may be signed.
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9._~/-]*").fullmatch
_layouts = Layouts()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not from Twilio (403), not a form that we take (413), or signed but malformed (400); the reason is for the log."""

    status: int
    reason: str


class Admitted(NamedTuple):
    """A genuine request: its account and its known fields, each of the right shape. Empty values are left out."""

    account_sid: str
    fields: Mapping[str, str]


SecretsOf = Callable[[str], Secrets | None]
PathOk = Callable[[str], object]


def admit(
    environ: Mapping[str, Any],
    body: bytes,
    secrets_of: SecretsOf,
    public_base_url: str,
    path_ok: PathOk | None = None,
) -> Admitted | Refusal:
    """The request's fields if one of its account's live secrets signed it; `path_ok` may narrow the paths further."""
    if environ.get("REQUEST_METHOD") != "POST":
        return Refusal(403, "not a POST")
    path = environ.get("PATH_INFO", "")
    if not _PLAIN_PATH(path) or not (path_ok is None or path_ok(path)):
        return Refusal(403, "a path that we never gave to Twilio")
    if not _is_form(environ.get("CONTENT_TYPE", "")):
        return Refusal(403, "not a form")
    reading = _layouts.read(body)
    if reading is not None:
        refusal = _unsigned(environ, reading.account_sid, reading.signed, secrets_of, public_base_url)
        return refusal or Admitted(reading.account_sid, reading.fields)
    try:
        pairs = parse(body)
    except FormFault as fault:
        return Refusal(fault.status if fault.status == 413 else 403, str(fault))
    account_sid = dict(pairs).get("AccountSid", "")  # a second one is refused with the shapes
    refusal = _unsigned(environ, account_sid, signed_text(pairs), secrets_of, public_base_url)
    if refusal is not None:
        return refusal
    try:
        admitted = Admitted(account_sid, read_fields(sorted(pairs)))
    except Misshapen as fault:
        return Refusal(400, str(fault))
    _layouts.learn([name for name, _ in pairs])
    return admitted


def _unsigned(
    environ: Mapping[str, Any], account_sid: str, signed: str, secrets_of: SecretsOf, public_base_url: str
) -> Refusal | None:
    """Why nobody who may signed this address with these fields; None when somebody did."""
    secrets = secrets_of(account_sid) if READ["AccountSid"].fits(account_sid) else None
    if secrets is None:
        return Refusal(403, "no account of ours")
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    is_genuine = is_text_signed(
        public_base_url,
        f"{path}?{query}{signed}" if query else path + signed,
        environ.get("HTTP_X_TWILIO_SIGNATURE", ""),
        secrets,
        read_scheme(environ.get("HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS", "")),
    )
    return None if is_genuine else Refusal(403, "the signature is missing or wrong")


@lru_cache(maxsize=16)
def _is_form(content_type: str) -> bool:
    return content_type == FORM_TYPE or content_type.partition(";")[0].strip().lower() == FORM_TYPE
