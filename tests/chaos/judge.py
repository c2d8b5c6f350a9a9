"""Whether a run broke anything: the simulator's ledger and the answers of our public API are all that is asked.

Each verdict is a list of broken calls with a sentence; a run is good when all lists are empty.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.chaos.chronicle import BY_THE_CALLER, Chronicle, Leg
from tests.chaos.notes import Broken, Notes, digits

GOODBYE = "Goodbye."  # the last word of every end that a flow of ours has
APPLICATION_ERROR = "application error"
TOLERANCE_SECONDS, TOLERANCE_SHARE = 2.0, 0.02  # of a recording's length
PLACE_SECONDS = 5.0  # between joining our queue and Twilio's
QUIET_SECONDS = 30.0  # a piece of music is 15 s, and asking for the next may take Twilio's 15 s
LISTS = ("/Calls.json", "/Recordings.json", "/Conferences.json")
MOST_LISTS, STORM_SECONDS = 20, 10.0  # a round of the reconciler asks for four, an action for one
NOTICED_SECONDS = 15.0  # from an agent's click, or a loss, to the end of the leg


@dataclass(frozen=True)
class Recording:
    """A recording of a ticket, and what came when it was played."""

    id: str
    state: str
    seconds: float | None
    played_seconds: float | None = None  # None: nothing that is sound


@dataclass(frozen=True)
class Ticket:
    """A ticket as the API shows it."""

    merchant: str
    number: int
    call_id: str
    caller: str
    ended_as: str
    waited_seconds: float | None
    recordings: tuple[Recording, ...] = ()


@dataclass(frozen=True)
class Breach:
    """One call that was broken, by the leg's sid (empty when there is none), and how."""

    call: str
    caller: str
    said: str


@dataclass(frozen=True)
class Evidence:
    """All that a verdict may rest on."""

    chronicle: Chronicle
    tickets: Sequence[Ticket]
    notes: Notes = field(default_factory=Notes)

    def of(self, leg: Leg) -> list[Ticket]:
        """The tickets of a caller: every scripted caller has a number of its own."""
        return [one for one in self.tickets if digits(one.caller) == digits(leg.number)]


Verdicts = Mapping[str, tuple[Breach, ...]]


def judge(evidence: Evidence) -> Verdicts:
    """Every verdict by its name."""
    return {name: tuple(find(evidence)) for name, find in RULES.items()}


def stranded(evidence: Evidence) -> Iterator[Breach]:
    """Callers whose leg is still there when all is over: nobody will ever serve them."""
    for leg in evidence.chronicle.callers:
        if leg.ended_at is None:
            yield _breach(leg, f"is still there; heard last: {leg.heard[-1:] or 'nothing'}")


def dropped(evidence: Evidence) -> Iterator[Breach]:
    """Callers whose call ended though neither they nor an agent nor the flow wished so."""
    for leg in evidence.chronicle.callers:
        if leg.ended_at is not None and leg.why not in BY_THE_CALLER:
            if not leg.last_words.endswith(GOODBYE):
                yield _breach(leg, f"was cut off ({leg.why}) after the words {leg.last_words!r}")
            elif _was_in_talk_at_the_end(leg) and not _was_wished(leg, evidence.notes):
                yield _breach(leg, "was sent out of a talk that nobody had ended")


def application_errors(evidence: Evidence) -> Iterator[Breach]:
    """Callers who heard Twilio's own error, or a document that Twilio did not understand."""
    for leg in evidence.chronicle.legs.values():
        if any(APPLICATION_ERROR in text for _, _, text in leg.heard) and not leg.is_agents:
            yield _breach(leg, "heard Twilio's own error")
        for code, message in leg.faults:
            if not 11200 <= code < 11300:  # not reached, or not answered: what this run is about
                yield _breach(leg, f"got a document that Twilio does not take: {code} {message}")


def double_bridged(evidence: Evidence) -> Iterator[Breach]:
    """One agent with two callers, or one caller with two agents."""
    for one, other in evidence.chronicle.doubles():
        leg = evidence.chronicle.legs[one.caller]
        if one.agent == other.agent:
            yield _breach(leg, f"talked with {one.agent} while {one.agent} talked with {other.caller}")
        else:
            yield _breach(leg, f"talked with {one.agent} and {other.agent} at once")


def recordings_lost(evidence: Evidence) -> Iterator[Breach]:
    """Recordings that Twilio completed and that do not play from the call's ticket, whole and once."""
    for leg in evidence.chronicle.callers:
        kept = [one for ticket in evidence.of(leg) for one in ticket.recordings if one.state == "stored"]
        if len(kept) != len(leg.recordings):
            yield _breach(leg, f"has {len(leg.recordings)} recordings at Twilio and {len(kept)} of ours")
            continue
        for theirs, ours in zip(sorted(leg.recordings.values()), sorted(kept, key=_length), strict=True):
            if not _same_length(theirs, ours.played_seconds):
                yield _breach(
                    leg, f"was recorded for {theirs:.0f} s, and {ours.id} plays {ours.played_seconds} s"
                )


def duplicate_tickets(evidence: Evidence) -> Iterator[Breach]:
    """Calls with more than one ticket."""
    for leg in evidence.chronicle.callers:
        numbers = [one.number for one in evidence.of(leg)]
        if len(numbers) > 1:
            yield _breach(leg, f"has the tickets {numbers}")
    by_call = defaultdict(list)
    for ticket in evidence.tickets:
        by_call[ticket.merchant, ticket.call_id].append(ticket)
    for several in by_call.values():
        if len(several) > 1:
            yield Breach("", several[0].caller, f"one call, {len(several)} tickets")


def missing_tickets(evidence: Evidence) -> Iterator[Breach]:
    """Calls that are over and became no ticket, and tickets of calls that never were."""
    for leg in evidence.chronicle.callers:
        if leg.ended_at is not None and not evidence.of(leg):
            yield _breach(leg, "has no ticket")
    known = {digits(leg.number) for leg in evidence.chronicle.callers}
    for ticket in evidence.tickets:
        if digits(ticket.caller) not in known:
            yield Breach("", ticket.caller, f"ticket {ticket.number} is of a call that Twilio does not know")


def places_lost(evidence: Evidence) -> Iterator[Breach]:
    """Callers whose wait began anew, by what the ticket says of it."""
    talks = evidence.chronicle.talks()
    for leg in evidence.chronicle.callers:
        met = min((talk.stay.since for talk in talks if talk.caller == leg.sid), default=None)
        for ticket in evidence.of(leg):
            if met is None or not leg.queues or ticket.waited_seconds is None:
                continue
            waited = met - leg.queues[0].since
            if ticket.waited_seconds < waited - PLACE_SECONDS:
                yield _breach(
                    leg, f"waited {waited:.1f} s, and the ticket says {ticket.waited_seconds:.1f} s"
                )


def told_wrong(evidence: Evidence) -> Iterator[Breach]:
    """Tickets that tell of a talk that never was, or not of one that was."""
    spoke = {talk.caller for talk in evidence.chronicle.talks()}
    for leg in evidence.chronicle.callers:
        for ticket in evidence.of(leg):
            if (ticket.ended_as == "answered") != (leg.sid in spoke):
                did = "talked with an agent" if leg.sid in spoke else "talked with nobody"
                yield _breach(leg, f"{did}, and the ticket says {ticket.ended_as}")


def left_in_silence(evidence: Evidence) -> Iterator[Breach]:
    """Callers who heard nothing for long, neither words nor music nor an agent."""
    for leg in evidence.chronicle.callers:
        for since, until in _silences(leg):
            if until - since > QUIET_SECONDS:
                yield _breach(leg, f"heard nothing new from second {since:.0f} to {until:.0f}")


def request_storms(evidence: Evidence) -> Iterator[Breach]:
    """Lists asked of Twilio more often than anybody can need: a loop that does not remember that it asked."""
    moments = [
        fact["at"]
        for fact in evidence.chronicle.facts
        if fact["kind"] == "rest" and fact["method"] == "GET" and fact["path"].endswith(LISTS)
    ]
    for first, last in zip(moments, moments[MOST_LISTS:], strict=False):
        if last - first < STORM_SECONDS:
            yield Breach("", "", f"more than {MOST_LISTS} lists were asked for within {last - first:.1f} s")
            return


RULES = {
    rule.__name__: rule
    for rule in (
        stranded,
        dropped,
        application_errors,
        double_bridged,
        recordings_lost,
        duplicate_tickets,
        missing_tickets,
        places_lost,
        told_wrong,
        left_in_silence,
        request_storms,
    )
}


def _was_in_talk_at_the_end(leg: Leg) -> bool:
    return bool(leg.rooms) and (leg.ended_at or 0.0) - leg.rooms[-1].until < NOTICED_SECONDS


def _was_wished(leg: Leg, notes: Notes) -> bool:
    wished = notes.ended_by_agents.get(digits(leg.number))
    return wished is not None and wished <= leg.rooms[-1].until + 1.0


def _silences(leg: Leg) -> Iterator[tuple[float, float]]:
    """Times between one sound and the next, in seconds since the call began; who is in a room hears somebody."""
    end = leg.ended_at if leg.ended_at is not None else leg.began_at
    moments = [leg.began_at, *(at for at, _, _ in leg.heard), end]
    for room in leg.rooms:
        moments += [room.since, min(room.until, end)]
    inside = [(room.since, min(room.until, end)) for room in leg.rooms]
    moments.sort()
    for one, other in pairwise(moments):
        if not any(since <= one and other <= until for since, until in inside):
            yield one - leg.began_at, other - leg.began_at


def _same_length(theirs: float, ours: float | None) -> bool:
    return ours is not None and abs(theirs - ours) <= max(TOLERANCE_SECONDS, TOLERANCE_SHARE * theirs)


def _length(recording: Recording) -> float:
    return recording.played_seconds or 0.0


def _breach(leg: Leg, said: str) -> Breach:
    return Breach(leg.sid, leg.number, said)


def counts(evidence: Evidence) -> dict[str, Any]:
    """How much there was to judge."""
    chronicle = evidence.chronicle
    return {
        "calls": len(chronicle.callers),
        "talks": len({(talk.caller, talk.agent, talk.stay.place) for talk in chronicle.talks()}),
        "recordings": sum(len(leg.recordings) for leg in chronicle.callers),
        "tickets": len(evidence.tickets),
    }


def is_clean(verdicts: Verdicts) -> bool:
    """Whether nothing was broken."""
    return not any(verdicts.values())


def recovered(broken: Iterable[Broken]) -> bool:
    """Whether all was well again after each fault."""
    return all(one.back is not None for one in broken)
