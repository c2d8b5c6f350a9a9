"""The step `recording`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from callflows.actions import AskKeys
from callflows.events import Event, KeysPressed, NothingPressed
from callflows.fields import one_of, optional, required
from callflows.kinds import KEY, SIDE, WORDS, count, duration
from callflows.notes import Note, NoteKind
from callflows.steps.base import Go, Move, Step, Visit, Wait, onward
from callflows.texts import Words

AGREE = "1"
DECIDED = {"on": True, "off": False, "announce": True}
ASKING = ("ask", "opt_out")


@dataclass(frozen=True, kw_only=True)
class RecordingStep(Step):
    """Decide whether the talks of this call are recorded, from here on.

    `on` and `off` decide; `announce` says the words and records. `ask` says the words and records only after a 1;
    silence means no. `opt_out` says the words and records unless the `key` is pressed. After announce, ask and opt_out
    the flow's own announcement is not said again. `who: caller` keeps only what the caller says, `who: agent` only what the
    caller hears: the agent, and our music and words.

    may_we_record:
      recording: ask
      say: "May we record this call to improve our service? For yes press 1, for no press 2."
      next: leave_message
    """

    verb = "recording"

    how: str = required(
        one_of((*DECIDED, *ASKING), "a way"), "on, off, announce, ask or opt_out", key="recording"
    )
    say: Words | None = optional(WORDS, "the words, for announce, ask and opt_out", None)
    key: str = optional(KEY, "the key against it, for opt_out", "9")
    wait: int = optional(duration(1, 30, "4s"), "how long to wait for a key", 4)
    tries: int = optional(count(1, 5, "2"), "how often ask asks", 2)
    who: str | None = optional(
        SIDE, "which side is recorded: caller, agent or both, if not as the flow says", None
    )
    next: str = onward()

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """What is wrong with the step as a whole."""
        if self.how in ("announce", *ASKING) and self.say is None:
            yield "recording", f"'recording: {self.how}' needs words; add 'say: \"...\"'", "missing-key"

    def enter(self, visit: Visit) -> Move:
        if self.how in ASKING:
            return self._ask(visit, tries=0)
        said = (visit.say(self.say),) if self.say else ()
        return Go(self.next, said, (self._decided(self.how),), self._changes(DECIDED[self.how]))

    def resume(self, visit: Visit, event: Event) -> Move:
        pressed = event.keys if isinstance(event, KeysPressed) else ""
        if not isinstance(event, KeysPressed | NothingPressed):
            return super().resume(visit, event)
        if self.how == "opt_out":
            return self._go_on(pressed != self.key)
        if pressed == AGREE or pressed or visit.session.tries + 1 >= self.tries:
            return self._go_on(pressed == AGREE)
        return self._ask(visit, visit.session.tries + 1)

    def _ask(self, visit: Visit, tries: int) -> Wait:
        asked = AskKeys((visit.say(self.say or ""),), max_keys=1, wait_seconds=self.wait)
        return Wait((asked,), (self.note(NoteKind.CONSENT_ASKED),), tries=tries)

    def _go_on(self, agreed: bool) -> Move:
        word = "agreed" if agreed else "refused"
        return Go(self.next, notes=(self._decided(word),), changes=self._changes(agreed))

    def _decided(self, word: str) -> Note:
        side = {"who": self.who} if self.who else {}
        return self.note(NoteKind.RECORDING_DECIDED, how=word, **side)

    def _changes(self, records: bool) -> dict[str, Any]:
        told = {"consented": True} if self.say is not None else {}
        return {"records": records, **told, **({"side": self.who} if self.who else {})}
