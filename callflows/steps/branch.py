"""The step `branch`."""

from dataclasses import dataclass

from callflows.cases import CASES, Case
from callflows.fields import required
from callflows.notes import NoteKind
from callflows.steps.base import Move, Step, Visit, onward


@dataclass(frozen=True, kw_only=True)
class BranchStep(Step):
    """Go by what is known about the call: the first case that fits wins, else `otherwise`.

    A case names a field of the call or a variable, and one test: `is` a value, `in` a list, `starts` with a text,
    `over` or `under` a number. Capitals do not count; `is: ""` fits when nothing is known. There are no expressions.

    who_calls:
      branch:
        - {field: country, in: [GB, IE], next: leave_message}
        - {field: caller, is: "", next: goodbye}
      otherwise: leave_message
    """

    verb = "branch"

    cases: tuple[Case, ...] = required(CASES, "the cases, in order", key="branch", silent=True)
    otherwise: str = onward("the step when no case fits")

    def enter(self, visit: Visit) -> Move:
        for count, case in enumerate(self.cases, start=1):
            if case.fits(visit.value(case.field) or ""):
                note = self.note(NoteKind.BRANCHED, field=case.field, case=count)
                return self.leave(f"branch.{count}", notes=(note,))
        return self.leave("otherwise", notes=(self.note(NoteKind.BRANCHED, case=0),))
