"""Sids and tokens from one seeded source, so that the same run names the same things."""

from __future__ import annotations

import random
import uuid


class Minter:
    """Twilio's sids are two letters and 32 hexadecimal digits."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def sid(self, kind: str) -> str:
        return f"{kind}{self.random.getrandbits(128):032x}"

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def secret(self) -> str:
        return f"{self.random.getrandbits(128):032x}"
