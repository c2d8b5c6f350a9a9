"""Secrets at rest: sealed with a key that is not in the database."""

import json
import os
from dataclasses import asdict, dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class VaultBroken(ValueError):
    """SECRET_KEY is not the one under which this secret was stored."""


@dataclass(frozen=True)
class AccountSecrets:
    """What an account at the carrier is proved with: two live auth tokens, shared keys, the API key's secret."""

    auth_tokens: tuple[str, ...]
    api_key_secret: str
    shared_keys: dict[str, str] = field(default_factory=dict)


def seal_secrets(secrets: AccountSecrets, secret_key: str, account_sid: str) -> bytes:
    """Ciphertext for the database, bound to its account."""
    nonce = os.urandom(12)
    return nonce + AESGCM(_key(secret_key)).encrypt(
        nonce, json.dumps(asdict(secrets)).encode(), account_sid.encode()
    )


def open_secrets(sealed: bytes, secret_key: str, account_sid: str) -> AccountSecrets:
    """The secrets again; raises VaultBroken under another key."""
    try:
        plain = json.loads(AESGCM(_key(secret_key)).decrypt(sealed[:12], sealed[12:], account_sid.encode()))
    except InvalidTag:
        raise VaultBroken(
            "the secrets of an account cannot be opened: SECRET_KEY is not the one they were stored under"
        ) from None
    return AccountSecrets(tuple(plain["auth_tokens"]), plain["api_key_secret"], plain["shared_keys"])


def _key(secret_key: str) -> bytes:
    return sha256(b"vault:" + secret_key.encode()).digest()
