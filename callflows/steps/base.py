"""What every step is: a part of the file that is entered, may wait, and leaves through named exits."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from callflows.actions import Action, Say
from callflows.events import Event
from callflows.faults import Place
from callflows.fields import ENDS, FALLBACK, optional, required, specs
from callflows.kinds import STEP_NAME
from callflows.notes import Note, NoteKind
from callflows.session import Session
from callflows.templates import digit_by_digit, fill
from callflows.words import WITHHELD, in_language

if TYPE_CHECKING:
    from callflows.flow import Flow


class StepFailed(Exception):
    """A step cannot do its work; the call goes on at the flow's fallback."""


@dataclass(frozen=True)
class Visit:
    """One call at one step, at one moment."""

    flow: "Flow"
    session: Session
    now: float

    def say(self, text: str, language: str | None = None, voice: str | None = None) -> Say:
        """Words in the flow's language and voice unless told otherwise, with their fields filled in."""
        speaks = language or self.flow.language
        usual = self.flow.voice if speaks == self.flow.language else None
        number, caller = self.session.value("number") or "", self.session.value("caller")
        values = {
            "merchant": self.flow.name,
            "number": digit_by_digit(number),
            "caller": digit_by_digit(caller) if caller else in_language(WITHHELD, speaks),
        }
        return Say(fill(text, values), speaks, voice or usual)


@dataclass(frozen=True)
class Go:
    """On to another step; None means the flow's fallback."""

    to: str | None
    actions: tuple[Action, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Wait:
    """The turn ends here, until something happens on the telephone."""

    actions: tuple[Action, ...]
    notes: tuple[Note, ...] = ()
    tries: int = 0


@dataclass(frozen=True)
class End:
    """The call ends."""

    actions: tuple[Action, ...] = ()
    notes: tuple[Note, ...] = ()


Move = Go | Wait | End


@dataclass(frozen=True)
class Exit:
    """One way out of a step: its target, or what happens `otherwise` (fallback, ends, waits on, or like another exit).

    A `silent` exit can be taken without the caller doing anything and without time passing.
    """

    name: str
    to: str | None
    otherwise: str
    silent: bool
    place: Place


def onward(help: str = "the step after this one", *, silent: bool = True) -> str:
    """The one way on, which must be written."""
    return required(STEP_NAME, help, missing_rule="dead-end", silent=silent)


def way_out(help: str, *, otherwise: str = FALLBACK, silent: bool = False) -> str | None:
    """A way out that may be left to `otherwise`."""
    return optional(STEP_NAME, help, None, otherwise=otherwise, silent=silent)


@dataclass(frozen=True, kw_only=True)
class Step(ABC):
    """One named step of a flow; `places` tells where in the file each of its values stands."""

    verb: ClassVar[str]
    recorded: ClassVar[bool] = False

    name: str
    places: Mapping[str, Place] = field(compare=False, repr=False)

    @abstractmethod
    def enter(self, visit: Visit) -> Move:
        """The call arrives."""

    def resume(self, visit: Visit, event: Event) -> Move:
        """Something happened while the call waited here."""
        raise StepFailed(f"the {self.verb} step does not wait for {type(event).__name__}")

    def exits(self) -> Iterator[Exit]:
        """All ways out, answered or not."""
        for field_, spec in specs(type(self)):
            value = getattr(self, field_.name)
            if spec.kind.refers != "step":
                continue
            if isinstance(value, Mapping):
                for key, to in value.items():
                    yield Exit(f"{spec.key}.{key}", to, "", spec.silent, self.place(f"{spec.key}.{key}"))
            else:
                yield Exit(spec.key, value, spec.otherwise, spec.silent, self.place(spec.key))

    def place(self, key: str = "") -> Place:
        """Where a value stands, or the step itself when it is not written."""
        return self.places.get(key) or self.places[""]

    def leave(self, exit_name: str, actions: tuple[Action, ...] = (), notes: tuple[Note, ...] = ()) -> Move:
        """Through an exit: to its target, or as the exit's `otherwise` says."""
        exits = {exit_.name: exit_ for exit_ in self.exits()}
        found = exits[exit_name]
        while found.to is None and found.otherwise in exits:
            found = exits[found.otherwise]
        if found.to is None and found.otherwise == ENDS:
            return End(actions, (*notes, self.note(NoteKind.ENDING_TRIGGERED)))
        return Go(found.to, actions, notes)

    def note(self, kind: NoteKind, **data: str | int) -> Note:
        """A fact about this step."""
        return Note(kind, self.name, data)
