"""The step `survey`."""

from collections.abc import Iterator
from dataclasses import dataclass

from callflows.actions import AskKeys
from callflows.events import Event, KeysPressed, NothingPressed
from callflows.fields import optional, required
from callflows.kinds import FIELD_NAME, WORDS, count, duration
from callflows.memory import Saved
from callflows.notes import Note, NoteKind
from callflows.steps.base import Move, Step, Visit, Wait, onward, way_out
from callflows.texts import Words


@dataclass(frozen=True, kw_only=True)
class SurveyStep(Step):
    """Ask for a mark after the talk: `answered` of a queue leads here. The mark is on the ticket and in the reports.

    how_was_it:
      survey: "How did we do? Press a key from 1, poor, to 5, excellent."
      most: 5
      next: goodbye
    """

    verb = "survey"

    text: Words = required(WORDS, "what the caller hears", key="survey")
    most: int = optional(count(2, 9, "5"), "the best mark; 1 is the worst", 5)
    save: str | None = optional(FIELD_NAME, "a variable for the mark", None)
    wait: int = optional(duration(1, 60, "6s"), "how long to wait for a key after the words", 6)
    tries: int = optional(count(1, 5, "2"), "how often it is asked", 2)
    next: str = onward("the step after the mark", silent=False)
    no_answer: str | None = way_out("when no mark is given", otherwise="next", silent=True)

    def enter(self, visit: Visit) -> Move:
        return self._ask(visit, 0)

    def resume(self, visit: Visit, event: Event) -> Move:
        match event:
            case KeysPressed(keys) if keys.isdigit() and 1 <= int(keys) <= self.most:
                note = self.note(NoteKind.SURVEY_ANSWERED, mark=int(keys), most=self.most)
                changes = visit.remembering({self.save: keys}) if self.save else None
                return self.leave("next", notes=(note,), changes=changes)
            case KeysPressed():
                return self._once_more(visit, self.note(NoteKind.NO_MATCH))
            case NothingPressed():
                return self._once_more(visit, self.note(NoteKind.NO_INPUT))
            case _:
                return super().resume(visit, event)

    def saves(self) -> Iterator[Saved]:
        if self.save:
            yield Saved(self.save, self.place("save"))

    def _once_more(self, visit: Visit, note: Note) -> Move:
        if visit.session.tries + 1 >= self.tries:
            return self.leave("no_answer", notes=(note,))
        return self._ask(visit, visit.session.tries + 1, note)

    def _ask(self, visit: Visit, tries: int, *before: Note) -> Wait:
        asked = AskKeys((visit.say(self.text),), max_keys=1, wait_seconds=self.wait)
        return Wait((asked,), (*before, self.note(NoteKind.SURVEY_ASKED)), tries=tries)
