"""Breaks things by the plan, waits for the supervisor to bring them back, and measures how long that took."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from redis.exceptions import RedisError

from deploy.local.reach import is_healthy, is_listening
from tests.chaos.house import House
from tests.chaos.notes import Broken, Notes, Say
from tests.chaos.plan import Fault, Target

LOOK_SECONDS = 0.2
BACK_SECONDS = 60.0  # after the last fault; who is not back by then is not coming back
STEADY_LOOKS = 3


class Nemesis:
    """Does the faults of a plan, one after the other."""

    def __init__(self, house: House, notes: Notes, say: Say) -> None:
        self._house, self._notes, self._say = house, notes, say
        self._host, self._place = house.trial.place.reach, house.trial.place
        self._over_at: float | None = None  # when nothing was left to break

    async def breaks(self, faults: Iterable[Fault]) -> None:
        """Everything at its time; returns when all is well again after the last."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.TaskGroup() as watching:
            for fault in sorted(faults, key=lambda one: one.at):
                await asyncio.sleep(max(0.0, began + fault.at - loop.time()))
                at = time.time()
                away = f", away for {fault.away:.0f} s" if fault.away else ""
                self._say(f"{loop.time() - began:6.1f} s  {fault.target}{away}")
                pid = await self._break(fault)
                watching.create_task(self._watch(fault, at, time.time(), pid))
            self._over_at = time.time()

    async def _break(self, fault: Fault) -> int:
        """Do it, and hold it for as long as it is to last; the number of the process that died."""
        match fault.target:
            case Target.POSTGRESQL:
                await asyncio.to_thread(self._house.server.kill_9)
                await asyncio.sleep(fault.away)
                await self._house.bring_postgres_back()
                return 0
            case Target.FLUSHALL:
                with suppress(RedisError):  # it may be dead already
                    await asyncio.to_thread(lambda: self._house.valkey().flushall())
                return 0
            case Target.WEB_CHILD:
                pid = children_of(self._house.stack.processes["web"].pid)[-1:]
                for child in pid:
                    _kill_9(child)
                return 0
            case name:
                pid_of_it = self._house.stack.processes[name].pid
                _kill_9(pid_of_it)
                return pid_of_it

    async def _watch(self, fault: Fault, at: float, until: float, pid: int) -> None:
        back = None
        steady = 0
        while self._over_at is None or time.time() - self._over_at < BACK_SECONDS:
            steady = steady + 1 if await self._is_well(fault.target, pid) else 0
            if steady == STEADY_LOOKS:
                back = time.time() - until - (STEADY_LOOKS - 1) * LOOK_SECONDS
                break
            await asyncio.sleep(LOOK_SECONDS)
        self._notes.broken.append(Broken(fault.target, at, until, back))

    async def _is_well(self, target: Target, dead: int) -> bool:
        """Whether what broke is there again, and the installation says that it is ready."""
        looks: dict[Target, Callable[[], Awaitable[bool]]] = {
            Target.PUSH: lambda: is_listening(self._host, self._place.push_port),
            Target.VALKEY: lambda: is_listening("127.0.0.1", self._place.redis_port),
        }
        process = self._house.stack.processes.get(target)
        if process is not None and (not process.pid or process.pid == dead):
            return False
        if target in looks and not await looks[target]():
            return False
        return await is_healthy(self._host, self._place.web_port, "/readyz")


def children_of(pid: int) -> list[int]:
    """The processes that a process began, oldest first; Python's own helper of multiprocessing is none of ours."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return sorted(int(row[0]) for row in rows if int(row[1]) == pid and "resource_tracker" not in row[2])


def _kill_9(pid: int) -> None:
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
