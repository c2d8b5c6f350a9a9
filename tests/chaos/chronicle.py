"""What became of each leg, from the simulator's ledger alone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

Fact = Mapping[str, Any]
FINAL = frozenset({"call.completed", "call.failed", "call.no-answer", "call.busy", "call.canceled"})
BY_THE_CALLER = frozenset({"the far end hung up", "the caller hung up"})
CLIENT = "client:"
WITHOUT_END = float("inf")


@dataclass
class Stay:
    """A time in a room or in the queue."""

    place: str
    since: float
    until: float = WITHOUT_END
    why: str = ""

    def overlaps(self, other: "Stay") -> bool:
        """Whether both lasted at one moment."""
        return max(self.since, other.since) < min(self.until, other.until)

    def with_(self, other: "Stay") -> "Stay":
        """The time that both have in common."""
        return Stay(self.place, max(self.since, other.since), min(self.until, other.until))


@dataclass
class Leg:
    """One leg: of a caller, or of an agent's browser."""

    sid: str
    number: str  # as Twilio's From
    dialled: str
    began_at: float
    ended_at: float | None = None
    why: str = ""
    queues: list[Stay] = field(default_factory=list)
    rooms: list[Stay] = field(default_factory=list)
    heard: list[tuple[float, str, str]] = field(
        default_factory=list
    )  # moment, kind of sound, words or address
    faults: list[tuple[int, str]] = field(default_factory=list)  # the debugger's code and message
    recordings: dict[str, float] = field(default_factory=dict)  # those that were completed, and their seconds
    answers: dict[str, float] = field(default_factory=dict)  # purpose: when it was first answered well
    messages: set[str] = field(default_factory=set)  # recordings that are messages left after a tone
    fetched: dict[str, set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )  # recordings that were given away, and the hashes of the bytes

    @property
    def is_agents(self) -> bool:
        """Whether an agent's browser is at its far end."""
        return self.number.startswith(CLIENT)

    @property
    def last_words(self) -> str:
        """What was said last."""
        return next((text for _, sound, text in reversed(self.heard) if sound == "say"), "")


@dataclass(frozen=True)
class Talk:
    """A caller and an agent in one room at one time."""

    caller: str  # sid
    agent: str  # identity
    stay: Stay


@dataclass(frozen=True)
class Chronicle:
    """Everything the judge asks of a ledger."""

    legs: Mapping[str, Leg]
    facts: Sequence[Fact]

    @property
    def callers(self) -> list[Leg]:
        """The customers' legs, in the order in which they called."""
        return [leg for leg in self.legs.values() if not leg.is_agents]

    def talks(self) -> list[Talk]:
        """Every meeting of an agent and a caller."""
        seated: dict[str, list[tuple[str, Stay]]] = defaultdict(list)
        for leg in self.legs.values():
            for stay in leg.rooms if leg.is_agents else ():
                seated[stay.place].append((leg.number.removeprefix(CLIENT), stay))
        return [
            Talk(caller.sid, agent, mine.with_(theirs))
            for caller in self.callers
            for mine in caller.rooms
            for agent, theirs in seated[mine.place]
            if mine.overlaps(theirs)
        ]

    def doubles(self) -> Iterator[tuple[Talk, Talk]]:
        """Pairs of talks at one time: an agent with two callers, or a caller with two agents."""
        for one, other in combinations(self.talks(), 2):
            shares = (one.agent == other.agent) != (one.caller == other.caller)
            if shares and one.stay.overlaps(other.stay):
                yield one, other

    def account(self, sid: str) -> list[str]:
        """A leg's facts as lines to read, with seconds since it began."""
        leg = self.legs[sid]
        return [_line(fact, leg.began_at) for fact in self.facts if _concerns(fact, sid)]


def read(facts: Iterable[Fact]) -> Chronicle:
    """The chronicle of a ledger."""
    told = list(facts)
    legs: dict[str, Leg] = {}
    for fact in told:
        if fact["kind"] == "call.ringing" and fact["call"] not in legs:
            legs[fact["call"]] = Leg(fact["call"], fact["from"], fact["to"], fact["at"])
    for fact in told:
        leg = legs.get(fact.get("call") or "")
        if leg is not None:
            _hear(leg, fact)
    return Chronicle(legs, told)


def _hear(leg: Leg, fact: Fact) -> None:
    at, kind = fact["at"], fact["kind"]
    match kind:
        case "queue.joined":
            leg.queues.append(Stay(fact["queue"], at))
        case "queue.left":
            _leave(leg.queues, fact["queue"], at, fact["result"])
        case "conference.joined":
            leg.rooms.append(Stay(fact["conference"], at))
        case "conference.left":
            _leave(leg.rooms, fact["conference"], at, fact["reason"])
        case "heard":
            leg.heard.append((at, fact["sound"], fact["text"]))
        case "webhook.answered" if fact.get("status") == 200:
            leg.answers.setdefault(fact["purpose"], at)
        case "recording.started" if fact.get("source") == "RecordVerb":
            leg.messages.add(fact["recording"])
        case "recording.fetched":
            leg.fetched[fact["recording"]].add(fact["sha256"])
        case "recording.completed":
            leg.recordings[fact["recording"]] = float(fact["seconds"])
        case "debugger.error":
            leg.faults.append((int(fact["code"]), fact["message"]))
        case _ if kind in FINAL:
            leg.ended_at, leg.why = at, fact["why"]


def _leave(stays: list[Stay], place: str, at: float, why: str) -> None:
    for stay in stays:
        if stay.place == place and stay.until == WITHOUT_END:
            stay.until, stay.why = at, why


def _concerns(fact: Fact, sid: str) -> bool:
    return fact.get("call") == sid or sid in fact.get("calls", ())


def _line(fact: Fact, began: float) -> str:
    hidden = {"n", "at", "kind", "call", "form", "body", "type"}
    rest: dict[str, Any] = defaultdict(
        str, {name: value for name, value in fact.items() if name not in hidden}
    )
    if "url" in rest:
        rest["url"] = str(rest["url"])[:110]
    words = " ".join(f"{name}={value}" for name, value in rest.items() if value not in ("", None))
    return f"{fact['at'] - began:8.2f}  {fact['kind']:<20} {words}"
