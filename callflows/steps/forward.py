"""The step `forward`."""

from dataclasses import dataclass

from callflows.actions import Forward
from callflows.events import Event, ForwardEnded
from callflows.fields import ENDS, optional, required
from callflows.kinds import NUMBER, duration
from callflows.notes import NoteKind
from callflows.steps.base import Move, Step, Visit, Wait, way_out


@dataclass(frozen=True, kw_only=True)
class ForwardStep(Step):
    """Call another number and join the caller to it. After a talk the call ends, unless `answered` leads on.

    owners_mobile:
      forward: "+12025550199"
      ring: 25s
      busy: leave_message
      no_answer: leave_message
      failed: leave_message
    """

    verb = "forward"
    recorded = True

    number: str = required(NUMBER, "the number to call", key="forward")
    ring: int = optional(duration(5, 120, "25s"), "how long it rings", 25)
    answered: str | None = way_out("after the talk", otherwise=ENDS)
    busy: str | None = way_out("when the line is busy", silent=True)
    no_answer: str | None = way_out("when nobody answers", silent=True)
    failed: str | None = way_out("when the number cannot be reached", silent=True)

    def enter(self, visit: Visit) -> Move:
        forward = Forward(self.number, self.ring, record=visit.records, side=visit.side)
        return Wait((forward,), (self.note(NoteKind.FORWARDED, number=self.number),))

    def resume(self, visit: Visit, event: Event) -> Move:
        match event:
            case ForwardEnded(outcome):
                return self.leave(str(outcome))
            case _:
                return super().resume(visit, event)
