"""The scripted caller of the command line: asks a running simulator to dial, and tells what the caller hears."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import urllib3

from simulator.media import sound_seconds
from simulator.script import read_seconds

LOOKS_EVERY_SECONDS = 0.25
TOLD = {
    "ringing": "hears ringing",
    "say": 'hears "{text}"',
    "play": "hears {text}",
    "music": "hears music",
    "silence": "hears nothing",
    "beep": "hears a beep",
    "talk": "talks with {text}",
    "voice": 'hears somebody say "{text}"',
    "keys": "hears keys {text}",
}


class CannotCall(RuntimeError):
    """The call could not be started or followed; the message says why and what to do."""


def run_caller(
    server: str,
    *,
    to: str,
    from_: str,
    name: str | None,
    presses: list[str],
    says: list[str],
    hangup: str | None,
    as_json: bool,
) -> int:
    """Returns 0 when the call was answered and has ended, 1 otherwise."""
    order = {
        "to": to,
        "from": from_,
        "name": name,
        "press": presses,
        "say": [_speech(text) for text in says],
        "hangup": hangup,
    }
    call = ask(server, "POST", "/sim/calls", order)
    shown = 0
    lines: list[dict[str, Any]] = []
    while True:
        call = ask(server, "GET", f"/sim/calls/{call['sid']}?after={shown}")
        shown = call["next"]
        lines += call["transcript"]
        if not as_json:
            for line in call["transcript"]:
                print(f"{line['at']:7.1f}s  {TOLD[line['kind']].format(**line)}", flush=True)
        if call["over"]:
            break
        time.sleep(LOOKS_EVERY_SECONDS)
    if as_json:
        print(json.dumps({**call, "transcript": lines}, indent=2))
    else:
        print(f"{'':8}  the call is {call['state']} after {call['seconds']} s ({call['sid']})")
    return 0 if call["state"] == "completed" else 1


def _speech(text: str) -> dict[str, Any]:
    """hello.wav or hello.wav@5s: as long as the file lasts."""
    name, _, moment = text.partition("@")
    file = Path(name)
    try:
        seconds = sound_seconds(file.read_bytes())
    except OSError as error:
        raise CannotCall(f"--say {name}: cannot be read ({error.strerror}); name a WAV file") from None
    speech: dict[str, Any] = {"words": file.stem, "seconds": str(seconds), "file": str(file.resolve())}
    if moment:
        speech["at"] = str(read_seconds(moment))
    return speech


def ask(server: str, method: str, path: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    try:
        reply = urllib3.request(method, server.rstrip("/") + path, json=data, timeout=10.0, retries=False)
    except urllib3.exceptions.HTTPError:
        raise CannotCall(
            f"no simulator answers at {server}; start one with `python -m simulator serve`, or name it by --server"
        ) from None
    try:
        answer: dict[str, Any] = json.loads(reply.data)
    except ValueError:
        raise CannotCall(f"{server} is no simulator: it answered {reply.status} to {path}") from None
    if reply.status != 200:
        raise CannotCall(str(answer.get("error", f"the simulator answered {reply.status}")))
    return answer
