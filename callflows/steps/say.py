"""The step `say`."""

from dataclasses import dataclass

from callflows.fields import optional, required
from callflows.kinds import LANGUAGE, VOICE, WORDS
from callflows.notes import NoteKind
from callflows.steps.base import Go, Move, Step, Visit, onward
from callflows.texts import Words


@dataclass(frozen=True, kw_only=True)
class SayStep(Step):
    """Say words to the caller, then go on.

    greeting:
      say: "Thank you for calling {merchant}."
      next: goodbye
    """

    verb = "say"

    text: Words = required(WORDS, "what the caller hears", key="say")
    language: str | None = optional(LANGUAGE, "the language, if not the flow's own", None)
    voice: str | None = optional(VOICE, "the voice, if not the flow's own", None)
    next: str = onward()

    def enter(self, visit: Visit) -> Move:
        said = visit.say(self.text, self.language, self.voice)
        return Go(self.next, (said,), (self.note(NoteKind.MESSAGE_PLAYED, text=said.text[:200]),))
