"""The step `set`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from callflows.fields import required
from callflows.kinds import PLAIN, table_of
from callflows.memory import Saved
from callflows.notes import NoteKind
from callflows.steps.base import Go, Move, Step, Visit, onward


@dataclass(frozen=True, kw_only=True)
class SetStep(Step):
    """Remember values under names; texts, branches, requests and tickets can use them. A value may hold fields.

    The name `caller` and the other fields that every call has cannot be set. A call remembers 300 bytes in all.

    remember:
      set: {wish: returns, from: "{country}"}
      next: goodbye
    """

    verb = "set"

    values: Mapping[str, str] = required(
        table_of(PLAIN, "values", '{wish: returns, shop: "{merchant}"}'), "names and their values", key="set"
    )
    next: str = onward()

    def enter(self, visit: Visit) -> Move:
        values = {name: visit.write(text) for name, text in self.values.items()}
        note = self.note(NoteKind.VARIABLES_SET, names=tuple(values))
        return Go(self.next, notes=(note,), changes=visit.remembering(values))

    def saves(self) -> Iterator[Saved]:
        for name in self.values:
            yield Saved(name, self.place(f"set.{name}"))
