"""How a part of a flow file is declared once, and read, checked and documented from that.

A part (a step, a queue, the flow itself) is a frozen dataclass whose fields come from `required` and `optional`.
`read_fields` fills it from a table of the file, collects every fault instead of stopping at the first, and keeps the
place of each value under its path ("options.1"), so that later checks can point at it.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from callflows.faults import Fault, Place, did_you_mean, error
from callflows.shape import Shape, Word
from callflows.yaml_text import Node, Table, Text

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
D = TypeVar("D")
Part = TypeVar("Part")

FALLBACK = "fallback"
ENDS = "ends"
WAITS = "waits"


class BadValue(Exception):
    """A value that its field cannot take; the text names the value and the way out."""

    def __init__(self, text: str, rule: str = "wrong-value", place: Place | None = None) -> None:
        super().__init__(text)
        self.text, self.rule, self.place = text, rule, place


@dataclass(frozen=True)
class Reading:
    """The place in a file that is being read; faults and places are shared by all parts of the file."""

    file: str
    faults: list[Fault]
    places: dict[str, Place]
    path: str = ""

    def inside(self, key: str) -> "Reading":
        """The same reading, one level down."""
        return dataclasses.replace(self, path=f"{self.path}.{key}" if self.path else key)

    def of_its_own(self) -> "Reading":
        """The same file with fresh places, for a part that keeps its own."""
        return dataclasses.replace(self, places={}, path="")

    def wrong(self, place: Place, text: str, rule: str) -> None:
        """Note a fault and go on reading."""
        self.faults.append(error(self.file, place, text, rule))


@dataclass(frozen=True)
class Kind(Generic[T_co]):
    """What a field takes: its name in the docs, one example, how it is read.

    `refers` says what it names; `templates` that its texts are filled in but not spoken; `shape` how it is built, where
    that is not plain from the example.
    """

    name: str
    example: str
    read: Callable[[Node, Reading], T_co]
    refers: str = ""
    templates: bool = False
    shape: Shape | None = None


@dataclass(frozen=True)
class Spec:
    """One field as an admin knows it: key, kind and a sentence; for exits also what happens without an answer."""

    kind: Kind[Any]
    help: str
    key: str
    missing_rule: str = "missing-key"
    otherwise: str = ""
    silent: bool = False


def required(
    kind: Kind[T], help: str, *, key: str = "", missing_rule: str = "missing-key", silent: bool = False
) -> T:
    """A field that must be written; `missing_rule` names the fault when it is not."""
    spec = Spec(kind, help, key, missing_rule, silent=silent)
    made: T = dataclasses.field(metadata={"spec": spec})
    return made


def optional(
    kind: Kind[T],
    help: str,
    default: D,
    *,
    key: str = "",
    otherwise: str = "",
    silent: bool = False,
) -> T | D:
    """A field that may be left out."""
    spec = Spec(kind, help, key, otherwise=otherwise, silent=silent)
    # One immutable value is shared by all instances; dataclasses only distrusts it for having no hash.
    made: T | D = dataclasses.field(default_factory=lambda: default, metadata={"spec": spec})
    return made


def specs(part: type[Any]) -> tuple[tuple[dataclasses.Field[Any], Spec], ...]:
    """The declared fields of a part, each with the key under which it is written."""
    if part not in _DECLARED:
        fields = ((field, field.metadata.get("spec")) for field in dataclasses.fields(part))
        _DECLARED[part] = tuple(
            (field, dataclasses.replace(spec, key=spec.key or field.name)) for field, spec in fields if spec
        )
    return _DECLARED[part]


# Every turn of a call asks, and the answer never changes.
_DECLARED: dict[type[Any], tuple[tuple[dataclasses.Field[Any], Spec], ...]] = {}


def read_fields(part: type[Part], node: Node, reading: Reading, what: str, **known: Any) -> Part | None:
    """A part filled from its table, or None after noting what is wrong; `known` are fields not in the file."""
    if not isinstance(node, Table):
        reading.wrong(node.place, f"{what} is written as 'key: value' lines", "wrong-value")
        return None
    before = len(reading.faults)
    declared = {spec.key: (field, spec) for field, spec in specs(part)}
    _refuse_unknown_keys(node, declared, reading, what)
    values = dict(known)
    for key, (field, spec) in declared.items():
        if key in node.by_key:
            reading.places[reading.inside(key).path] = node.by_key[key].place
            read_value(spec, node.by_key[key], reading, values, field.name)
        elif field.default_factory is dataclasses.MISSING:
            way_out = f"add '{key}: {spec.kind.example}' ({spec.help})"
            reading.wrong(node.place, f"{what} has no '{key}'; {way_out}", spec.missing_rule)
    return part(**values) if len(reading.faults) == before else None


def read_value(spec: Spec, node: Node, reading: Reading, into: dict[str, Any], name: str) -> None:
    """Read one value into a dict, or note why it cannot be."""
    if isinstance(node, Text) and node.is_missing:
        text = f"'{spec.key}' has no value; write {spec.kind.name} such as {spec.kind.example}, or remove it"
        reading.wrong(node.place, text + " (a # after a space begins a comment)", "missing-value")
        return
    try:
        into[name] = spec.kind.read(node, reading.inside(spec.key))
    except BadValue as bad:
        reading.wrong(bad.place or node.place, f"'{spec.key}': {bad.text}", bad.rule)


def _refuse_unknown_keys(node: Table, known: Mapping[str, object], reading: Reading, what: str) -> None:
    for key, _ in node.entries:
        if key.value not in known:
            hint = did_you_mean(key.value, known)
            reading.wrong(key.place, f"{what} knows no '{key.value}'{hint}", "unknown-key")


def scalar(
    name: str, example: str, parse: Callable[[str], T], refers: str = "", shape: Shape | None = None
) -> Kind[T]:
    """A kind that is one text; `parse` raises BadValue."""

    def read(node: Node, reading: Reading) -> T:
        if not isinstance(node, Text):
            raise BadValue(f"write {name} such as {example}")
        return parse(node.value)

    return Kind(name, example, read, refers, shape=shape)


def one_of(words: Iterable[str], name: str) -> Kind[str]:
    """A kind that is one of a few words."""
    known = tuple(words)

    def parse(text: str) -> str:
        if text not in known:
            raise BadValue(f"'{text}' is not known{did_you_mean(text, known)}")
        return text

    return scalar(name, known[0], parse, shape=Word(known))
