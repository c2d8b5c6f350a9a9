"""Remembers what was installed from which lock, so that a second start takes seconds."""

import hashlib
from pathlib import Path


def digest(*files: Path) -> str:
    """The fingerprint of these files' content."""
    content = hashlib.sha256()
    for file in files:
        content.update(file.read_bytes() + b"\0")
    return content.hexdigest()


def is_done(stamp: Path, fingerprint: str) -> bool:
    """Whether the step that this stamp stands for was finished with the same input."""
    return stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint


def mark_done(stamp: Path, fingerprint: str) -> None:
    """Set the stamp; only a finished step does."""
    stamp.write_text(fingerprint, encoding="utf-8")
