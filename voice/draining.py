"""Whether web was told to stop: it still answers, and /readyz sends new requests elsewhere.

The process that is told, and those that answer, share no memory but a file: its address is in their environment.
"""

import os
import tempfile
from pathlib import Path

PLACE = "RINGDESK_DRAINING_FILE"


def prepare() -> None:
    """Choose the file, before the processes that answer are made."""
    os.environ[PLACE] = str(Path(tempfile.mkdtemp(prefix="ringdesk-web-")) / "draining")


def begin() -> None:
    """From now on web is draining."""
    Path(os.environ[PLACE]).touch()


def is_on() -> bool:
    """Whether web is draining; never in a process that nobody prepared."""
    place = os.environ.get(PLACE, "")
    return bool(place) and Path(place).exists()


def forget() -> None:
    """The end: leave nothing behind."""
    place = Path(os.environ.pop(PLACE))
    place.unlink(missing_ok=True)
    place.parent.rmdir()
