"""The step `hangup`."""

from dataclasses import dataclass

from callflows.fields import required
from callflows.kinds import WORDS
from callflows.notes import NoteKind
from callflows.steps.base import End, Move, Step, Visit
from callflows.texts import Words


@dataclass(frozen=True, kw_only=True)
class HangupStep(Step):
    """Say goodbye and end the call. The words are not optional: no call ends in silence.

    goodbye:
      hangup: "Thank you for calling. Goodbye."
    """

    verb = "hangup"

    text: Words = required(WORDS, "the last words", key="hangup")

    def enter(self, visit: Visit) -> Move:
        said = visit.say(self.text)
        notes = (
            self.note(NoteKind.MESSAGE_PLAYED, text=said.text[:200]),
            self.note(NoteKind.ENDING_TRIGGERED),
        )
        return End((said,), notes)
