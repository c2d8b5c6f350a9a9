"""All that a verdict may rest on: the simulator's ledger, the answers of our public API, and what people of a run know."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.chronicle import Chronicle, Leg
from tests.chaos.notes import Notes, digits

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

    @property
    def end(self) -> float:
        """The moment of the last fact."""
        return max((float(fact["at"]) for fact in self.chronicle.facts), default=0.0)

    def of(self, leg: Leg) -> list[Ticket]:
        """The tickets of a caller, each once: every scripted caller has a number of its own."""
        mine = (one for one in self.tickets if digits(one.caller) == digits(leg.number))
        return list({(one.merchant, one.number): one for one in mine}.values())

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
        return self._spans(agent, lambda look: look.state == "available" and not look.caller)

    def offered(self, leg: Leg) -> list[Span]:
        """When some desk showed this caller."""
        number = digits(leg.number)
        found = (self._spans(agent, lambda look: look.caller == number) for agent in self.notes.looked())
        return [span for spans in found for span in spans]

    def _spans(self, agent: str, holds: Any) -> list[Span]:
        looks = self.notes.looks_of(agent)
        ends = [*(look.at for look in looks[1:]), self.end]
        return [Span(look.at, until) for look, until in zip(looks, ends, strict=False) if holds(look)]


Verdicts = Mapping[str, tuple[Breach, ...]]


def breach(leg: Leg, said: str) -> Breach:
    """A broken call."""
    return Breach(leg.sid, leg.number, said)
