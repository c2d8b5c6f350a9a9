"""Small ledgers for the judge's own tests: a good call, and hands to break it with."""

from typing import Any

from tests.chaos.chronicle import read
from tests.chaos.evidence import Evidence, Recording, Ticket
from tests.chaos.notes import Notes

ANN, BEN = "client:us_ann", "client:us_ben"
QUEUE = "QU1"


class Told:
    """Facts as the simulator writes them, one after the other."""

    def __init__(self) -> None:
        self.facts: list[dict[str, Any]] = []

    def fact(self, at: float, kind: str, **data: Any) -> "Told":
        """One more."""
        self.facts.append({"n": len(self.facts) + 1, "at": at, "kind": kind, **data})
        return self

    def rings(self, at: float, leg: str, who: str) -> "Told":
        """Somebody dials, or an agent's browser connects."""
        return self.fact(at, "call.ringing", call=leg, **{"from": who, "to": "+12025550100"})

    def dials(self, at: float, leg: str, who: str, number: str) -> "Told":
        """Somebody dials another number than usual."""
        return self.fact(at, "call.ringing", call=leg, **{"from": who, "to": number})

    def hears(self, at: float, leg: str, text: str, sound: str = "say") -> "Told":
        """Words, or music."""
        return self.fact(at, "heard", call=leg, sound=sound, text=text)

    def waits(self, leg: str, since: float, until: float) -> "Told":
        """A time in the queue."""
        self.fact(since, "queue.joined", call=leg, queue=QUEUE, position=1)
        return self.fact(until, "queue.left", call=leg, queue=QUEUE, result="redirected", seconds=1)

    def meets(self, leg: str, room: str, since: float, until: float) -> "Told":
        """A time in a room."""
        self.fact(since, "conference.joined", call=leg, conference=room, name=room)
        return self.fact(
            until, "conference.left", call=leg, conference=room, reason="conference_ended_via_api"
        )

    def is_recorded(self, leg: str, recording: str, at: float, seconds: int) -> "Told":
        """A recording is ready."""
        self.fact(at, "recording.completed", call=leg, recording=recording, seconds=seconds)
        return self.fact(
            at + 1, "recording.fetched", call=leg, recording=recording, sha256=f"sha of {recording}"
        )

    def ends(self, at: float, leg: str, why: str = "the document ended") -> "Told":
        """The leg is over."""
        return self.fact(at, "call.completed", call=leg, why=why, seconds=1)


def a_good_call(
    told: Told, leg: str = "CA1", number: str = "+12025551000", agent: str = ANN, at: float = 100.0
) -> Told:
    """Dials, waits ten seconds, talks ten with an agent who ends it, hears goodbye."""
    told.rings(at, leg, number).hears(at, leg, "Thank you for calling. Press a key.")
    told.waits(leg, at + 2, at + 12).hears(at + 3, leg, "hold-0", sound="play")
    agents = f"{leg}a"
    told.rings(at + 11, agents, agent).meets(agents, f"{leg}-1", at + 11.5, at + 22)
    told.meets(leg, f"{leg}-1", at + 12, at + 22)
    told.hears(at + 22, leg, "It was good to talk with you. Goodbye.")
    told.ends(at + 22.5, agents).ends(at + 25, leg)
    return told.is_recorded(leg, f"RE{leg}", at + 24, 10)


def its_ticket(number: int = 1, caller: str = "+1 202-555-1000", **changed: Any) -> Ticket:
    """What the API says of the good call."""
    facts: dict[str, Any] = {
        "merchant": "northwind",
        "shown_to": "northwind",
        "agent": "Ann",
        "number": number,
        "call_id": f"ca_{number}",
        "caller": caller,
        "ended_as": "answered",
        "waited_seconds": 10.0,
        "started_at": 100.0,
        "ended_at": 125.0,
        "recordings": (kept(number),),
    }
    return Ticket(**(facts | changed))


def a_ticket(**changed: Any) -> Ticket:
    """What the API says of some call without a talk."""
    without: dict[str, Any] = {"agent": None, "started_at": None, "ended_at": None, "waited_seconds": None}
    return its_ticket(**({"recordings": ()} | without | changed))


def kept(number: int = 1, **changed: Any) -> Recording:
    """The recording of the good call as the ticket of this number has it."""
    facts: dict[str, Any] = {
        "id": f"re_{number}",
        "state": "stored",
        "seconds": 10.0,
        "played_seconds": 10.0,
        "sha256": f"sha of RECA{number}",
    }
    return Recording(**(facts | changed))


def evidence(
    told: Told, *tickets: Ticket, wished: dict[str, float] | None = None, intrusions: tuple[str, ...] = ()
) -> Evidence:
    """All together; agents wished the end of the good call, unless told otherwise."""
    wishes = {"12025551000": 121.5, "12025551001": 121.5} if wished is None else wished
    return Evidence(read(told.facts), tickets, notes(ended_by_agents=wishes), intrusions)


def notes(**known: Any) -> Notes:
    """Two shops: Ann and Ben are of the first, which the good call dials."""
    return Notes(
        numbers={"+12025550100": "northwind", "+12025550200": "marlow"},
        shops={"northwind": "Northwind Outfitters", "marlow": "Marlow Books"},
        agents={"us_ann": ("northwind", "Ann"), "us_ben": ("northwind", "Ben"), "us_mo": ("marlow", "Mo")},
        **known,
    )
