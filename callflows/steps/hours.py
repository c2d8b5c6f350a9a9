"""The step `hours`."""

from dataclasses import dataclass

from callflows.fields import required
from callflows.hours import opening
from callflows.kinds import CALENDAR_NAME
from callflows.notes import NoteKind
from callflows.steps.base import Move, Step, StepFailed, Visit, onward, way_out


@dataclass(frozen=True, kw_only=True)
class HoursStep(Step):
    """Look at a calendar and go on by what it says now.

    open_now:
      hours: shop
      open: welcome
      closed: goodbye
    """

    verb = "hours"

    calendar: str = required(CALENDAR_NAME, "the calendar to look at", key="hours")
    open: str = onward("the step when it is open")
    closed: str = onward("the step when it is closed")
    holiday: str | None = way_out(
        "the step on one of the calendar's holidays", otherwise="closed", silent=True
    )

    def enter(self, visit: Visit) -> Move:
        calendar = visit.flow.calendars.get(self.calendar)
        if calendar is None:
            raise StepFailed(f"there is no calendar '{self.calendar}'")
        found = opening(calendar, visit.now)
        note = self.note(NoteKind.HOURS_CHECKED, calendar=self.calendar, result=str(found))
        return self.leave(str(found), notes=(note,))
