"""Passwords are kept as argon2id hashes, and a check takes the same time whoever is asked for.

Limits: OWASP ASVS 5, 6.2.1 (12 characters at least) and 6.2.9 (128 must be possible).
"""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 128
CHECKS_AT_ONCE = 2  # a check takes 64 MiB and a core: a burst of guesses must not take the machine

_hasher = PasswordHasher()
_turnstile = threading.BoundedSemaphore(CHECKS_AT_ONCE)


def hash_password(password: str) -> str:
    """The argon2id hash to keep; refuses a password too short or too long with a sentence."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ValueError(f"a password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}")
    return _hasher.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether this is the password; without a kept hash the same work is done in vain."""
    with _turnstile:
        try:
            _hasher.verify(kept or _nobodys_hash(), password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")
