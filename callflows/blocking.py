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
    """How long things are kept; nothing is erased by itself when it is left out. Not served yet: nobody erases.

    retention: {recordings: 90d, voicemails: 30d}
    """

    recordings: int | None = optional(DAYS, "recordings of talks", None, served=False)
    voicemails: int | None = optional(DAYS, "messages", None, served=False)
