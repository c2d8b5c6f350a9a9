"""The step `flow`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from callflows.fields import optional, required
from callflows.kinds import MODULE_NAME, PLAIN, STEP_NAME, table_of
from callflows.memory import Saved
from callflows.notes import NoteKind
from callflows.steps.base import Exit, Go, Move, Step, Visit

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class FlowStep(Step):
    """Run a module of an included file, and go on by how it ends.

    An outcome that is not written goes to the flow's fallback.

    which_order:
      flow: order_number
      with: {shop: "{merchant}"}
      outcomes: {known: goodbye, unknown: leave_message}
    """

    verb = "flow"

    module: str = required(MODULE_NAME, "the module", key="flow")
    arguments: Mapping[str, str] = optional(
        table_of(PLAIN, "values", '{shop: "{merchant}"}'),
        "values for the module's arguments",
        NOTHING,
        key="with",
    )
    outcomes: Mapping[str, str] = required(
        table_of(STEP_NAME, "outcomes and steps", "{known: goodbye}"), "where each outcome leads"
    )

    entry: str = ""  # the module's first step in this flow, known when the flow is put together

    def enter(self, visit: Visit) -> Move:
        values = {name: visit.write(text) for name, text in self.arguments.items()}
        note = self.note(NoteKind.MODULE_ENTERED, module=self.module)
        return Go(self.entry, notes=(note,), changes=visit.remembering(values) if values else None)

    def exits(self) -> Iterator[Exit]:
        """Into the module; its outcomes are exits of its own steps."""
        yield Exit("flow", self.entry, "", True, self.place("flow"))

    def saves(self) -> Iterator[Saved]:
        for name in self.arguments:
            yield Saved(name, self.place(f"with.{name}"))
