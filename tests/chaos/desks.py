"""Scripted agents: what a person at the desk does, as soon as the desk shows that it is to be done, again until it works.

Like the page, an agent believes nothing but the newest snapshot; a stream that breaks is opened again, a click that
is not answered is clicked again.
"""

import asyncio
import json
import random
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import aiohttp

from tests.chaos.house import Login
from tests.chaos.notes import Notes, digits
from tests.chaos.plan import Call, Wish
from tests.chaos.signing_in import AWAY, sign_in

ANSWER = aiohttp.ClientTimeout(total=8)
STREAM = aiohttp.ClientTimeout(total=None, sock_connect=3, sock_read=12)  # pings come every 5 s
PATIENCE_SECONDS = 20.0  # with a caller who was to hang up


class Desk:
    """One agent."""

    def __init__(
        self,
        env: Mapping[str, str],
        login: Login,
        callers: Mapping[str, Call],
        notes: Notes,
        lots: random.Random,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._web, self._push, self._signalling = (
            env["PUBLIC_BASE_URL"],
            env["PUSH_URL"],
            env["SIGNALLING_URL"],
        )
        self._login, self._callers, self._notes, self._lots = login, callers, notes, lots
        self._patience = patience
        self._shown: dict[str, Any] = {}
        self._fresh = asyncio.Event()
        self._connected: dict[str, float] = {}  # offers for which the phone was connected, and when
        self._held: set[str] = set()
        self._leg: dict[str, str] | None = None

    async def __aenter__(self) -> "Desk":
        """Signed in, before anything breaks: who cannot sign in while SQL is away for a minute is no fault to find."""
        self._http = aiohttp.ClientSession(headers={"Origin": self._web}, timeout=ANSWER)
        await sign_in(self._http, self._web, self._login)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def works(self) -> None:
        """A whole shift; ends when it is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listens())
            group.create_task(self._acts())

    async def _listens(self) -> None:
        while True:
            try:
                async with self._http.get(self._push + "/stream", timeout=STREAM) as stream:
                    await self._hears(stream)
            except AWAY:
                pass
            if agent := self._shown.get("agent"):
                self._notes.sees(agent["identity"], time.time(), None)
            await asyncio.sleep(0.5)

    async def _hears(self, stream: aiohttp.ClientResponse) -> None:
        event = ""
        async for raw in stream.content:
            name, _, value = raw.decode().rstrip("\n").partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "desk":
                self._shown = json.loads(value)
                me = self._shown["agent"]
                self._notes.agents[me["identity"]] = (self._login.merchant, me["name"])
                self._notes.sees(me["identity"], time.time(), self._shown)
                self._fresh.set()
            elif name == "data" and event == "ping":
                await self._pongs()

    async def _pongs(self) -> None:
        with suppress(*AWAY):
            async with self._http.post(self._push + "/pong") as answer:
                answer.raise_for_status()

    async def _acts(self) -> None:
        """Do what the desk shows; look again at every change, and each half second at what did not work."""
        while True:
            self._fresh.clear()
            await self._does_next(self._shown)
            try:
                await asyncio.wait_for(self._fresh.wait(), 0.5)
            except TimeoutError:
                continue

    async def _does_next(self, desk: Mapping[str, Any]) -> None:
        match desk.get("state"):
            case "offline":
                await self._clicks("/api/shift/start")
            case "away" | "unreachable":
                await self._clicks("/api/available")
            case "wrap_up":
                await self._clicks("/api/wrap-up/end")
        if offer := desk.get("offer"):
            await self._takes(offer)
        elif rejoin := desk.get("rejoin"):
            await self._connects(rejoin["offer"], rejoin["account_sid"], again=True)
        elif (talk := desk.get("talk")) and talk["state"] == "talking":
            await self._talks(talk)

    async def _takes(self, offer: Mapping[str, Any]) -> None:
        address = f"/api/offers/{offer['id']}"
        if offer["state"] == "offered":
            await self._clicks(f"{address}/acknowledge")
        taken = await self._clicks(f"{address}/accept")
        if taken is not None:
            await self._connects(taken["offer"], taken["account_sid"])

    async def _connects(self, offer: str, account_sid: str, again: bool = False) -> None:
        """The browser's phone, without its sound. It is not connected twice within three seconds."""
        last = self._connected.get(offer)
        if last is not None and (not again or time.monotonic() - last < 3.0):
            return
        got = await self._clicks("/api/token", account_sid=account_sid)
        if got is None:
            return
        form = {"token": got["token"], "params": f"offer={offer}"}
        with suppress(*AWAY):
            if self._leg is not None:  # a page has one phone
                async with self._http.post(f"{self._signalling}/hangup", data=self._leg):
                    self._leg = None
            async with self._http.post(f"{self._signalling}/connect", data=form) as answer:
                if answer.ok:
                    self._connected[offer] = time.monotonic()
                    self._leg = {"token": got["token"], "call_sid": (await answer.json())["call_sid"]}

    async def _talks(self, talk: Mapping[str, Any]) -> None:
        number, call = digits(talk["caller"]), talk["call_id"]
        script = self._callers.get(number)
        talked = time.time() - (talk["joined_at"] or 0.0)
        if call not in self._held and not talk["held"] and talked > 1.0:
            self._held.add(call)
            if self._lots.random() < 0.3:
                await self._clicks(f"/api/calls/{call}/hold")
                return
        if talk["held"]:
            await self._clicks(f"/api/calls/{call}/resume")
            return
        ends = script.seconds if script is not None and script.wish is Wish.TALK else self._patience
        if talked >= ends:
            self._notes.ended_by_agents.setdefault(number, time.time())
            await self._clicks(f"/api/calls/{call}/end")

    async def _clicks(self, path: str, **words: str) -> dict[str, Any] | None:
        """A click, and its answer; None when it was refused or not answered."""
        try:
            async with self._http.post(self._web + path, json=words) as answer:
                if answer.status >= 500:
                    self._notes.errors.append(f"{answer.status} {path}")
                if not answer.ok:
                    return None
                return dict(await answer.json()) if answer.status == 200 else {}
        except AWAY:
            return None
