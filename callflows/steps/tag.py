"""The step `tag`."""

from dataclasses import dataclass

from callflows.fields import required
from callflows.kinds import TAG, several
from callflows.notes import NoteKind
from callflows.steps.base import Go, Move, Step, Visit, onward


@dataclass(frozen=True, kw_only=True)
class TagStep(Step):
    """Put tags on the call's ticket.

    about_returns:
      tag: [returns, vip]
      next: goodbye
    """

    verb = "tag"

    tags: tuple[str, ...] = required(several(TAG, "tags"), "one tag or a list of them", key="tag")
    next: str = onward()

    def enter(self, visit: Visit) -> Move:
        return Go(self.next, notes=(self.note(NoteKind.TAGGED, tags=self.tags),))
