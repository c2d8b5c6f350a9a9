"""The step `play`."""

from dataclasses import dataclass

from callflows.actions import Play
from callflows.fields import required
from callflows.kinds import AUDIO_NAME
from callflows.notes import NoteKind
from callflows.steps.base import Go, Move, Step, Visit, onward


@dataclass(frozen=True, kw_only=True)
class PlayStep(Step):
    """Play a sound from the flow's `audio` table, then go on.

    jingle:
      play: welcome
      next: goodbye
    """

    verb = "play"

    audio: str = required(AUDIO_NAME, "the sound that the caller hears", key="play")
    next: str = onward()

    def enter(self, visit: Visit) -> Move:
        note = self.note(NoteKind.MESSAGE_PLAYED, audio=self.audio)
        return Go(self.next, (Play(visit.sound(self.audio)),), (note,))
