"""The step `ticket`."""

from collections.abc import Mapping
from dataclasses import dataclass

from callflows.fields import required
from callflows.kinds import PLAIN, table_of
from callflows.notes import NoteKind
from callflows.steps.base import Go, Move, Step, Visit, onward


@dataclass(frozen=True, kw_only=True)
class TicketStep(Step):
    """Write fields on the call's ticket, where the agent reads them. The flow lists the fields under `ticket_fields`.

    tell_the_agent:
      ticket: {reason: "a return from {country}"}
      next: goodbye
    """

    verb = "ticket"

    values: Mapping[str, str] = required(
        table_of(PLAIN, "ticket fields", '{reason: "a return"}', refers="ticket field"),
        "ticket fields and what to write",
        key="ticket",
    )
    next: str = onward()

    def enter(self, visit: Visit) -> Move:
        written = {name: visit.write(text) for name, text in self.values.items()}
        labels = visit.flow.ticket_fields
        told = tuple(f"{labels.get(name, name)}: {value}" for name, value in written.items() if value)
        note = self.note(NoteKind.TICKET_FILLED, fields=told)
        return Go(self.next, notes=(note,) if told else ())
