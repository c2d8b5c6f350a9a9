"""The processes of a trial: restarted when one dies, and none left at the end, however it comes."""

import asyncio
import os
import shlex
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from deploy.local import stack as stack_module
from deploy.local.kernel import marked
from deploy.local.stack import Stack
from deploy.local.stop import Stop
from tests.build import run_async

FOREVER = "sleep 600"


class Heard:
    """What the processes and the trial itself said."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, name: str, line: str) -> None:
        self.lines.append((name, line))

    def has(self, name: str, words: str) -> bool:
        return any(who == name and words in line for who, line in self.lines)


def python(code: str) -> str:
    """A Procfile command that runs this code."""
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


def stack_of(heard: Heard, **commands: str) -> Stack:
    return Stack(commands, env=dict(os.environ), cwd=Path.cwd(), say=heard, restart_seconds=0)


def run(journey: Coroutine[Any, Any, None]) -> None:
    run_async(journey)


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.01)


async def on_its_way(stack: Stack, journey: Coroutine[Any, Any, None]) -> None:
    """Watch the processes while something happens to them."""
    watching = asyncio.create_task(stack.watch())
    await journey
    watching.cancel()


def test_every_line_is_said_with_its_processes_name() -> None:
    heard = Heard()

    async def journey() -> None:
        async with stack_of(heard, web="sh -c 'echo one; echo two >&2; sleep 600'") as stack:
            await stack.start("web")
            await until(lambda: heard.has("web", "two"))

    run(journey())

    assert heard.lines == [("web", "one"), ("web", "two")]


def test_leaving_ends_every_process_with_its_children() -> None:
    heard = Heard()
    stack = stack_of(heard, valkey=FOREVER, worker="sh -c 'sleep 600 & echo working; wait'")

    async def journey() -> None:
        async with stack:
            await stack.start("valkey", "worker")
            await until(lambda: heard.has("worker", "working"))
            assert len(marked(stack.mark)) == 3

    run(journey())

    assert marked(stack.mark) == []


def test_a_child_that_made_a_group_of_its_own_is_ended_too() -> None:
    heard = Heard()
    fork = "import os, time; pid = os.fork(); pid or os.setsid(); os.write(1, b'forked\\n'); time.sleep(600)"
    stack = stack_of(heard, worker=python(fork))

    async def journey() -> None:
        async with stack:
            await stack.start("worker")
            await until(lambda: sum(words == "forked" for _, words in heard.lines) == 2)

    run(journey())

    assert marked(stack.mark) == []


def test_a_process_that_does_not_listen_to_sigterm_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack_module, "GRACE_SECONDS", 0.1)
    heard = Heard()
    stack = stack_of(heard, web="sh -c 'trap \"\" TERM; echo deaf; while :; do sleep 600; done'")

    async def journey() -> None:
        async with stack:
            await stack.start("web")
            await until(lambda: heard.has("web", "deaf"))

    run(journey())

    assert marked(stack.mark) == []
    assert heard.has("ringdesk", "web does not end by itself")


def test_the_one_the_others_need_ends_last() -> None:
    heard = Heard()
    polite = "sh -c 'trap \"echo ended; exit 0\" TERM; echo up; while :; do sleep 0.01; done'"

    async def journey() -> None:
        async with stack_of(heard, valkey=polite, web=polite, clock=polite) as stack:
            await stack.start("valkey", "web", "clock")
            await until(lambda: sum(words == "up" for _, words in heard.lines) == 3)

    run(journey())

    assert [who for who, words in heard.lines if words == "ended"][-1] == "valkey"


def test_a_process_that_dies_is_said_and_started_again() -> None:
    heard = Heard()
    stack = stack_of(heard, web="sh -c 'echo up as $$; exec sleep 600'")

    async def journey() -> None:
        async with stack:
            await stack.start("web")
            await on_its_way(stack, die_once())

    async def die_once() -> None:
        await until(lambda: heard.has("web", "up as"))
        os.kill(int(heard.lines[0][1].split()[-1]), signal.SIGKILL)
        await until(lambda: sum("up as" in words for _, words in heard.lines) == 2)

    run(journey())

    assert heard.has("ringdesk", "web has ended (ended by SIGKILL); starting it again")


def test_a_process_that_keeps_dying_ends_the_trial_with_its_last_words() -> None:
    heard = Heard()
    stack = stack_of(heard, valkey=FOREVER, web="sh -c 'echo no such table: call; exit 3'")

    async def journey() -> None:
        async with stack:
            await stack.start("valkey", "web")
            await stack.watch()

    with pytest.raises(Stop, match=r"web ended 3 times in a row \(exit code 3\): no such table: call"):
        run(journey())
    assert marked(stack.mark) == []


def test_a_process_that_ends_during_the_start_ends_the_start() -> None:
    heard = Heard()
    stack = stack_of(heard, push="sh -c 'echo PUSH_PORT is taken; exit 1'")

    async def never() -> bool:
        return False

    async def journey() -> None:
        async with stack:
            await stack.start("push")
            await stack.until(never, "push")

    with pytest.raises(Stop, match=r"push did not start \(exit code 1\): PUSH_PORT is taken"):
        run(journey())


def test_a_start_that_takes_too_long_is_given_up() -> None:
    heard = Heard()
    stack = stack_of(heard, web=FOREVER)

    async def never() -> bool:
        return False

    async def journey() -> None:
        async with stack:
            await stack.start("web")
            await stack.until(never, "web", seconds=0.1)

    with pytest.raises(Stop, match="web did not come up"):
        run(journey())
    assert marked(stack.mark) == []


def test_processes_end_even_when_the_launcher_is_killed() -> None:
    launcher = """
import asyncio, os, signal
from pathlib import Path
from deploy.local.stack import Stack

async def main() -> None:
    stack = Stack({"web": "sh -c 'echo up; exec sleep 600'"}, env=dict(os.environ), cwd=Path.cwd(), say=say)
    await stack.start("web")
    print(stack.mark, flush=True)
    await asyncio.Event().wait()

def say(name: str, line: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""

    async def journey() -> None:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", launcher, stdout=asyncio.subprocess.PIPE
        )
        assert child.stdout
        mark = (await child.stdout.readline()).decode().strip()
        assert await child.wait() == -signal.SIGKILL
        await until(lambda: marked(mark) == [])

    run(journey())
