"""The two clocks: a virtual one that jumps from moment to moment, and the wall's, faster if wished."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the moment (seconds since the epoch, UTC) and is moved on by the kernel."""

    def now(self) -> float: ...

    def move_to(self, moment: float) -> None: ...


class VirtualClock:
    """Stands still until the kernel moves it, so that an hour costs nothing."""

    def __init__(self, start: float = 1_750_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        return self._now

    def move_to(self, moment: float) -> None:
        """Time only goes forward; an earlier moment is no change."""
        self._now = max(self._now, moment)


class WallClock:
    """The machine's own time; with speed 10 a minute of calls passes in six seconds."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"the clock's speed must be above 0, not {speed}")
        self.speed = speed
        self._start = time.time()
        self._base = time.monotonic()

    def now(self) -> float:
        return self._start + (time.monotonic() - self._base) * self.speed

    def move_to(self, moment: float) -> None:
        """The wall's time moves by itself."""

    def real_seconds_until(self, moment: float) -> float:
        """How long a thread has to sleep until that moment; never negative."""
        return max(0.0, (moment - self.now()) / self.speed)
