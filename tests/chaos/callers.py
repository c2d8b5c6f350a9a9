"""Scripted callers: they dial by the plan, and do the rest when they hear that it is time, as the ledger tells it."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp

from tests.chaos.notes import digits
from tests.chaos.plan import Call, Wish

KEYS = {Wish.TALK: "1", Wish.TALK_SHORT: "1", Wish.GIVE_UP: "1", Wish.MESSAGE: "2", Wish.HOURS: "3"}
HANGS_UP_AFTER = {Wish.GIVE_UP: "queue.joined", Wish.TALK_SHORT: "conference.joined"}
MENU = "Press a key."
MESSAGE = {"words": "please call me back", "seconds": "2s"}
THINKS_SECONDS = 0.7


class Ledger:
    """The simulator's file, read as it grows."""

    def __init__(self, file: Path) -> None:
        self._file, self._read, self.facts = file, 0, list[dict[str, Any]]()

    def fresh(self) -> Iterator[dict[str, Any]]:
        """The facts since the last look; a line that is being written waits for the next."""
        if not self._file.exists():
            return
        with self._file.open("rb") as lines:
            lines.seek(self._read)
            for line in lines:
                if not line.endswith(b"\n"):
                    return
                self._read += len(line)
                fact = json.loads(line)
                self.facts.append(fact)
                yield fact


class Callers:
    """Everybody who calls in a run."""

    def __init__(self, simulator: str, ledger: Ledger, calls: Iterable[Call]) -> None:
        self._simulator, self._ledger = simulator, ledger
        self._by_number = {digits(call.number): call for call in calls}
        self._by_leg: dict[str, Call] = {}
        self._leaving: set[str] = set()
        self.living: set[str] = set()

    async def call(self) -> None:
        """Dial by the plan, and live through every call; ends when everybody has dialled."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as self._http,
            asyncio.TaskGroup() as self._acts,
        ):
            todo = sorted(self._by_number.values(), key=lambda call: call.at)
            while todo or self.living:
                while todo and loop.time() - began >= todo[0].at:
                    self._acts.create_task(self._dials(todo.pop(0)))
                for fact in self._ledger.fresh():
                    self._reacts(fact)
                await asyncio.sleep(0.1)

    async def _dials(self, call: Call) -> None:
        order: dict[str, Any] = {"to": call.dials, "from": call.number}
        if call.wish is Wish.MESSAGE:
            order["say"] = [MESSAGE]
        await self._order("/sim/calls", order)

    def _reacts(self, fact: Mapping[str, Any]) -> None:
        kind, leg = fact["kind"], fact.get("call")
        if kind == "call.ringing" and (call := self._by_number.get(digits(fact["from"]))):
            self._by_leg[fact["call"]] = call
            self.living.add(fact["call"])
        if not isinstance(leg, str) or leg not in self._by_leg:
            return
        call = self._by_leg[leg]
        if kind in ("call.completed", "call.failed", "call.no-answer", "call.busy", "call.canceled"):
            self.living.discard(leg)
        elif kind == "heard" and fact["sound"] == "say" and MENU in fact["text"]:
            self._acts.create_task(self._later(THINKS_SECONDS, leg, {"press": KEYS[call.wish]}))
        elif kind == HANGS_UP_AFTER.get(call.wish) and self._first(leg):
            self._acts.create_task(self._later(call.seconds, leg, {"hangup": True}))

    def _first(self, leg: str) -> bool:
        is_first = leg not in self._leaving
        self._leaving.add(leg)
        return is_first

    async def _later(self, seconds: float, leg: str, act: dict[str, Any]) -> None:
        await asyncio.sleep(seconds)
        if leg in self.living:
            await self._order(f"/sim/calls/{leg}", act)

    async def _order(self, path: str, words: dict[str, Any]) -> None:
        async with self._http.post(self._simulator + path, json=words) as answer:
            if not answer.ok:
                raise RuntimeError(f"the simulator refused {path}: {(await answer.text())[:300]}")
