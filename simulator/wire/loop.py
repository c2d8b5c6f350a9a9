"""The kernel's own thread: runs what is due by the wall clock, and what other threads hand in."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from simulator.clock import WallClock
from simulator.kernel import Kernel

T = TypeVar("T")
log = logging.getLogger("simulator")
LONGEST_SLEEP_SECONDS = 1.0


class KernelLoop:
    """Only this thread touches the world; others use `post` and `call`."""

    def __init__(self, kernel: Kernel, clock: WallClock) -> None:
        self._kernel = kernel
        self._clock = clock
        self._wake = threading.Condition()
        self._posted: deque[Callable[[], None]] = deque()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="kernel", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(timeout=5.0)

    def post(self, action: Callable[[], None]) -> None:
        """From any thread: the kernel does it as soon as it can."""
        with self._wake:
            self._posted.append(action)
            self._wake.notify()

    def call(self, action: Callable[[], T], timeout_seconds: float = 30.0) -> T:
        """From any other thread: what the action gives back, or what it raises."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(action())
            except BaseException as error:
                done.set_exception(error)

        self.post(run)
        return done.result(timeout_seconds)

    def _run(self) -> None:
        while not self._stopping:
            self._do_posted()
            self._do_due()
            with self._wake:
                if not self._posted and not self._stopping:
                    self._wake.wait(self._pause())

    def _do_posted(self) -> None:
        while self._posted:
            self._guarded(self._posted.popleft())

    def _do_due(self) -> None:
        moment = self._clock.now()
        while not self._posted and self._guarded(lambda: self._kernel.run_next(moment)):
            pass

    def _pause(self) -> float:
        due = self._kernel.next_due()
        if due is None:
            return LONGEST_SLEEP_SECONDS
        return min(LONGEST_SLEEP_SECONDS, self._clock.real_seconds_until(due))

    @staticmethod
    def _guarded(action: Callable[[], T]) -> T | bool:
        """A fault of one event must not end the calls of all others."""
        try:
            return action()
        except Exception:
            log.exception("an event failed")
            return True
