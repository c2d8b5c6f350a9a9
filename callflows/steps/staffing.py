"""The step `staffing`."""

from dataclasses import dataclass

from callflows.fields import required
from callflows.kinds import QUEUE_NAME
from callflows.notes import NoteKind
from callflows.steps.base import Move, Step, Visit, onward, way_out
from callflows.world import Staffing


@dataclass(frozen=True, kw_only=True)
class StaffingStep(Step):
    """Look who is there for a queue and go on by it: somebody is free, all talk, all are away, nobody is signed in, or nobody takes it.

    who_is_there:
      staffing: sales
      available: sales_line
      all_busy: sales_line
      all_away: leave_message
      nobody: leave_message
    sales_line: {queue: sales}
    """

    verb = "staffing"

    queue: str = required(QUEUE_NAME, "the queue to look at", key="staffing")
    available: str = onward("when an agent is free")
    all_busy: str | None = way_out(
        "when agents are there and every one talks or rings", otherwise="available", silent=True
    )
    all_away: str | None = way_out(
        "when all who are signed in have gone away", otherwise="nobody", silent=True
    )
    nobody: str = onward("when no agent of the queue is signed in")
    no_members: str | None = way_out("when no agent takes the queue at all", otherwise="nobody", silent=True)

    def enter(self, visit: Visit) -> Move:
        found = visit.world.staffing.get(self.queue, Staffing.AVAILABLE)
        note = self.note(NoteKind.STAFFING_CHECKED, queue=self.queue, result=str(found))
        return self.leave(str(found), notes=(note,))
