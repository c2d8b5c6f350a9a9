"""`python -m simulator.sound.bench`: what calls with sound cost, as JSON.

Real legs over real signalling, SRTP and a 20 ms clock, two a call; the far ends live in this process, and only the
media process is measured.
"""

import argparse
import asyncio
import json
import os
import queue
import time
from dataclasses import asdict, dataclass
from itertools import count, pairwise
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp
import jwt

from simulator.sound import protocol as p
from simulator.sound.inbox import Inbox
from simulator.sound.link import MediaProcess
from simulator.sound.mulaw import FRAME, FRAME_SECONDS
from simulator.sound.peer import Peer, speak_telephone_only
from simulator.sound.tokens import CONTENT_TYPE
from simulator.sound.tones import tone

ACCOUNT_SID, KEY_SID, KEY_SECRET = "AC" + "0" * 32, "SK" + "1" * 32, "x" * 32
CONNECT_SECONDS: Final = 30.0
SETTLE_SECONDS: Final = 2.0
E = TypeVar("E")


@dataclass(frozen=True)
class Measured:
    """One run. CPU is of one core; late ticks came a whole tick (20 ms) too late."""

    calls: int
    seconds: float
    cpu_percent: float
    cpu_percent_per_call: float
    ticks: int
    late_ticks: int
    frames_received_of: str
    set_up_ms_per_leg: float
    rss_mb: float


class FarEnd:
    """A browser's part of a call: signalling, and a voice that is a tone."""

    def __init__(self, number: int) -> None:
        self.invite = f"TJS{number}"
        self.leg = f"CA{number:032x}"
        self.peer = Peer(Inbox(), lambda key: None)
        self._echoing: asyncio.Task[None] | None = None
        sound = tone(400.0 + 7 * number, 1.0)
        self._frames = [sound[at : at + FRAME] for at in range(0, len(sound), FRAME)]

    async def connect(self, session: aiohttp.ClientSession, port: int, token: str) -> None:
        """Call, and talk once answered."""
        socket = await session.ws_connect(f"ws://127.0.0.1:{port}/signal")
        await socket.send_json({"type": "listen", "payload": {"token": token}})
        offer = await self.peer.offer()
        payload = {"callsid": self.invite, "sdp": offer, "twilio": {}}
        await socket.send_json({"type": "invite", "payload": payload})
        while True:
            message = await socket.receive_json()
            if message["type"] == "answer":
                await self.peer.accept(message["payload"]["sdp"])
                break
        self._echoing = asyncio.ensure_future(self._echo(socket))

    def speak(self, tick: int) -> None:
        """One frame of the voice."""
        self.peer.send(self._frames[tick % len(self._frames)])
        self.peer.inbox.take()

    @staticmethod
    async def _echo(socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.data == "\n":
                await socket.send_str("\n")


class Bench:
    """Sits in the kernel's chair."""

    def __init__(self) -> None:
        self._events: queue.Queue[p.Event | None] = queue.Queue()
        self._questions = count(1)
        self.media = MediaProcess(self._events.put)
        self.port = 0

    async def run(self, calls: int, seconds: float) -> Measured:
        """So many two-leg calls for so long."""
        if not self.port:
            self.port = (await self._await(p.Ready)).port
            self.media.send(p.Account(ACCOUNT_SID, {KEY_SID: KEY_SECRET}))
        far_ends = [FarEnd(number) for number in range(1, 2 * calls + 1)]
        before = self._cpu_seconds()
        async with aiohttp.ClientSession() as session:
            await self._connect(session, far_ends)
            set_up = self._cpu_seconds() - before
            beat = asyncio.ensure_future(_beat(far_ends))
            await asyncio.sleep(SETTLE_SECONDS)
            first, cpu, began = await self._count(), self._cpu_seconds(), time.monotonic()
            await asyncio.sleep(seconds)
            last, cpu, took = await self._count(), self._cpu_seconds() - cpu, time.monotonic() - began
            rss = self._rss_mb()
            beat.cancel()
            for far_end in far_ends:
                self.media.send(p.HangUp(far_end.leg))
            await asyncio.gather(*(far_end.peer.close() for far_end in far_ends))
        return Measured(
            calls=calls,
            seconds=round(took, 1),
            cpu_percent=round(100 * cpu / took, 1),
            cpu_percent_per_call=round(100 * cpu / took / calls, 2),
            ticks=last.ticks - first.ticks,
            late_ticks=last.late_ticks - first.late_ticks,
            frames_received_of=f"{last.frames - first.frames}/{round(took / FRAME_SECONDS) * len(far_ends)}",
            set_up_ms_per_leg=round(1000 * set_up / len(far_ends), 1),
            rss_mb=rss,
        )

    async def _connect(self, session: aiohttp.ClientSession, far_ends: list[FarEnd]) -> None:
        for far_end in far_ends:
            connecting = asyncio.ensure_future(far_end.connect(session, self.port, _token()))
            came_in = await self._await(p.CameIn)
            self.media.send(p.Take(came_in.invite, far_end.leg))
            self.media.send(p.Answer(far_end.leg))
            await asyncio.wait_for(connecting, CONNECT_SECONDS)
        for one, other in list(pairwise(far_ends))[::2]:
            self.media.send(p.Talk(one.leg, (other.leg,)))
            self.media.send(p.Talk(other.leg, (one.leg,)))

    async def _count(self) -> p.Counted:
        self.media.send(p.Count(str(next(self._questions))))
        return await self._await(p.Counted)

    async def _await(self, kind: type[E]) -> E:
        deadline = time.monotonic() + CONNECT_SECONDS
        while time.monotonic() < deadline:
            while not self._events.empty():
                event = self._events.get()
                if isinstance(event, kind):
                    return event
            await asyncio.sleep(0.005)
        raise TimeoutError(f"the media process did not send {kind.__name__}")

    def _cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.media.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _rss_mb(self) -> float:
        pages = int(Path(f"/proc/{self.media.process.pid}/statm").read_text().split()[1])
        return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


async def _beat(far_ends: list[FarEnd]) -> None:
    loop = asyncio.get_running_loop()
    due = loop.time()
    for tick in count():
        for far_end in far_ends:
            far_end.speak(tick)
        due += FRAME_SECONDS
        await asyncio.sleep(max(0.0, due - loop.time()))


def _token() -> str:
    now = int(time.time())
    claims: dict[str, Any] = {"iss": KEY_SID, "sub": ACCOUNT_SID, "nbf": now, "exp": now + 3600}
    claims["grants"] = {"identity": "bench", "voice": {"outgoing": {"application_sid": "AP" + "2" * 32}}}
    return jwt.encode(claims, KEY_SECRET, "HS256", headers={"cty": CONTENT_TYPE})


async def _main(calls: list[int], seconds: float) -> list[Measured]:
    speak_telephone_only(["127.0.0.1"])
    bench = Bench()
    with bench.media:
        return [await bench.run(number, seconds) for number in calls]


def main() -> None:
    """Print one JSON object; exit code 1 when the goal is missed."""
    words = argparse.ArgumentParser(prog="python -m simulator.sound.bench", description=__doc__)
    words.add_argument("--calls", type=int, nargs="+", default=[10, 25], help="two-leg calls at once")
    words.add_argument("--seconds", type=float, default=10.0, help="how long each run is measured")
    words.add_argument("--goal", type=float, default=2.5, help="percent of a core per call")
    given = words.parse_args()
    runs = asyncio.run(_main(given.calls, given.seconds))
    worst = max(run.cpu_percent_per_call for run in runs)
    print(
        json.dumps(
            {
                "ok": worst <= given.goal,
                "goal_cpu_percent_per_call": given.goal,
                "runs": [asdict(run) for run in runs],
            }
        )
    )
    raise SystemExit(0 if worst <= given.goal else 1)


if __name__ == "__main__":
    main()
