"""Forms whose names have come before, in the same order: read, and every shape checked, by one regular expression.

A call's requests look alike, so the names of a genuine form are kept as a layout. The next body that fits one needs no
taking apart, no sorting and no look at each field. What fits none is read in full by form.py and shapes.py, which alone
decide what is right: a layout lets nothing through that they refuse (tests/wire/test_layouts.py).
"""

import re
from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

from voice.form import BETWEEN, MAX_BYTES, unescaped
from voice.shapes import AFTER_ALL, KNOWN, READ, between

MOST = 8  # layouts with the same number of fields
_NOT = f"[^{BETWEEN}]"


class Reading(NamedTuple):
    """What a body says: its account, what of it is signed, and the fields that we read, each of the right shape."""

    account_sid: str
    signed: str
    fields: dict[str, str]


class Layout:
    """The names of a form in their order; each is known, and there once."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        in_order = sorted(names)
        after = dict(zip(in_order, [*in_order[1:], AFTER_ALL], strict=True))
        self._fits = re.compile(
            BETWEEN.join(f"{name}=({_value(name, after[name])})" for name in names), re.ASCII
        ).fullmatch
        self._sorted = itemgetter(*map(self.names.index, in_order))
        self._signed = "".join(f"{name}%s" for name in in_order)
        self._read = tuple(name for name in names if name in READ)
        self._values = itemgetter(*map(self.names.index, self._read))

    def read(self, text: str) -> Reading | None:
        """What a body says whose escapes are undone; None when it does not fit, or a shape is wrong."""
        found = self._fits(text)
        if found is None:
            return None
        values = found.groups()
        fields = {
            name: value
            for name, value in zip(self._read, self._values(values), strict=True)
            if value or name == "Digits"
        }
        return Reading(fields.get("AccountSid", ""), self._signed % self._sorted(values), fields)


class Layouts:
    """The layouts of a process; each was a genuine request once, so strangers cannot fill it."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Layout, ...]] = {}

    def read(self, body: bytes) -> Reading | None:
        """What a body says, when it has a known layout; None: it must be read in full."""
        layouts = self._known.get(body.count(b"&") + 1)
        text = unescaped(body) if layouts and len(body) <= MAX_BYTES else None
        if layouts is None or text is None:
            return None
        for layout in layouts:
            reading = layout.read(text)
            if reading is not None:
                return reading
        return None

    def learn(self, names: Sequence[str]) -> None:
        """Keep the layout of a request that was found genuine and right."""
        known = self._known.get(len(names), ())
        is_new = all(layout.names != tuple(names) for layout in known)
        if is_new and len(known) < MOST and _is_plain(names):
            self._known[len(names)] = (*known, Layout(names))


def _is_plain(names: Sequence[str]) -> bool:
    """Whether nothing about these names needs a judgement: all are known, once, and tell whose call it is."""
    once = set(names)
    return len(once) == len(names) and once >= {"AccountSid", "CallSid"} and once <= KNOWN.keys()


def _value(name: str, following: str) -> str:
    """A pattern of a field's value, empty or right; a loose one hides no name that would be sorted after its own."""
    shape = KNOWN[name]
    pattern = f"(?:{shape.pattern})?" if name in READ else f"{_NOT}*+"
    hidden = between(name, following) if shape.loose else []
    if not hidden:
        return pattern
    firsts, names = "".join(sorted({one[0] for one in hidden})), "|".join(hidden)
    other = f"[^{BETWEEN}{firsts}]*+"  # as far as the next letter with which one of them could begin
    return f"(?!{other}(?:(?!{names})[{firsts}]{other})*+(?:{names})){pattern}"
