"""The step `ring`."""

from dataclasses import dataclass

from callflows.fields import ENDS, optional, required
from callflows.kinds import PERSON_NAME, duration
from callflows.steps.base import Move, Step, StepFailed, Visit, way_out


@dataclass(frozen=True, kw_only=True)
class RingStep(Step):
    """Ring one agent or one team, without a queue. Not served yet: let callers wait in a queue of that agent or team.

    ring_the_owner:
      ring: owner
      no_answer: leave_message
    """

    verb = "ring"
    recorded = True
    served = False

    whom: str = required(PERSON_NAME, "the agent or team", key="ring")
    time: int = optional(duration(5, 120, "25s"), "how long it rings", 25)
    answered: str | None = way_out("after the talk", otherwise=ENDS)
    busy: str | None = way_out("when everybody talks", otherwise="no_answer", silent=True)
    no_answer: str | None = way_out("when nobody answers", silent=True)

    def enter(self, visit: Visit) -> Move:
        raise StepFailed("the step ring is not served yet")
