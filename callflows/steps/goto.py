"""The step `goto`."""

from dataclasses import dataclass

from callflows.fields import required
from callflows.kinds import STEP_NAME
from callflows.steps.base import Go, Move, Step, Visit


@dataclass(frozen=True, kw_only=True)
class GotoStep(Step):
    """Go on at another step; a name for a place that other steps lead to.

    after_hours:
      goto: leave_message
    """

    verb = "goto"

    to: str = required(STEP_NAME, "the step to go to", key="goto", missing_rule="dead-end", silent=True)

    def enter(self, visit: Visit) -> Move:
        return Go(self.to)
