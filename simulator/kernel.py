"""The one loop in which everything happens: a heap of due moments, and tasks that wait for signals.

A task is a generator that yields `Wait`s. Nothing here runs in parallel: a task runs until its next `Wait`,
whoever fires a signal only puts the waiting task on the heap, and entries of one moment run in the order in which
they were put there. So the same beginning always gives the same end.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar, cast

from simulator.clock import Clock

T = TypeVar("T")
Run: TypeAlias = Generator["Wait", "Signal[Any] | None", T]

MOST_EVENTS_IN_ONE_MOMENT = 200_000
FEWEST_TO_THROW_OUT = 1_000


class StuckInOneMoment(RuntimeError):
    """Something happens again and again without time passing, so time could never go on."""


class Signal(Generic[T]):
    """Something that happens once; whoever waits for it goes on."""

    __slots__ = ("_listeners", "_value", "fired")

    def __init__(self) -> None:
        self.fired = False
        self._value: T | None = None
        self._listeners: list[Callable[[], None]] = []

    @property
    def value(self) -> T:
        """What came with the signal; only to be asked after it fired."""
        if not self.fired:
            raise LookupError("the signal has not fired yet")
        return cast("T", self._value)

    def fire(self, value: T) -> None:
        """Only the first firing counts."""
        if self.fired:
            return
        self.fired = True
        self._value = value
        listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Calls back at once when the signal has fired already."""
        if self.fired:
            listener()
        else:
            self._listeners.append(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)


@dataclass(frozen=True)
class Wait:
    """Until one of the signals fires, or the seconds pass (None: for ever)."""

    signals: tuple[Signal[Any], ...] = ()
    seconds: float | None = None


def sleep(seconds: float) -> Run[None]:
    yield Wait(seconds=seconds)


def until(signal: Signal[T], seconds: float | None = None) -> Run[T | None]:
    """The signal's value, or None when the seconds passed first."""
    fired = yield Wait((signal,), seconds)
    return None if fired is None else signal.value


class Timer:
    """An entry of the heap that can be called off."""

    __slots__ = ("_kernel", "action", "at")

    def __init__(self, kernel: Kernel, at: float, action: Callable[[], None]) -> None:
        self._kernel = kernel
        self.at = at
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        if self.action is not None:
            self.action = None
            self._kernel.called_off()


class Kernel:
    """The heap and its clock; `tasks` counts those that have not ended."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._heap: list[tuple[float, int, Timer]] = []
        self._count = 0
        self._called_off = 0
        self._moment = clock.now()
        self._events_in_moment = 0
        self.running = False
        self.tasks = 0

    @property
    def now(self) -> float:
        """The moment of the event that runs; between events the clock's."""
        return self._moment if self.running else max(self._moment, self.clock.now())

    def at(self, moment: float, action: Callable[[], None]) -> Timer:
        timer = Timer(self, max(moment, self.now), action)
        self._count += 1
        heapq.heappush(self._heap, (timer.at, self._count, timer))
        return timer

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        return self.at(self.now + max(0.0, seconds), action)

    def soon(self, action: Callable[[], None]) -> Timer:
        """In this same moment, after what is already due."""
        return self.at(self.now, action)

    def next_due(self) -> float | None:
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
            self._called_off = max(0, self._called_off - 1)
        return self._heap[0][0] if self._heap else None

    def called_off(self) -> None:
        """Timers that were called off are thrown out when they are most of the heap: limits of hours are seldom met."""
        self._called_off += 1
        if self._called_off > FEWEST_TO_THROW_OUT and self._called_off * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].action is not None]
            heapq.heapify(self._heap)
            self._called_off = 0

    def run_next(self, no_later_than: float) -> bool:
        """Runs the next due event if its moment has come by then; says whether there was one."""
        if self.running:
            raise RuntimeError(
                "time cannot be advanced from inside an event: the application called back into it"
            )
        due = self.next_due()
        if due is None or due > no_later_than:
            return False
        _, _, timer = heapq.heappop(self._heap)
        self._enter(due)
        self.running = True
        action, timer.action = timer.action, None
        try:
            if action is not None:
                action()
        finally:
            self.running = False
        return True

    def run_to(self, moment: float) -> None:
        """Runs all that is due until that moment, and stands there."""
        while self.run_next(moment):
            pass
        self.clock.move_to(moment)
        self._moment = max(self._moment, moment)

    def start(self, run: Run[T], name: str = "") -> Task[T]:
        return Task(self, run, name)

    def _enter(self, moment: float) -> None:
        if moment > self._moment:
            self._moment = moment
            self._events_in_moment = 0
        self.clock.move_to(moment)
        self._events_in_moment += 1
        if self._events_in_moment > MOST_EVENTS_IN_ONE_MOMENT:
            raise StuckInOneMoment(
                f"more than {MOST_EVENTS_IN_ONE_MOMENT} events at {moment}: does a document ask for itself without pause?"
            )


class Task(Generic[T]):
    """A generator on its way through the kernel; `done` fires with its result when it ends."""

    def __init__(self, kernel: Kernel, run: Run[T], name: str) -> None:
        self.kernel = kernel
        self.name = name
        self.done: Signal[T | None] = Signal()
        self._run = run
        self._stepping = False
        self._turn = 0
        kernel.tasks += 1
        self._leave_wait: Callable[[], None] = lambda: None
        self._leave_wait = kernel.soon(lambda: self._step(None)).cancel

    @property
    def ended(self) -> bool:
        return self.done.fired

    def interrupt(self, reason: BaseException) -> None:
        """Raises the reason where the task waits; a task that interrupts itself meets it at its next wait."""
        if self.ended:
            return
        if self._stepping:
            self.kernel.soon(lambda: self.interrupt(reason))
            return
        self._leave_wait()
        self._advance(lambda: self._run.throw(reason), reason)

    def _step(self, signal: Signal[Any] | None) -> None:
        self._leave_wait()
        self._advance(lambda: self._run.send(signal), None)

    def _advance(self, move: Callable[[], Wait], reason: BaseException | None) -> None:
        self._turn += 1
        self._stepping = True
        try:
            wait = move()
        except StopIteration as end:
            self.kernel.tasks -= 1
            self.done.fire(end.value)
            return
        except BaseException as error:
            self.kernel.tasks -= 1
            self.done.fire(None)
            if error is reason:
                return
            raise
        finally:
            self._stepping = False
        self._wait_for(wait)

    def _wait_for(self, wait: Wait) -> None:
        turn = self._turn
        listeners: list[tuple[Signal[Any], Callable[[], None]]] = []
        timers: list[Timer] = []

        def leave() -> None:
            for signal, listener in listeners:
                signal.forget(listener)
            for timer in timers:
                timer.cancel()

        def go_on(signal: Signal[Any] | None) -> None:
            if turn == self._turn:
                self._step(signal)

        def soon(signal: Signal[Any]) -> Callable[[], None]:
            return lambda: timers.append(self.kernel.soon(lambda: go_on(signal)))

        self._leave_wait = leave
        for signal in wait.signals:
            listener = soon(signal)
            listeners.append((signal, listener))
            signal.listen(listener)
        if wait.seconds is not None:
            timers.append(self.kernel.after(wait.seconds, lambda: go_on(None)))
