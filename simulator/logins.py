"""User and password in a URL: sent only after a 401, as Basic or Digest (twilio.com/docs/usage/security#http-authentication)."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import unquote, urlsplit
from urllib.request import parse_http_list, parse_keqv_list

CLIENT_NONCE = "0a4f113b"


def user_of(url: str) -> str:
    """user:password, still percent-encoded; "" when the URL names nobody."""
    return urlsplit(url).netloc.rpartition("@")[0]


def answer_to(challenge: str, method: str, url: str) -> str | None:
    """The Authorization header for a WWW-Authenticate; None for a scheme that Twilio does not know."""
    scheme, _, rest = challenge.strip().partition(" ")
    user, _, password = user_of(url).partition(":")
    match scheme.lower():
        case "basic":
            return "Basic " + base64.b64encode(unquote(f"{user}:{password}").encode()).decode()
        case "digest":
            return _digest(
                parse_keqv_list(parse_http_list(rest)), unquote(user), unquote(password), method, url
            )
    return None


def _digest(asked: dict[str, str], user: str, password: str, method: str, url: str) -> str | None:
    """RFC 7616 with MD5 or SHA-256, with or without qop=auth."""
    algorithm = asked.get("algorithm", "MD5")
    name = {"MD5": "md5", "SHA-256": "sha256"}.get(algorithm.upper())
    if name is None or "nonce" not in asked:
        return None

    def digest(*parts: str) -> str:
        return hashlib.new(name, ":".join(parts).encode(), usedforsecurity=False).hexdigest()

    parts = urlsplit(url)
    uri = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    realm, nonce = asked.get("realm", ""), asked["nonce"]
    secret, deed = digest(user, realm, password), digest(method, uri)
    fields = {"username": user, "realm": realm, "nonce": nonce, "uri": uri}
    if "auth" in [word.strip() for word in asked.get("qop", "").split(",")]:
        fields["response"] = digest(secret, nonce, "00000001", CLIENT_NONCE, "auth", deed)
        fields |= {"cnonce": CLIENT_NONCE}
        tail = ", qop=auth, nc=00000001"
    else:
        fields["response"] = digest(secret, nonce, deed)
        tail = ""
    if "opaque" in asked:
        fields["opaque"] = asked["opaque"]
    quoted = ", ".join(f'{key}="{value}"' for key, value in fields.items())
    return f"Digest {quoted}, algorithm={algorithm}{tail}"
