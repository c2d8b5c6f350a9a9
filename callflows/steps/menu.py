"""The step `menu`."""

from collections.abc import Mapping
from dataclasses import dataclass

from callflows.actions import Action, AskKeys
from callflows.events import Event, KeysPressed, NothingPressed
from callflows.fields import optional, required
from callflows.kinds import OPTIONS, WORDS, YES_NO, count, duration
from callflows.notes import Note, NoteKind
from callflows.steps.base import Go, Move, Step, Visit, Wait, way_out
from callflows.texts import Words


@dataclass(frozen=True, kw_only=True)
class MenuStep(Step):
    """Ask the caller to press one key, and go where the key leads. Keys count while the words are still spoken, unless
    `early_keys` is no.

    After silence or a wrong key the menu is heard again; after `tries` times the call leaves through `no_input`
    or `no_match`, whichever happened last.

    main_menu:
      menu: "For orders press 1. For anything else press 2. To hear this again press star."
      options: {1: goodbye, 2: goodbye, star: main_menu}
      no_input: goodbye
      no_match: goodbye
    """

    verb = "menu"

    text: Words = required(WORDS, "what the caller hears", key="menu")
    options: Mapping[str, str] = required(OPTIONS, "which key leads where: 0 to 9, star, hash")
    wait: int = optional(duration(1, 179, "6s"), "how long to wait for a key after the words", 6)
    tries: int = optional(count(1, 10, "3"), "how often the menu is heard before it gives up", 3)
    early_keys: bool = optional(YES_NO, "whether keys count while the words are still spoken", True)
    again: Words | None = optional(WORDS, "what is said before the menu is repeated", None)
    no_input: str | None = way_out("when no key is pressed", silent=True)
    no_match: str | None = way_out("when the key is none of the options")

    def enter(self, visit: Visit) -> Move:
        return Wait(self._ask(visit), (self.note(NoteKind.MENU_PRESENTED, attempt=1),))

    def resume(self, visit: Visit, event: Event) -> Move:
        match event:
            case KeysPressed(keys) if keys in self.options:
                to = self.options[keys]
                return Go(to, notes=(self.note(NoteKind.OPTION_SELECTED, key=keys, to=to),))
            case KeysPressed(keys):
                return self._once_more(visit, "no_match", self.note(NoteKind.NO_MATCH, keys=keys[:20]))
            case NothingPressed():
                return self._once_more(visit, "no_input", self.note(NoteKind.NO_INPUT))
            case _:
                return super().resume(visit, event)

    def _once_more(self, visit: Visit, exit_name: str, note: Note) -> Move:
        heard = visit.session.tries + 1
        if heard >= self.tries:
            return self.leave(exit_name, notes=(note,))
        presented = self.note(NoteKind.MENU_PRESENTED, attempt=heard + 1)
        return Wait(self._ask(visit, self.again), (note, presented), tries=heard)

    def _ask(self, visit: Visit, before: Words | None = None) -> tuple[Action, ...]:
        prompts = tuple(visit.say(text) for text in ((before, self.text) if before else (self.text,)))
        if self.early_keys:
            return (AskKeys(prompts, max_keys=1, wait_seconds=self.wait),)
        return (*prompts, AskKeys((), max_keys=1, wait_seconds=self.wait))
