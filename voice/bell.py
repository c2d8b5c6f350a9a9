"""A bell that one thread waits for and any other may ring, once; a single lock, because thousands are made a second."""

import threading


class Bell:
    """Silent until somebody rings; ringing again does nothing."""

    __slots__ = ("_lock", "_unrung")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()
        self._unrung = [self._lock]  # taking the last one out is what only one thread can do

    def ring(self) -> bool:
        """Wake whoever waits; False when it has rung before."""
        try:
            self._unrung.pop().release()
        except IndexError:
            return False
        return True

    def wait(self, seconds: float) -> bool:
        """Until it rings, or the time is over; whether it rang. For one thread, once."""
        return self._lock.acquire(timeout=seconds)
