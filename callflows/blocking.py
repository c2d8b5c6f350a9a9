"""Callers who are not served."""

from dataclasses import dataclass

from callflows.fields import optional, required
from callflows.kinds import DAYS, NUMBER, WORDS, YES_NO, several
from callflows.texts import Words


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """Numbers whose calls end with a sentence, before any step. A call that is blocked is on the record like any other.

    blocked:
      numbers: ["+12025550666"]
      say: "We cannot take your call. Goodbye."
    """

    numbers: tuple[str, ...] = optional(several(NUMBER, "telephone numbers"), "the callers' numbers", ())
    withheld: bool = optional(YES_NO, "whether callers who withhold their number are blocked too", False)
    say: Words = required(WORDS, "what a blocked caller hears")

    def blocks(self, number: str | None) -> bool:
        """Whether this caller is not served; `number` is None when it is withheld."""
        return self.withheld if number is None else number in self.numbers


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long recordings are kept, from the day of the call; for ever when it is left out.

    Then they are erased, here and at the carrier, within the hour, and the ticket says so. What counts is the flow that
    is live, for all calls. Backups are yours to erase.

    retention: {recordings: 90d, voicemails: 30d}
    """

    recordings: int | None = optional(DAYS, "recordings of talks", None)
    voicemails: int | None = optional(DAYS, "messages", None)
