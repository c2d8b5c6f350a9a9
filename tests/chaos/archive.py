"""What a supervisor sees: every ticket with its recordings, played. Our public API, never our tables."""

import hashlib
import io
import wave
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urljoin

import aiohttp

from tests.chaos.evidence import Recording, Ticket
from tests.chaos.house import Login
from tests.chaos.signing_in import sign_in


class Archive:
    """One supervisor's view, signed in for as long as it is open."""

    def __init__(self, env: Mapping[str, str], login: Login) -> None:
        self._web, self._login = env["PUBLIC_BASE_URL"], login
        self._played: dict[str, float | None] = {}
        self._hashes: dict[str, str] = {}

    async def __aenter__(self) -> "Archive":
        self._http = aiohttp.ClientSession(
            headers={"Origin": self._web}, timeout=aiohttp.ClientTimeout(total=20)
        )
        await sign_in(self._http, self._web, self._login)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def tickets(self) -> list[Ticket]:
        """Every ticket of the merchant; raises aiohttp's errors."""
        rows, page, pages = [], 1, 1
        while page <= pages:
            listed = await self._reads(f"/api/tickets?sort=number&page={page}")
            rows += listed["tickets"]
            page, pages = page + 1, listed["pages"]
        return [await self._ticket(row) for row in rows]

    async def _ticket(self, row: Mapping[str, Any]) -> Ticket:
        merchant = row["merchant"]["id"]
        whole = await self._reads(f"/api/tickets/{merchant}/{row['number']}")
        return Ticket(
            merchant,
            row["number"],
            whole["call_id"],
            whole["caller"],
            whole["ended_as"],
            whole["waited_seconds"],
            tuple([await self._recording(one) for one in whole["recordings"]]),
            agent=whole["agent"],
            started_at=whole["started_at"],
            ended_at=whole["ended_at"],
            shown_to=self._login.merchant,
        )

    async def intrusions(self, others: Iterable[str]) -> list[str]:
        """Tickets of other merchants that this supervisor is given on asking."""
        found = []
        for merchant in set(others) - {self._login.merchant}:
            async with self._http.get(f"{self._web}/api/tickets/{merchant}/1") as answer:
                if answer.ok:
                    found.append(f"{self._login.merchant} was given {merchant}'s ticket 1")
        return found

    async def _recording(self, one: Mapping[str, Any]) -> Recording:
        if one["url"] and self._played.get(one["id"]) is None:
            self._played[one["id"]] = seconds_of(await self._sound(one["url"]))
        if one["original_url"] and not self._hashes.get(one["id"]):
            self._hashes[one["id"]] = hash_of(await self._sound(one["original_url"]))
        return Recording(
            one["id"],
            one["state"],
            one["seconds"],
            self._played.get(one["id"]),
            self._hashes.get(one["id"], ""),
        )

    async def _sound(self, url: str) -> bytes:
        """What comes from an address; nothing when it is refused."""
        async with self._http.get(urljoin(self._web, url)) as answer:
            sound = await answer.read()
        return sound if answer.ok else b""

    async def _reads(self, path: str) -> dict[str, Any]:
        async with self._http.get(self._web + path) as answer:
            answer.raise_for_status()
            return dict(await answer.json())


def hash_of(sound: bytes) -> str:
    """The sha256 of a sound in hex; "" when there is none."""
    return hashlib.sha256(sound).hexdigest() if sound else ""


def seconds_of(sound: bytes) -> float | None:
    """The length of a WAV; None when it is none, or shorter than its head says."""
    try:
        with wave.open(io.BytesIO(sound), "rb") as wav:
            frames = len(wav.readframes(wav.getnframes())) // (wav.getnchannels() * wav.getsampwidth())
            return round(frames / wav.getframerate(), 2) if frames == wav.getnframes() else None
    except (wave.Error, EOFError):
        return None
