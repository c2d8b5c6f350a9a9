"""All that a verdict may rest on: the simulator's ledger, the answers of our public API, and what people of a run know."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tests.chaos.chronicle import Chronicle, Leg
from tests.chaos.notes import Look, Notes, digits

AFTER_A_FAULT_SECONDS = 15.0  # once what broke is there again, everything is as usual


@dataclass(frozen=True)
class Recording:
    """A recording of a ticket, what came when it was played, and the hash of the bytes that the carrier gave."""

    id: str
    state: str
    seconds: float | None
    played_seconds: float | None = None  # None: nothing that is sound
    sha256: str = ""  # of the original, downloaded; "" when it could not be


@dataclass(frozen=True)
class Ticket:
    """A ticket as the API shows it, and to whom: a supervisor of the merchant `shown_to`."""

    merchant: str
    number: int
    call_id: str
    caller: str
    ended_as: str
    waited_seconds: float | None
    recordings: tuple[Recording, ...] = ()
    agent: str | None = None  # the name of who talked
    started_at: float | None = None
    ended_at: float | None = None
    shown_to: str = ""


@dataclass(frozen=True)
class Breach:
    """One call that was broken, by the leg's sid (empty when there is none), and how."""

    call: str
    caller: str
    said: str


@dataclass(frozen=True)
class Span:
    """A time."""

    since: float
    until: float

    def both(self, other: "Span") -> "Span":
        """The time in common; empty when it ends before it begins."""
        return Span(max(self.since, other.since), min(self.until, other.until))

    def without(self, others: Sequence["Span"]) -> Iterator["Span"]:
        """What is left of it when others are taken out."""
        since = self.since
        for other in sorted(others, key=lambda one: one.since):
            if since < min(other.since, self.until):
                yield Span(since, min(other.since, self.until))
            since = max(since, other.until)
        if since < self.until:
            yield Span(since, self.until)


@dataclass(frozen=True)
class Evidence:
    """The ledger read, the tickets shown, the notes kept, what was shown to strangers, and the logs."""

    chronicle: Chronicle
    tickets: Sequence[Ticket]
    notes: Notes = field(default_factory=Notes)
    intrusions: Sequence[str] = ()
    logs: Sequence[str] = ()  # what the product's processes wrote

    @cached_property
    def end(self) -> float:
        """The moment of the last fact."""
        return max((float(fact["at"]) for fact in self.chronicle.facts), default=0.0)

    def of(self, leg: Leg) -> list[Ticket]:
        """The tickets of a caller, each once: every scripted caller has a number of its own."""
        return self._by_number.get(digits(leg.number), [])

    def merchant_of(self, leg: Leg) -> str | None:
        """Whose customer a caller is, by the number dialled."""
        return self.notes.numbers.get(leg.dialled)

    def latest(self, due: float, seconds: float) -> float:
        """Until when something that is due may be done: some seconds, or 15 after a fault that falls into that time."""
        limit = due + seconds
        for fault in sorted(self.notes.broken, key=lambda one: one.at):
            if fault.at <= limit:
                limit = max(limit, fault.well_at + AFTER_A_FAULT_SECONDS)
        return limit

    def idle(self, agent: str) -> list[Span]:
        """When an agent's desk showed that nothing was to be done."""
        return self._idle.get(agent, [])

    def offered(self, leg: Leg) -> list[Span]:
        """When some desk showed this caller."""
        return self._shown.get(digits(leg.number), [])

    @cached_property
    def _by_number(self) -> Mapping[str, list[Ticket]]:
        """Tickets by the digits of their callers."""
        found: dict[str, dict[tuple[str, int], Ticket]] = defaultdict(dict)
        for one in self.tickets:
            found[digits(one.caller)][one.merchant, one.number] = one
        return {number: list(several.values()) for number, several in found.items()}

    @cached_property
    def _idle(self) -> Mapping[str, list[Span]]:
        """By agent."""
        found: dict[str, list[Span]] = defaultdict(list)
        for agent, look, span in self._looks():
            if look.state == "available" and not look.caller:
                found[agent].append(span)
        return found

    @cached_property
    def _shown(self) -> Mapping[str, list[Span]]:
        """By the digits of the caller that a desk showed."""
        found: dict[str, list[Span]] = defaultdict(list)
        for _, look, span in self._looks():
            found[look.caller].append(span)
        return found

    def _looks(self) -> Iterator[tuple[str, Look, Span]]:
        """Everything that desks showed, and for how long."""
        for agent in self.notes.looked():
            looks = self.notes.looks_of(agent)
            ends = [*(look.at for look in looks[1:]), self.end]
            for look, until in zip(looks, ends, strict=True):
                yield agent, look, Span(look.at, until)


Verdicts = Mapping[str, tuple[Breach, ...]]


def breach(leg: Leg, said: str) -> Breach:
    """A broken call."""
    return Breach(leg.sid, leg.number, said)
