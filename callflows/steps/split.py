"""The step `split`."""

from dataclasses import dataclass

from callflows.fields import required
from callflows.kinds import SHARES, Share
from callflows.notes import NoteKind
from callflows.steps.base import Move, Step, Visit, onward


@dataclass(frozen=True, kw_only=True)
class SplitStep(Step):
    """Send a share of the calls each way, to try something out. The rest goes on at `rest`.

    Chance decides, but always the same way for one call at one step.

    try_the_new_menu:
      split: {goodbye: 20%}
      rest: leave_message
    """

    verb = "split"

    shares: tuple[Share, ...] = required(
        SHARES, "steps and their shares of the calls", key="split", silent=True
    )
    rest: str = onward("the step for all other calls")

    def enter(self, visit: Visit) -> Move:
        drawn = visit.world.percent(self.name)
        for count, share in enumerate(self.shares, start=1):
            if drawn < share.percent:
                return self.leave(f"split.{count}", notes=(self.note(NoteKind.SPLIT, to=share.next),))
            drawn -= share.percent
        return self.leave("rest", notes=(self.note(NoteKind.SPLIT, to=self.rest),))
