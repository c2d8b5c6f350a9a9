"""What a backup holds: one page about it, and one line for each file of a recording, with its sha256."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from recordings.faults import NotABackup

PAGE, LINES, FILES = "manifest.json", "recordings.jsonl", "recordings"
FORMAT = 1


@dataclass(frozen=True)
class Kept:
    """One file of a recording; without a sha256 it was named by the database and not there."""

    key: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """One backup; written last, so that a folder without it is no backup."""

    made_at: float  # the instant, seconds since the epoch
    schema: str
    database: Kept  # its key is the file's name in the folder
    lines_sha256: str
    files: int
    bytes: int
    missing: int  # files that the database names and the storage did not have
    settings: dict[str, Any]
    format: int = FORMAT


def write(folder: Path, manifest: Manifest) -> None:
    """Make the folder a backup."""
    aside = folder / f".{PAGE}"
    _write(aside, json.dumps(asdict(manifest), indent=2, sort_keys=True) + "\n")
    aside.replace(folder / PAGE)


def write_lines(folder: Path, kept: Iterable[Kept]) -> str:
    """One line for each file of a recording; the sha256 of them all."""
    text = "".join(json.dumps(asdict(one)) + "\n" for one in kept)
    _write(folder / LINES, text)
    return sha256(text.encode()).hexdigest()


def _write(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def read(folder: Path) -> Manifest:
    """The page of a backup; raises NotABackup."""
    try:
        told = json.loads((folder / PAGE).read_text(encoding="utf-8"))
        if told.get("format") != FORMAT:
            raise NotABackup(
                f"{folder} was made by another version of ringdesk: its format is {told.get('format')}"
            )
        return Manifest(**{**told, "database": Kept(**told["database"])})
    except FileNotFoundError:
        raise NotABackup(f"{folder} is no whole backup: it has no {PAGE}, which is written last") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotABackup(f"{folder / PAGE} cannot be read: {error}") from error


def lines(folder: Path) -> Iterator[Kept]:
    """Every file of a recording in the backup."""
    with (folder / LINES).open(encoding="utf-8") as file:
        for line in file:
            yield Kept(**json.loads(line))
