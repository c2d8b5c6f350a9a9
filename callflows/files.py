"""Flow files on a disk: the one place of this package that opens files."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from callflows.bundle import may_include, pack
from callflows.check import check
from callflows.faults import Fault, FlowFaults, Place, error
from callflows.flow import Flow
from callflows.kinds import MODULE_PATH
from callflows.lints.base import Live
from callflows.read import read_flow
from callflows.yaml_text import MAX_BYTES, Listing, Text, read_yaml

MOST_MODULES = 20


@dataclass(frozen=True)
class Checked:
    """What came of one file: its flow, if it could be read, its text, and all faults in the order of the file."""

    path: Path
    text: str
    flow: Flow | None
    faults: tuple[Fault, ...]


Look = Callable[[str], Live | None]


def nobody_looks(_merchant: str) -> Live | None:
    """Nothing is known but the files."""
    return None


def flow_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and of each folder its *.yaml files by name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob("*.yaml"))  # modules lie in folders below
        else:
            yield path


def check_files(paths: Iterable[Path], look: Look = nobody_looks) -> list[Checked]:
    """Every file checked, also against each other: a merchant and a number belong to one file. May raise OSError."""
    results = [check_file(path, look) for path in flow_files(paths)]
    merchants: dict[str, str] = {}
    numbers: dict[str, str] = {}
    return [replace(one, faults=(*one.faults, *_claimed_before(one, merchants, numbers))) for one in results]


def check_file(path: Path, look: Look = nobody_looks) -> Checked:
    """One file read and checked, with the sound files beside it. May raise OSError.

    `look` tells what the installation has for a merchant; None when it does not know the merchant.
    """
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        return Checked(path, "", None, (_not_utf8(path, raw, problem),))
    try:
        text = pack(text, _modules_beside(path, text)) if may_include(text) else text
        flow = read_flow(text, str(path))
    except FlowFaults as found:
        return Checked(path, text, None, found.faults)
    existing = {sound for sound in flow.sound_files() if (path.parent / sound).is_file()}
    beside = existing if existing == flow.sound_files() else existing | _sounds_beside(path)
    return Checked(path, text, flow, tuple(check(flow, beside, look(flow.merchant))))


def _modules_beside(path: Path, text: str) -> dict[str, str]:
    """The texts of the included files, by path; raises FlowFaults."""
    listed = read_yaml(text, str(path)).by_key.get("include")
    items = listed.items if isinstance(listed, Listing) else () if listed is None else (listed,)
    if len(items) > MOST_MODULES:
        why = f"{len(items)} files are included, more than {MOST_MODULES}; put modules together"
        raise FlowFaults([error(str(path), items[MOST_MODULES].place, why, "too-big")])
    texts: dict[str, str] = {}
    for item in items:
        if not isinstance(item, Text) or not MODULE_PATH.fullmatch(item.value):
            continue  # reading the flow tells what is wrong with it
        try:
            with (path.parent / item.value).open("rb") as file:
                texts[item.value] = file.read(MAX_BYTES + 1).decode("utf-8")
        except (OSError, UnicodeDecodeError):
            why = f"there is no readable file '{item.value}' beside this one; mend the path, or remove it"
            raise FlowFaults([error(str(path), item.place, why, "include-missing")]) from None
    return texts


def _sounds_beside(path: Path) -> set[str]:
    return {sound.relative_to(path.parent).as_posix() for sound in path.parent.rglob("*.wav")}


def _not_utf8(path: Path, raw: bytes, problem: UnicodeDecodeError) -> Fault:
    before = raw[: problem.start].decode("utf-8", "replace")
    if len(raw) > MAX_BYTES and problem.start > MAX_BYTES - 4:
        return error(
            str(path), Place(1, 1), f"the file has more than {MAX_BYTES // 1024} KB; split it", "too-big"
        )
    place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
    return error(str(path), place, "this is not UTF-8; save the file with the encoding UTF-8", "not-utf8")


def _claimed_before(one: Checked, merchants: dict[str, str], numbers: dict[str, str]) -> Iterator[Fault]:
    flow = one.flow
    if flow is None:
        return
    first = merchants.setdefault(flow.merchant, flow.file)
    if first != flow.file:
        text = f"'{flow.merchant}' is described in {first} already; give each merchant one file"
        yield error(flow.file, flow.place("merchant"), text, "merchant-twice")
    for index, number in enumerate(flow.numbers):
        owner = numbers.setdefault(number, flow.file)
        if owner != flow.file:
            text = f"{number} is answered by {owner} already; remove it from one of them"
            yield error(flow.file, flow.place(f"numbers.{index}"), text, "number-twice")
