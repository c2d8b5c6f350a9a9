"""YAML as text with positions: every value stays what the admin typed, and whatever could mislead is refused.

Common loaders turn +15551234567 into a number, 0123 into 83, `no` into False, and let the second of two equal keys
win. Here all scalars are text and the schema gives them their types. Anchors, aliases, tags, merge keys, duplicate
keys, several documents and control characters are refused; so are files beyond the three limits below.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from callflows.faults import FlowFaults, Place, error

MAX_BYTES = 256 * 1024
MAX_NODES = 20_000
MAX_DEPTH = 24

# Below 32 but newline and tab, DEL, the C1 controls, YAML's odd line separators, lone surrogates, non-characters.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Text:
    """A scalar, as typed; `quoted` tells an empty text from a missing value."""

    value: str
    place: Place
    quoted: bool = False

    @property
    def is_missing(self) -> bool:
        """Nothing was written, or one of YAML's words for nothing."""
        return not self.quoted and self.value in ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True)
class Listing:
    """A sequence of nodes."""

    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True)
class Table:
    """A mapping from text keys to nodes, in the order of the file; no key comes twice."""

    entries: tuple[tuple[Text, "Node"], ...]
    place: Place
    by_key: dict[str, "Node"] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {key.value: value for key, value in self.entries})


Node = Text | Listing | Table


def read_yaml(text: str, file: str) -> Table:
    """The one mapping that a flow file is; raises FlowFaults with one positioned fault otherwise."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    _refuse_unreadable(text, file)
    return _Reader(text, file).document()


def _refuse_unreadable(text: str, file: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        way_out = f"the limit is {MAX_BYTES // 1024} KB: split it into one file per merchant"
        raise FlowFaults([error(file, Place(1, 1), f"the file has {size // 1024} KB; {way_out}", "too-big")])
    found = FORBIDDEN.search(text)
    if found:
        before = text[: found.start()]
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        code = f"U+{ord(found.group()):04X}"
        raise FlowFaults(
            [error(file, place, f"the character {code} cannot be here; delete it", "bad-character")]
        )


class _Reader:
    """Builds nodes from PyYAML's parser events, refusing as it goes, so that no bomb is ever unpacked."""

    def __init__(self, text: str, file: str) -> None:
        self._lines = text.split("\n")
        self._file = file
        self._nodes = 0
        self._loader: Any = yaml.SafeLoader(text)

    def document(self) -> Table:
        events = self._events()
        next(events)
        started = next(events)
        if isinstance(started, yaml.StreamEndEvent):
            self._refuse(
                Place(1, 1), "the file is empty; a flow begins with 'flow_version: 1'", "yaml-syntax"
            )
        if getattr(started, "version", None) or getattr(started, "tags", None):
            self._refuse(_place(started), "remove the line that begins with '%'", "yaml-syntax")
        root = self._node(next(events), events, depth=1)
        next(events)
        after = next(events)
        if not isinstance(after, yaml.StreamEndEvent):
            text = "a second document begins here; write one flow per file, without '---' between parts"
            self._refuse(_place(after), text, "yaml-several-documents")
        if not isinstance(root, Table):
            text = "a flow is made of 'key: value' lines, beginning with 'flow_version: 1'"
            self._refuse(root.place, text, "yaml-syntax")
        return root

    def _events(self) -> Iterator[Any]:
        while True:
            try:
                if not self._loader.check_event():
                    return
                event = self._loader.get_event()
            except yaml.MarkedYAMLError as problem:
                self._refuse_syntax(problem)
            except (yaml.YAMLError, ValueError, OverflowError):
                mark = self._loader.get_mark()
                text = "this cannot be read; look for an odd escape such as \\U in a text"
                self._refuse(Place(mark.line + 1, mark.column + 1), text, "yaml-syntax")
            yield event

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        place = _place(event)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse(place, f"the file has more than {MAX_NODES:,} values; split it", "too-big")
        if depth > MAX_DEPTH:
            self._refuse(place, f"this is nested more than {MAX_DEPTH} levels deep; flatten it", "too-deep")
        if isinstance(event, yaml.AliasEvent):
            text = f"'*{event.anchor}' repeats another part, which flows do not allow; write it out (for the key * write star)"
            self._refuse(place, text, "yaml-alias")
        if event.anchor is not None:
            text = f"'&{event.anchor}' names a part for repeating, which flows do not allow; remove it"
            self._refuse(place, text, "yaml-anchor")
        if event.tag is not None:
            text = f"the tag '{event.tag}' is not allowed; remove it, or put quotes round the text"
            self._refuse(place, text, "yaml-tag")
        if isinstance(event, yaml.ScalarEvent):
            return self._text(event, place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._listing(events, depth, place)
        return self._table(events, depth, place)

    def _text(self, event: Any, place: Place) -> Text:
        bad = FORBIDDEN.search(event.value)
        if bad:
            code = f"U+{ord(bad.group()):04X}"
            self._refuse(place, f"the text holds the character {code}; delete its escape", "bad-character")
        return Text(event.value, place, quoted=event.style is not None)

    def _listing(self, events: Iterator[Any], depth: int, place: Place) -> Listing:
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, depth + 1))
        return Listing(tuple(items), place)

    def _table(self, events: Iterator[Any], depth: int, place: Place) -> Table:
        entries: list[tuple[Text, Node]] = []
        seen: dict[str, Place] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._key(self._node(event, events, depth + 1), seen)
            seen[key.value] = key.place
            entries.append((key, self._node(next(events), events, depth + 1)))
        return Table(tuple(entries), place)

    def _key(self, key: Node, seen: dict[str, Place]) -> Text:
        if not isinstance(key, Text) or not key.value:
            self._refuse(key.place, "a key must be one word; put quotes round it", "yaml-syntax")
        if key.value == "<<":
            text = "'<<' (merging another part) is not allowed; write the keys out"
            self._refuse(key.place, text, "yaml-merge")
        if key.value in seen:
            first = seen[key.value].line
            text = f"'{key.value}' is here twice, first in line {first}; remove or rename one"
            self._refuse(key.place, text, "duplicate-key")
        return key

    def _refuse_syntax(self, problem: yaml.MarkedYAMLError) -> NoReturn:
        mark = problem.problem_mark or problem.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        line = self._lines[place.line - 1] if place.line <= len(self._lines) else ""
        self._refuse(place, explain(problem.problem or "", problem.context or "", line), "yaml-syntax")

    def _refuse(self, place: Place, text: str, rule: str) -> NoReturn:
        raise FlowFaults([error(self._file, place, text, rule)])


def explain(problem: str, context: str, line: str) -> str:
    """PyYAML's complaint in words that name the usual cause and the way out."""
    if "\\t" in problem or line[: len(line) - len(line.lstrip())].count("\t"):
        return "there is a tab in the indentation; use spaces"
    if "mapping values are not allowed" in problem:
        return "a second ': ' in one line; put quotes round the text"
    if "alias" in context or "anchor" in context:
        return "'*' or '&' cannot stand here; for the keys * and # write star and hash, or put quotes round the text"
    if "cannot start any token" in problem:
        return "a text cannot begin with this character; put quotes round the text"
    if "quoted scalar" in context:
        return "a quoted text has no end, or a wrong escape; in 'single quotes' write '' for ', or use \"double quotes\""
    if "flow mapping" in context or "flow sequence" in context or "flow node" in context:
        return "the braces or brackets do not fit; close each { with } and each [ with ], and write star and hash for * and #"
    if "block mapping" in context or "block sequence" in context or "block collection" in context:
        return "this does not line up with the lines above; indent it like its neighbours, or put quotes round the text"
    if "sequence entries are not allowed" in problem:
        return "a list cannot begin in the middle of a line; put each '- ' on a line of its own, or quotes round the text"
    if "tag" in context or "tag" in problem:
        return "'!' begins a tag, which flows do not have; remove it, or put quotes round the text"
    if "block scalar" in context:
        return "'|' and '>' begin a text on the lines below; put quotes round a text that begins with one"
    if "node content" in problem:
        return "a value is missing here, or a bracket has no partner"
    if "<document start>" in problem:
        return "this does not belong to the lines above; indent it like its neighbours"
    if "could not find expected ':'" in problem:
        return "a key without ':'; write 'key: value', or put quotes round the text"
    return f"this is not YAML: {problem}; put quotes round texts and check the indentation"


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)
