"""The step `callback`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from callflows.actions import AskKeys, Prompt, RequestCallback, Say
from callflows.events import CallbackOutcome, CallbackSettled, Event, KeysPressed, NothingPressed
from callflows.fields import one_of, optional, required
from callflows.kinds import QUEUE_NAME, WORDS, count, duration
from callflows.memory import Saved
from callflows.notes import Note, NoteKind
from callflows.steps.base import Move, Step, StepFailed, Visit, Wait, onward, way_out
from callflows.steps.queue import needs_of
from callflows.templates import digit_by_digit
from callflows.texts import Words
from callflows.words import CALL_BACK_HERE, NOT_CALLED, NUMBER_PLEASE, WE_CALL_BACK, in_language

CONFIRMING, ENTERING, SETTLING = 0, 1, 2
RIGHT, ANOTHER = "1", "2"
TRIES = 3
LONGEST_NUMBER = 16
KNOWN_AS = "callback_number"


@dataclass(frozen=True, kw_only=True)
class CallbackStep(Step):
    """Promise to call back. Who comes from a queue keeps the place in it, and an agent calls when it is the caller's turn.

    With `number: confirm` the caller's number is read back, with `ask` another one is entered. The promise is for the
    number in `callback_number`. Who asks twice for one queue keeps one place; who calls again and waits in that queue has
    the place at once, and is called all the same when no agent answers there. In one call the later number counts. `attempts`
    count from the first; a callback that nobody can make within a week has failed. Where the queue has `hours`, nobody is
    called outside them.

    call_me_back:
      callback: sales
      number: confirm
      accepted: goodbye
      refused: leave_message
    """

    verb = "callback"
    recorded = False

    queue: str = required(QUEUE_NAME, "the queue whose agents call back", key="callback")
    number: str = optional(one_of(("confirm", "ask"), "a way"), "which number to call", "confirm")
    say: Words | None = optional(WORDS, "what the caller hears before", None)
    thanks: Words | None = optional(
        WORDS, "what the caller hears once it is promised, if not a sentence of ours", None
    )
    delay: int = optional(duration(0, 259_200, "10m"), "not sooner than this", 0)
    attempts: int = optional(count(1, 9, "3"), "how often it is tried", 3)
    retry: int = optional(duration(60, 259_200, "30m"), "the time between two attempts", 1800)
    accepted: str = onward("when a number is agreed on", silent=False)
    refused: str | None = way_out("when the caller does not want it, or gives no number")

    def enter(self, visit: Visit) -> Move:
        if self.queue not in visit.flow.queues:
            raise StepFailed(f"there is no queue '{self.queue}'")
        before = (visit.say(self.say),) if self.say else ()
        caller = visit.value("caller") if self.number == "confirm" else ""
        if not caller:
            return self._ask(visit, 0, before)
        return self._read_back(visit, caller, 0, before)

    def resume(self, visit: Visit, event: Event) -> Move:
        match event, visit.session.stage:
            case CallbackSettled(CallbackOutcome.ACCEPTED), _:
                return self._promised(visit)
            case CallbackSettled(), _:
                refused = self.note(NoteKind.CALLBACK_REFUSED, queue=self.queue)
                return self._once_more(visit, refused, ENTERING, in_language(NOT_CALLED, visit.language))
            case KeysPressed(keys), stage if stage == CONFIRMING and keys == RIGHT:
                return self._settle(visit)
            case KeysPressed(keys), stage if stage == CONFIRMING and keys == ANOTHER:
                return self._ask(visit, 0, (), self.note(NoteKind.OPTION_SELECTED, key=ANOTHER))
            case KeysPressed(keys), stage if stage == ENTERING and keys.isdigit():
                taken = self.note(NoteKind.DIGITS_TAKEN, name=KNOWN_AS, value=keys)
                return self._read_back(visit, keys, 0, (), taken)
            case KeysPressed(), stage:
                return self._once_more(visit, self.note(NoteKind.NO_MATCH), stage)
            case NothingPressed(), stage:
                return self._once_more(visit, self.note(NoteKind.NO_INPUT), stage)
            case _:
                return super().resume(visit, event)

    def saves(self) -> Iterator[Saved]:
        yield Saved(KNOWN_AS, self.place("number"), by_digit=True, by_itself=True)

    def _promised(self, visit: Visit) -> Move:
        asked = self.note(
            NoteKind.CALLBACK_ASKED, queue=self.queue, number=visit.session.value(KNOWN_AS) or ""
        )
        words = (
            visit.say(self.thanks) if self.thanks else _ours(visit, in_language(WE_CALL_BACK, visit.language))
        )
        return self.leave("accepted", (words,), (asked,))

    def _settle(self, visit: Visit) -> Wait:
        """Whether the number may be called is for others to say, within the same turn."""
        queue = visit.flow.queues[self.queue]
        wish = RequestCallback(
            queue=self.queue,
            number=visit.session.value(KNOWN_AS) or "",
            delay_seconds=self.delay,
            attempts=self.attempts,
            retry_seconds=self.retry,
            record=visit.records,
            side=visit.side,
            needs=needs_of(queue.skills, queue.relax),
        )
        chosen = self.note(NoteKind.OPTION_SELECTED, key=RIGHT)
        return Wait((wish,), (chosen,), tries=visit.session.tries, changes={"stage": SETTLING})

    def _once_more(self, visit: Visit, note: Note, stage: int, before: str = "") -> Move:
        tries = visit.session.tries + 1
        if tries >= TRIES:
            return self.leave("refused", notes=(note,))
        said = (_ours(visit, before),) if before else ()
        if stage == CONFIRMING:
            return self._read_back(visit, visit.session.value(KNOWN_AS) or "", tries, said, note)
        return self._ask(visit, tries, said, note)

    def _read_back(
        self, visit: Visit, number: str, tries: int, before: tuple[Prompt, ...], *notes: Note
    ) -> Wait:
        asked = in_language(CALL_BACK_HERE, visit.language).format(number=digit_by_digit(number))
        prompts = (*before, _ours(visit, asked))
        changes: dict[str, Any] = {**visit.remembering({KNOWN_AS: number}), "stage": CONFIRMING}
        offered = self.note(NoteKind.CALLBACK_OFFERED, queue=self.queue)
        return Wait((AskKeys(prompts, max_keys=1),), (*notes, offered), tries=tries, changes=changes)

    def _ask(self, visit: Visit, tries: int, before: tuple[Prompt, ...], *notes: Note) -> Wait:
        prompts = (*before, _ours(visit, in_language(NUMBER_PLEASE, visit.language)))
        asked = AskKeys(prompts, max_keys=LONGEST_NUMBER, finish_key="#")
        noted = (*notes, self.note(NoteKind.DIGITS_ASKED, attempt=tries + 1))
        return Wait((asked,), noted, tries=tries, changes={"stage": ENTERING})


def _ours(visit: Visit, text: str) -> Say:
    """A sentence of ours in the call's language."""
    return Say(text, visit.language, visit.flow.voice_for(visit.language))
