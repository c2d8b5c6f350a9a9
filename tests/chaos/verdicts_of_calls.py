"""Verdicts on what people heard and whom they met: judged by the ledger, and by what desks showed and agents wished."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise

from tests.chaos.chronicle import BY_THE_CALLER, Leg
from tests.chaos.evidence import Breach, Evidence, Span, breach
from tests.chaos.notes import Notes, digits

GOODBYE = "Goodbye."  # the last word of every end that a flow of ours has
APPLICATION_ERROR = "application error"
QUIET_SECONDS = 30.0  # a piece of music is 15 s, and asking for the next may take Twilio's 15 s
IDLE_SECONDS = 2.0  # that a caller may wait beside an agent who has nothing to do
LISTS = ("/Calls.json", "/Recordings.json", "/Conferences.json")
MOST_LISTS, STORM_SECONDS = 20, 10.0  # a round of the reconciler asks for four, a talk's end for one
NOTICED_SECONDS = 15.0  # from an agent's click, or a loss, to the end of the leg


def stranded(evidence: Evidence) -> Iterator[Breach]:
    """Callers whose leg is still there when all is over: nobody will ever serve them."""
    for leg in evidence.chronicle.callers:
        if leg.ended_at is None:
            yield breach(leg, f"is still there; heard last: {leg.heard[-1:] or 'nothing'}")


def left_in_silence(evidence: Evidence) -> Iterator[Breach]:
    """Callers who heard nothing for long, neither words nor music nor an agent."""
    for leg in evidence.chronicle.callers:
        for since, until in _silences(leg):
            if until - since > QUIET_SECONDS:
                yield breach(leg, f"heard nothing new from second {since:.0f} to {until:.0f}")


def kept_waiting(evidence: Evidence) -> Iterator[Breach]:
    """Callers who waited, offered to nobody, while an agent of the same merchant had nothing to do for over 2 s."""
    for leg in evidence.chronicle.callers:
        merchant, offered = evidence.merchant_of(leg), evidence.offered(leg)
        agents = [who for who, (shop, _) in evidence.notes.agents.items() if shop == merchant]
        for stay in leg.queues:
            inside = Span(stay.since, min(stay.until, leg.ended_at or evidence.end))
            for alone in inside.without(offered):
                for agent in agents:
                    idle = (one for one in evidence.idle(agent) if one.until - one.since > IDLE_SECONDS)
                    for both in map(alone.both, idle):
                        if both.until > evidence.latest(both.since, IDLE_SECONDS) and both.since < both.until:
                            yield breach(
                                leg, f"waited {both.until - both.since:.1f} s beside {agent}, who was idle"
                            )


def agent_in_two_talks(evidence: Evidence) -> Iterator[Breach]:
    """Agents with two callers at once."""
    for one, other in evidence.chronicle.doubles():
        if one.agent == other.agent:
            leg = evidence.chronicle.legs[one.caller]
            yield breach(leg, f"talked with {one.agent} while {one.agent} talked with {other.caller}")


def caller_in_two_talks(evidence: Evidence) -> Iterator[Breach]:
    """Callers with two agents at once."""
    for one, other in evidence.chronicle.doubles():
        if one.caller == other.caller:
            leg = evidence.chronicle.legs[one.caller]
            yield breach(leg, f"talked with {one.agent} and {other.agent} at once")


def dropped(evidence: Evidence) -> Iterator[Breach]:
    """Callers whose call ended though neither they nor an agent nor the flow wished so."""
    for leg in evidence.chronicle.callers:
        if leg.ended_at is not None and leg.why not in BY_THE_CALLER:
            if not leg.last_words.endswith(GOODBYE):
                yield breach(leg, f"was cut off ({leg.why}) after the words {leg.last_words!r}")
            elif _was_in_talk_at_the_end(leg) and not _was_wished(leg, evidence.notes):
                yield breach(leg, "was sent out of a talk that nobody had ended")


def carriers_own_error(evidence: Evidence) -> Iterator[Breach]:
    """Callers who heard Twilio's own error instead of words of ours."""
    for leg in evidence.chronicle.callers:
        if any(APPLICATION_ERROR in text for _, _, text in leg.heard):
            yield breach(leg, "heard Twilio's own error")


def another_flow(evidence: Evidence) -> Iterator[Breach]:
    """Callers who heard words of a flow that was published after their call had begun."""
    for leg in evidence.chronicle.callers:
        for one in evidence.notes.published:
            is_older = evidence.merchant_of(leg) == one.merchant and leg.began_at < one.at
            if is_older and any(one.words in text for _, _, text in leg.heard):
                yield breach(leg, f"heard {one.words!r}, which the flow of this call does not say")


def bad_documents(evidence: Evidence) -> Iterator[Breach]:
    """Legs that were given a document that Twilio does not take: not well-formed, unknown, or out of place."""
    for leg in evidence.chronicle.legs.values():
        for code, message in leg.faults:
            if not 11200 <= code < 11300:  # not reached, or not answered: what a run is about
                yield breach(leg, f"got a document that Twilio does not take: {code} {message}")


def request_storms(evidence: Evidence) -> Iterator[Breach]:
    """Lists asked of Twilio more often than anybody can need: a loop that does not remember that it asked."""
    moments = [
        fact["at"]
        for fact in evidence.chronicle.facts
        if fact["kind"] == "rest" and fact["method"] == "GET" and fact["path"].endswith(LISTS)
    ]
    ends = sorted(stay.until for leg in evidence.chronicle.callers for stay in leg.rooms)
    for place, last in enumerate(moments):
        since = last - STORM_SECONDS
        asked = place + 1 - bisect_right(moments, since)
        talks_ended = bisect_right(ends, last + NOTICED_SECONDS) - bisect_left(ends, since)
        if asked > MOST_LISTS + talks_ended:
            yield Breach("", "", f"{asked} lists were asked for within {STORM_SECONDS:.0f} s")
            return


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
