"""Two flows compared by what they mean: steps that came and went, words, times and ways that changed; never lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callflows.fields import specs
from callflows.flow import Flow
from callflows.steps.base import Step
from callflows.tools.values import as_written
from callflows.tools.ways import leads_to
from callflows.versions import content

END = "the end"


class Sign(StrEnum):
    """What became of something."""

    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


@dataclass(frozen=True)
class Change:
    """One difference: of what, which value of it, before and after ("" when there is none)."""

    sign: Sign
    what: str
    key: str = ""
    before: str = ""
    after: str = ""

    def line(self) -> str:
        """In one line."""
        if self.sign is not Sign.CHANGED:
            return f"{self.sign} {self.what}" + (
                f": {self.after or self.before}" if self.after or self.before else ""
            )
        return f"{self.sign} {self.what}: {self.key + ': ' if self.key else ''}{self.before or '-'} -> {self.after or '-'}"


def changes(before: Flow, after: Flow) -> list[Change]:
    """All differences, the file's own keys first, then step by step; none when the two mean the same."""
    if before.digest and before.digest == after.digest:
        return []
    return [*_head(before, after), *_steps(before, after)]


def _head(before: Flow, after: Flow) -> Iterator[Change]:
    for field, spec in specs(Flow):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if field.name == "steps" or content(old) == content(new):
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _table(spec.key.removesuffix("s").replace("_", " "), old, new)
        elif specs_of(old):
            yield from _parts(spec.key, old, new)
        else:
            kind = spec.kind.name
            yield Change(Sign.CHANGED, spec.key, "", as_written(old, kind), as_written(new, kind))


def _table(what: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in new.keys() - old.keys():
        yield Change(Sign.ADDED, f"{what} {name}", after=as_written(new[name]))
    for name in old.keys() - new.keys():
        yield Change(Sign.REMOVED, f"{what} {name}", before=as_written(old[name]))
    for name in old:
        if name in new and content(old[name]) != content(new[name]):
            yield from _parts(f"{what} {name}", old[name], new[name])


def _parts(what: str, old: Any, new: Any) -> Iterator[Change]:
    """Field by field where both are of one kind, else as a whole."""
    if type(old) is not type(new) or not specs_of(old):
        yield Change(Sign.CHANGED, what, "", as_written(old), as_written(new))
        return
    for field, spec in specs(type(old)):
        was, is_ = getattr(old, field.name), getattr(new, field.name)
        if content(was) != content(is_) and spec.kind.refers != "step":
            kind = spec.kind.name
            yield Change(Sign.CHANGED, what, spec.key, as_written(was, kind), as_written(is_, kind))
    was, is_ = (getattr(part, "rung_in_order", ()) for part in (old, new))
    if was != is_ and set(was) == set(is_):
        yield Change(Sign.CHANGED, what, "order", ", ".join(was), ", ".join(is_))


def _steps(before: Flow, after: Flow) -> Iterator[Change]:
    gone = [name for name in before.steps if name not in after.steps]
    come = [name for name in after.steps if name not in before.steps]
    renamed = _renamed(before, after, gone, come)
    for old, new in renamed.items():
        yield Change(Sign.CHANGED, f"step {old}", "renamed", old, new)
    for name in gone:
        if name not in renamed:
            yield Change(Sign.REMOVED, f"step {name}", before=before.steps[name].verb)
    for name in come:
        if name not in renamed.values():
            yield Change(Sign.ADDED, f"step {name}", after=after.steps[name].verb)
    for name, step in after.steps.items():
        if name in before.steps:
            yield from _step(before, after, before.steps[name], step, renamed)


def _step(before: Flow, after: Flow, old: Step, new: Step, renamed: Mapping[str, str]) -> Iterator[Change]:
    what = f"step {new.name}"
    if type(old) is not type(new):
        yield Change(Sign.CHANGED, what, "", old.verb, new.verb)
    else:
        yield from _parts(what, old, new)
    was, is_ = _exits(before, old), _exits(after, new)
    for exit_ in dict.fromkeys([*was, *is_]):
        from_, to = was.get(exit_, ""), is_.get(exit_, "")
        if renamed.get(from_, from_) != to:
            yield Change(Sign.CHANGED, what, f"exit {_short(exit_)}", from_, to)


def _exits(flow: Flow, step: Step) -> dict[str, str]:
    return {one.name: leads_to(flow, step, one) or END for one in step.exits()}


def _renamed(before: Flow, after: Flow, gone: list[str], come: list[str]) -> dict[str, str]:
    """Steps that say and do the same under another name."""
    found: dict[str, str] = {}
    for old in gone:
        same = [new for new in come if content(before.steps[old]) == content(after.steps[new])]
        if len(same) == 1 and same[0] not in found.values():
            found[old] = same[0]
    return found


def specs_of(value: Any) -> bool:
    """Whether a value is a part with fields of its own."""
    return hasattr(type(value), "__dataclass_fields__") and bool(specs(type(value)))


def _short(exit_: str) -> str:
    name = exit_.rpartition(".")[2]
    return {"*": "star", "#": "hash"}.get(name, name)
