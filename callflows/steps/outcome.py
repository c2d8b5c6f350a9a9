"""The step `outcome`."""

from collections.abc import Iterator
from dataclasses import dataclass

from callflows.faults import Place
from callflows.fields import FALLBACK, required
from callflows.kinds import OUTCOME_NAME
from callflows.steps.base import Exit, Go, Move, Step, Visit


@dataclass(frozen=True, kw_only=True)
class OutcomeStep(Step):
    """End a module and go on in the flow that uses it. Only modules have this step.

    found:
      outcome: known
    """

    verb = "outcome"

    outcome: str = required(OUTCOME_NAME, "one of the module's outcomes", key="outcome")

    to: str | None = None  # where the flow goes on, known when the flow is put together
    asked_at: Place | None = None

    def enter(self, visit: Visit) -> Move:
        return Go(self.to)

    def exits(self) -> Iterator[Exit]:
        """Where the flow says; else its fallback."""
        yield Exit("outcome", self.to, FALLBACK, True, self.asked_at or self.place("outcome"))
