"""A call's session, sealed into an address: unreadable, unforgeable, useless on any other call.

AES-SIV (RFC 5297): the same session on the same call always gives the same text, so a repeated request gets the same
document. The text is base64url without padding of: one byte that names the key, then what AES-SIV returns.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

KEY_BYTES = 64
_TAG_BYTES = 16


Bound = list[bytes]  # as AES-SIV takes what goes along


class SealBroken(ValueError):
    """The text was not sealed by us for this call and purpose, or its key is no longer live."""


class Sealer:
    """Seals with the newest key and opens with every live one; keep the old key at least 24 h, as long as a call."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """`keys`: newest first, 64 bytes each (AES-256-SIV)."""
        if not keys:
            raise ValueError("no sealing key is configured; set SEALING_KEYS")
        if any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a sealing key must have {KEY_BYTES} bytes")
        self._ciphers = tuple((_name(key), AESSIV(key)) for key in keys)

    def seal(self, plain: bytes, bound: Bound) -> str:
        """Path-safe text that only `open` with the same `bound_to` turns back into `plain` (never empty)."""
        if not plain:
            raise ValueError("nothing to seal")
        name, cipher = self._ciphers[0]
        return _encode(name + cipher.encrypt(plain, bound))

    def open(self, sealed: str, bound: Bound) -> bytes:
        """What was sealed; raises SealBroken if a single character, the call or the purpose differs."""
        raw = _decode(sealed)
        for name, cipher in self._ciphers:
            if raw[:1] == name:
                try:
                    return cipher.decrypt(raw[1:], bound)
                except InvalidTag:
                    continue
        raise SealBroken("the sealed session does not belong to this call, or its key is gone")


def bound_to(call_sid: str, purpose: str) -> Bound:
    """What a sealed text holds for: one purpose of one call."""
    return [purpose.encode(), call_sid.encode()]


def _name(key: bytes) -> bytes:
    """One byte that finds the key again; two keys may share it, then both are tried."""
    return sha256(b"name:" + key).digest()[:1]


# base64 of the standard library makes ten calls of its own for each text; a turn has two.
_TO_URL, _FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_+/", b"+/\0\0")


def _encode(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).translate(_TO_URL).rstrip(b"=").decode()


def _decode(sealed: str) -> bytes:
    try:
        text = sealed.encode("ascii").translate(_FROM_URL)
        raw = a2b_base64(text + b"=" * (-len(text) % 4), strict_mode=True)
    except (Base64Error, ValueError) as fault:
        raise SealBroken("the sealed session is not base64url") from fault
    # Spare bits of the last character are ignored when read; only the one spelling that we write is accepted.
    if len(raw) <= 1 + _TAG_BYTES or _encode(raw) != sealed:
        raise SealBroken("the sealed session was altered")
    return raw
