"""The step `language`."""

from dataclasses import dataclass

from callflows.fields import required
from callflows.kinds import LANGUAGE
from callflows.notes import NoteKind
from callflows.steps.base import Go, Move, Step, Visit, onward


@dataclass(frozen=True, kw_only=True)
class LanguageStep(Step):
    """Speak another language from here on. Its voice stands under `voices`; texts are written once per language.

    in_german:
      language: de-DE
      next: goodbye
    """

    verb = "language"

    to: str = required(LANGUAGE, "the language to speak", key="language")
    next: str = onward()

    def enter(self, visit: Visit) -> Move:
        spoken = "" if self.to == visit.flow.language else self.to
        note = self.note(NoteKind.LANGUAGE_CHANGED, language=self.to)
        return Go(self.next, notes=(note,), changes={"language": spoken})
