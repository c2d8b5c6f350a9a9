"""What every step is: a part of the file that is entered, may wait, and leaves through named exits."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from callflows.actions import Action
from callflows.events import Event
from callflows.faults import Place
from callflows.fields import ENDS, FALLBACK, optional, required, specs
from callflows.kinds import STEP_NAME
from callflows.memory import Saved
from callflows.notes import Fact, Note, NoteKind
from callflows.visit import StepFailed as StepFailed
from callflows.visit import Visit as Visit

Changes = Mapping[str, Any] | None


@dataclass(frozen=True)
class Go:
    """On to another step; None means the flow's fallback. `changes` are values of the session that are new."""

    to: str | None
    actions: tuple[Action, ...] = ()
    notes: tuple[Note, ...] = ()
    changes: Changes = None


@dataclass(frozen=True)
class Wait:
    """The turn ends here, until something happens on the telephone."""

    actions: tuple[Action, ...]
    notes: tuple[Note, ...] = ()
    tries: int = 0
    changes: Changes = None


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
            elif isinstance(value, tuple):
                for count, case in enumerate(value, start=1):
                    yield Exit(
                        f"{spec.key}.{count}", case.next, "", spec.silent, self.place(f"{spec.key}.{count}")
                    )
            else:
                yield Exit(spec.key, value, spec.otherwise, spec.silent, self.place(spec.key))

    def records(self, visit: Visit) -> bool:
        """Whether what follows here is recorded, so that it must have been announced."""
        return self.recorded and visit.records

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """What is wrong with the step as a whole, as it is written: key, text and rule."""
        return iter(())

    def saves(self) -> Iterator[Saved]:
        """The variables that this step sets."""
        return iter(())

    def place(self, key: str = "") -> Place:
        """Where a value stands, or the step itself when it is not written."""
        return self.places.get(key) or self.places[""]

    def leave(
        self,
        exit_name: str,
        actions: tuple[Action, ...] = (),
        notes: tuple[Note, ...] = (),
        changes: Changes = None,
    ) -> Move:
        """Through an exit: to its target, or as the exit's `otherwise` says."""
        exits = {exit_.name: exit_ for exit_ in self.exits()}
        found = exits[exit_name]
        while found.to is None and found.otherwise in exits:
            found = exits[found.otherwise]
        if found.to is None and found.otherwise == ENDS:
            return End(actions, (*notes, self.note(NoteKind.ENDING_TRIGGERED)))
        return Go(found.to, actions, notes, changes)

    def note(self, kind: NoteKind, **data: Fact) -> Note:
        """A fact about this step."""
        return Note(kind, self.name, data)
