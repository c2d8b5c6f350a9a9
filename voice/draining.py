"""Whether web was told to stop: it still answers, and /readyz sends new requests elsewhere.

The process that is told, and those that answer, share no memory but a file: its address, which nobody can guess, is in
their environment. It is there only while web drains, so a process that is killed leaves nothing.
"""

import os
import secrets
import tempfile
from pathlib import Path

PLACE = "RINGDESK_DRAINING_FILE"


def prepare() -> None:
    """Choose the file, before the processes that answer are made."""
    os.environ[PLACE] = str(Path(tempfile.gettempdir()) / f"ringdesk-web-{secrets.token_hex(16)}")


def begin() -> None:
    """From now on web is draining."""
    Path(os.environ[PLACE]).touch(mode=0o600)


def is_on() -> bool:
    """Whether web is draining; never in a process that nobody prepared."""
    place = os.environ.get(PLACE, "")
    return bool(place) and Path(place).exists()


def forget() -> None:
    """The end: leave nothing behind."""
    Path(os.environ.pop(PLACE)).unlink(missing_ok=True)
