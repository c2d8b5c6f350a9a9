"""The step `gather`."""

from collections.abc import Iterator
from dataclasses import dataclass

from callflows.actions import AskKeys
from callflows.events import Event, KeysPressed, NothingPressed
from callflows.fields import optional, required
from callflows.kinds import DIGITS, FIELD_NAME, KEY, WORDS, YES_NO, DigitCount, count, duration
from callflows.memory import Saved
from callflows.notes import Note, NoteKind
from callflows.steps.base import Go, Move, Step, Visit, Wait, onward, way_out
from callflows.texts import Words

ASKING, CONFIRMING = 0, 1
RIGHT, WRONG = "1", "2"


@dataclass(frozen=True, kw_only=True)
class GatherStep(Step):
    """Ask for digits, such as the number of an order, and remember them. Texts speak them digit by digit.

    After silence, or another number of digits, the caller is asked again; after `tries` times the call leaves through
    `no_input` or `no_match`, whichever happened last. With `confirm` the caller then presses 1 for right or 2 to enter
    them again. What is `sensitive` is never spoken or written on a ticket, and is forgotten at the next queue, forward
    or voicemail.

    order_number:
      gather: "Please enter the six digits of your order number."
      digits: 6
      save: order
      confirm: "You entered {order}. If that is right press 1, else press 2."
      next: goodbye
      no_input: goodbye
      no_match: goodbye
    """

    verb = "gather"

    text: Words = required(WORDS, "what the caller hears", key="gather")
    save: str = required(FIELD_NAME, "the variable for the digits")
    digits: DigitCount = optional(DIGITS, "how many: 6, or 4-10", DigitCount(1, 20))
    finish: str = optional(KEY, "the key that ends the input", "#")
    wait: int = optional(duration(1, 60, "6s"), "how long to wait for the next key", 6)
    tries: int = optional(count(1, 10, "3"), "how often the caller is asked", 3)
    again: Words | None = optional(WORDS, "what is said before the caller is asked again", None)
    confirm: Words | None = optional(WORDS, "read the digits back and let the caller press 1 or 2", None)
    sensitive: bool = optional(YES_NO, "whether the digits are a secret, such as a PIN", False)
    next: str = onward("the step after good digits", silent=False)
    no_input: str | None = way_out("when no key is pressed", silent=True)
    no_match: str | None = way_out("when it is another number of digits, or not confirmed")

    def enter(self, visit: Visit) -> Move:
        return Wait((self._ask(visit),), (self.note(NoteKind.DIGITS_ASKED, attempt=1),))

    def resume(self, visit: Visit, event: Event) -> Move:
        if visit.session.stage == CONFIRMING:
            return self._confirmed(visit, event)
        match event:
            case KeysPressed(keys) if keys.isdigit() and self.digits.fits(keys):
                return self._taken(visit, keys)
            case KeysPressed(keys):
                return self._once_more(visit, "no_match", self.note(NoteKind.NO_MATCH, digits=len(keys)))
            case NothingPressed():
                return self._once_more(visit, "no_input", self.note(NoteKind.NO_INPUT))
            case _:
                return super().resume(visit, event)

    def saves(self) -> Iterator[Saved]:
        yield Saved(self.save, self.place("save"), by_digit=True, sensitive=self.sensitive)

    def _taken(self, visit: Visit, keys: str) -> Move:
        shown = f"{len(keys)} digits" if self.sensitive else keys
        note = self.note(NoteKind.DIGITS_TAKEN, name=self.save, value=shown)
        changes = visit.remembering({self.save: keys})
        if self.confirm is None:
            return Go(self.next, notes=(note,), changes=changes)
        return self._read_back(visit.after(changes), (note,))

    def _read_back(self, visit: Visit, notes: tuple[Note, ...]) -> Move:
        prompt = visit.say(self.confirm or "")
        changes = {"variables": visit.session.variables, "stage": CONFIRMING}
        asked = AskKeys((prompt,), max_keys=1, wait_seconds=self.wait)
        return Wait((asked,), notes, tries=visit.session.tries, changes=changes)

    def _confirmed(self, visit: Visit, event: Event) -> Move:
        match event:
            case KeysPressed(keys) if keys == RIGHT:
                return Go(self.next, notes=(self.note(NoteKind.OPTION_SELECTED, key=RIGHT),))
            case KeysPressed(keys) if keys == WRONG:
                return self._once_more(visit, "no_match", self.note(NoteKind.OPTION_SELECTED, key=WRONG))
            case KeysPressed():
                return self._once_more(visit, "no_match", self.note(NoteKind.NO_MATCH), stage=CONFIRMING)
            case NothingPressed():
                return self._once_more(visit, "no_input", self.note(NoteKind.NO_INPUT), stage=CONFIRMING)
            case _:
                return super().resume(visit, event)

    def _once_more(self, visit: Visit, exit_name: str, note: Note, stage: int = ASKING) -> Move:
        asked = visit.session.tries + 1
        if asked >= self.tries:
            return self.leave(exit_name, notes=(note,))
        if stage == CONFIRMING:
            return self._read_back(visit.after({"tries": asked}), (note,))
        presented = self.note(NoteKind.DIGITS_ASKED, attempt=asked + 1)
        return Wait(
            (self._ask(visit, self.again),), (note, presented), tries=asked, changes={"stage": ASKING}
        )

    def _ask(self, visit: Visit, before: Words | None = None) -> AskKeys:
        texts = (before, self.text) if before else (self.text,)
        prompts = tuple(visit.say(text) for text in texts)
        # With a fixed number of digits nobody has to press another key, and the finish key ends a shorter input.
        return AskKeys(prompts, self.digits.most, self.wait, self.finish, sensitive=self.sensitive)
