"""What arrives on the signalling socket, well-formed or not; and the measuring program."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import aiohttp
import pytest

from simulator.sound.protocol import Answer, CameIn, Ended, Take
from tests.sound.kernel import Kernel, token
from tests.sound.phone import new_leg

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: Playwright's loop runs in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _talk(port: int, *messages: object) -> list[dict[str, Any]]:
    """Say these (text as it is, else as JSON) and then register; everything that comes back until `ready`."""
    heard: list[dict[str, Any]] = []
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"ws://127.0.0.1:{port}/signal") as socket,
    ):
        for message in messages:
            await socket.send_str(message if isinstance(message, str) else json.dumps(message))
        await socket.send_str(json.dumps({"type": "listen", "payload": {"token": token("somebody")}}))
        await socket.send_str(json.dumps({"type": "register", "payload": {"media": {"audio": True}}}))
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT or not frame.data.strip():
                continue
            heard.append(json.loads(frame.data))
            if heard[-1]["type"] in ("ready", "close"):
                return heard
    raise AssertionError(f"the socket was closed after {heard}")


LISTEN = {"type": "listen", "payload": {"token": token("somebody"), "reconnectTimeout": "soon"}}


@pytest.mark.parametrize(
    "nonsense",
    [
        "no json",
        "[]",
        "\n",
        '{"type": 5}',
        {"type": "listen"},
        {"type": "register", "payload": {"media": "x"}},
        {"type": "unheard-of", "payload": []},
        {"type": "hangup", "payload": {"callsid": "CA" + "1" * 32}},
        {"type": "dtmf", "payload": {"callsid": ["x"], "dtmf": 5}},
        {"type": "invite", "payload": {"callsid": "CA1", "reconnect": "unknown", "sdp": "v=0"}},
        {"type": "message", "payload": {"callsid": None}},
    ],
)
def test_what_a_page_should_never_send_disturbs_nobody(kernel: Kernel, nonsense: object) -> None:
    if isinstance(nonsense, dict) and nonsense["type"] != "listen":
        heard = run(_talk(kernel.port, LISTEN, nonsense))
        assert heard[-1]["type"] == "ready"
    elif isinstance(nonsense, dict):
        heard = run(_talk(kernel.port, nonsense))
        assert heard[0]["payload"]["error"]["code"] == 20101
    else:
        assert [one["type"] for one in run(_talk(kernel.port, nonsense))] == ["connected", "ready"]


def test_a_word_before_listen_is_answered_with_an_error(kernel: Kernel) -> None:
    heard = run(_talk(kernel.port, {"type": "register", "payload": {}}))

    assert heard[0]["payload"]["error"]["code"] == 31204


@pytest.mark.parametrize(
    "sdp", ["", "v=0", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 X 0\r\n", None]
)
def test_a_call_without_usable_sdp_is_refused(kernel: Kernel, sdp: str | None) -> None:
    invite = {"type": "invite", "payload": {"callsid": "TJS-bad", "sdp": sdp, "twilio": "x"}}

    heard = run(_talk(kernel.port, LISTEN, invite))

    refused = next(one["payload"] for one in heard if one["type"] == "hangup")
    assert refused["callsid"] == "TJS-bad"
    assert refused["error"]["code"] == 31000


def test_nobody_ends_a_call_of_another_identity(kernel: Kernel) -> None:
    from simulator.sound.bench import FarEnd
    from simulator.sound.peer import speak_telephone_only

    async def call_and_meddle() -> str:
        speak_telephone_only(["127.0.0.1"])
        far_end, leg = FarEnd(1), new_leg()
        async with aiohttp.ClientSession() as session:
            connecting = asyncio.ensure_future(far_end.connect(session, kernel.port, token("ann")))
            came_in = await asyncio.to_thread(kernel.await_event, CameIn)
            kernel.send(Take(came_in.invite, leg), Answer(leg))
            await connecting
            await _talk(kernel.port, LISTEN, {"type": "hangup", "payload": {"callsid": leg}})
            assert not any(isinstance(event, Ended) for event in kernel.pending())
        await far_end.peer.close()
        return leg

    leg = run(call_and_meddle())

    kernel.await_event(Ended, leg=leg, why="vanished")


def test_the_bench_prints_what_a_call_costs() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "simulator.sound.bench", "--calls", "1", "--seconds", "1", "--goal", "90"],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )

    result = json.loads(ran.stdout.splitlines()[-1])
    assert result["ok"] is True
    assert result["runs"][0]["calls"] == 1
    received, sent = map(int, result["runs"][0]["frames_received_of"].split("/"))
    assert received >= 0.8 * sent > 50
