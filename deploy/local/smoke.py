"""`make smoke`: a trial of its own, one caller, one agent, and the ticket that comes of it.

The last line is JSON: {"ok": true, "call": ..., "answered_in_s": ..., "recording_s": ..., "ticket": ...}.
answered_in_s runs from dialling to both talking, with what the flow says before; recording_s is the sound's length.
"""

import argparse
import asyncio
import json
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from deploy.local.conversation import Conversation, converse
from deploy.local.place import Place, read_place
from deploy.local.stop import Stop
from deploy.local.trial import prepare

ROOT = Path(__file__).parents[2]
GATE_SECONDS = 60.0
PORTS = ("WEB_PORT", "PUSH_PORT", "SIMULATOR_PORT", "REDIS_PORT")
# What would lead a trial to another installation's things.
OF_OTHERS = (
    "PUBLIC_BASE_URL",
    "PUSH_URL",
    "TWILIO_API_URL",
    "SIGNALLING_URL",
    "DATABASE_URL",
    "STORAGE_URL",
    "HOST",
)


def main() -> int:
    """Let the call happen; the exit code."""
    parser = argparse.ArgumentParser(prog="make smoke", description="One call, from dialling to the ticket.")
    parser.add_argument(
        "--within", type=float, default=GATE_SECONDS, metavar="SECONDS", help="give up after this"
    )
    within = parser.parse_args().within
    try:
        with tempfile.TemporaryDirectory(prefix="ringdesk-smoke-") as folder:
            result = asyncio.run(asyncio.wait_for(smoke(Path(folder)), within))
    except (Stop, TimeoutError) as stop:
        reason = str(stop) or f"the call did not become a ticket within {within:.0f} s"
        print(json.dumps({"ok": False, "reason": reason}))
        return 1
    print(json.dumps({"ok": True, **result}))
    return 0


async def smoke(var: Path) -> dict[str, Any]:
    """Start everything, let caller and agent meet, end everything; what came of it."""
    given = {name: value for name, value in os.environ.items() if name not in OF_OTHERS}
    trial = prepare(free_place(var, given), given)
    said: list[str] = []
    try:
        async with trial.stack(lambda name, line: said.append(f"{name:<9} | {line}")) as stack:
            await trial.start(stack)
            print("everything is up", flush=True)
            return await unless(stack.watch(), in_thread(lambda: converse(Conversation.of(trial))))
    except BaseException:
        print(*said[-60:], sep="\n", file=sys.stderr, flush=True)
        raise


def free_place(var: Path, given: dict[str, str]) -> Place:
    """A trial in this folder, on ports that nobody uses."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in PORTS]
        ports = {name: str(one.getsockname()[1]) for name, one in zip(PORTS, sockets, strict=True)}
    return read_place(ROOT, {**given, **ports, "VAR_DIR": str(var)})


async def unless(guard: Coroutine[Any, Any, None], job: "asyncio.Future[dict[str, Any]]") -> dict[str, Any]:
    """The result of the job, unless the guard raises first."""
    guarding = asyncio.create_task(guard)
    guarding.add_done_callback(lambda done: job.cancel())
    try:
        return await job
    except asyncio.CancelledError:
        if guarding.done():
            guarding.result()
        raise
    finally:
        guarding.cancel()


def in_thread(job: Callable[[], dict[str, Any]]) -> "asyncio.Future[dict[str, Any]]":
    """Let a job that waits for answers run aside; nobody waits for it when time is up."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[dict[str, Any]] = loop.create_future()

    def settle(value: dict[str, Any] | None, fault: Exception | None) -> None:
        if result.done():
            return
        if fault:
            result.set_exception(fault)
        else:
            result.set_result(value or {})

    def run() -> None:
        value, fault = None, None
        try:
            value = job()
        except Exception as error:
            fault = error
        loop.call_soon_threadsafe(settle, value, fault)

    threading.Thread(target=run, daemon=True).start()
    return result


if __name__ == "__main__":
    sys.exit(main())
