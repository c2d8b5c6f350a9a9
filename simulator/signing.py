"""X-Twilio-Signature: HMAC-SHA1 with the account's auth token over URL and form (twilio.com/docs/usage/security)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit


def signed_url(url: str) -> str:
    """The URL that is signed: no fragment, no user; over https no port (voice over http keeps it)."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "https" and parts.port is not None:
        host = host[: -len(f":{parts.port}")]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


def signature(auth_token: str, url: str, form: Mapping[str, str]) -> str:
    """Base64 of the HMAC; form is empty for a GET, whose parameters are in the URL already."""
    text = signed_url(url) + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
