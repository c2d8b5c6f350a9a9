"""The step `voicemail`."""

from dataclasses import dataclass

from callflows.actions import TakeVoicemail
from callflows.events import Event, NothingPressed, VoicemailTaken
from callflows.fields import optional, required
from callflows.kinds import WORDS, duration
from callflows.notes import NoteKind
from callflows.steps.base import Move, Step, Visit, Wait, onward, way_out
from callflows.texts import Words

SHORTEST_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class VoicemailStep(Step):
    """Ask for a message and record it, until the caller presses a key, falls silent or reaches `max_length`.

    leave_message:
      voicemail: "Please leave your name and number after the tone. Press any key when you are done."
      max_length: 2m
      next: goodbye
    """

    verb = "voicemail"
    recorded = True

    text: Words = required(WORDS, "what the caller hears before the tone", key="voicemail")
    max_length: int = optional(duration(5, 600, "3m"), "the longest message", 180)
    silence: int = optional(duration(1, 30, "5s"), "how much silence ends the message", 5)
    next: str = onward("the step after the message", silent=False)
    too_short: str | None = way_out(
        "when the message is shorter than a second", otherwise="next", silent=True
    )

    def enter(self, visit: Visit) -> Move:
        taken = TakeVoicemail(max_seconds=self.max_length, silence_seconds=self.silence)
        return Wait((visit.say(self.text), taken), (self.note(NoteKind.VOICEMAIL_OFFERED),))

    def resume(self, visit: Visit, event: Event) -> Move:
        match event:
            case VoicemailTaken(seconds):
                return self.leave("too_short" if seconds < SHORTEST_SECONDS else "next")
            case NothingPressed():  # nobody spoke
                return self.leave("too_short")
            case _:
                return super().resume(visit, event)
