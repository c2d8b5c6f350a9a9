"""What we ask of the Linux kernel so that no process outlives a trial; elsewhere these do nothing."""

import ctypes
import os
import signal
import sys
from pathlib import Path

# From linux/prctl.h.
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """Called in a new process: it is told to end when we are gone, even by kill -9."""
    if _libc:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def marked(mark: str) -> list[int]:
    """The living processes, but for this one, whose environment holds `mark`: ours, however they were started."""
    return [pid for pid in _processes() if pid != os.getpid() and _holds(pid, mark.encode())]


def _processes() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]


def _holds(pid: int, mark: bytes) -> bool:
    try:
        # A process that has ended and only waits to be noticed has an empty environment.
        return mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False  # another user's, or just gone
