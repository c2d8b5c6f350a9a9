"""Verdicts on what is kept of calls: tickets and recordings as the public API shows them, beside the ledger."""

from collections import defaultdict
from collections.abc import Iterator

from tests.chaos.chronicle import BY_THE_CALLER, Leg
from tests.chaos.evidence import Breach, Evidence, Recording, Ticket, breach
from tests.chaos.notes import digits

TOLERANCE_SECONDS, TOLERANCE_SHARE = 2.0, 0.02  # of a recording's length: Twilio tells whole seconds
PLACE_SECONDS = 5.0  # between joining our queue and Twilio's
EXACT_SECONDS = 1.0  # of a ticket's times
BUSY_SECONDS = 3.0  # that a busy machine may take to answer who tells it of a beginning or an end


def recordings_lost(evidence: Evidence) -> Iterator[Breach]:
    """Recordings that Twilio completed and that the call's ticket does not hold: whole, once, and the bytes it gave."""
    for leg in evidence.chronicle.callers:
        kept = [one for ticket in evidence.of(leg) for one in ticket.recordings if one.state == "stored"]
        if len(kept) != len(leg.recordings):
            yield breach(leg, f"has {len(leg.recordings)} recordings at Twilio and {len(kept)} of ours")
            continue
        for sid, seconds in leg.recordings.items():
            ours = next((one for one in kept if one.sha256 in leg.fetched.get(sid, ())), None)
            if ours is None:
                yield breach(leg, f"has the recording {sid}, and none of ours has the bytes that Twilio gave")
                continue
            kept.remove(ours)
            if not _is_whole(seconds, ours):
                yield breach(
                    leg, f"was recorded for {seconds:.0f} s, and {ours.id} plays {ours.played_seconds} s"
                )


def duplicate_tickets(evidence: Evidence) -> Iterator[Breach]:
    """Calls with more than one ticket."""
    for leg in evidence.chronicle.callers:
        numbers = [one.number for one in evidence.of(leg)]
        if len(numbers) > 1:
            yield breach(leg, f"has the tickets {numbers}")
    by_call: dict[tuple[str, str], dict[int, Ticket]] = defaultdict(dict)
    for ticket in evidence.tickets:
        by_call[ticket.merchant, ticket.call_id][ticket.number] = ticket
    for several in by_call.values():
        if len(several) > 1:
            yield Breach("", next(iter(several.values())).caller, f"one call, {len(several)} tickets")


def missing_tickets(evidence: Evidence) -> Iterator[Breach]:
    """Calls that are over and became no ticket, and tickets of calls that never were."""
    for leg in evidence.chronicle.callers:
        if leg.ended_at is not None and not evidence.of(leg):
            yield breach(leg, "has no ticket")
    known = {digits(leg.number) for leg in evidence.chronicle.callers}
    for ticket in evidence.tickets:
        if digits(ticket.caller) not in known:
            yield Breach("", ticket.caller, f"ticket {ticket.number} is of a call that Twilio does not know")


def told_wrong(evidence: Evidence) -> Iterator[Breach]:
    """Tickets that tell of another ending, or of another agent, than the call had."""
    talks = evidence.chronicle.talks()
    for leg in evidence.chronicle.callers:
        mine = [talk for talk in talks if talk.caller == leg.sid]
        for ticket in evidence.of(leg):
            if ticket.ended_as == "answered" and not mine and _left_on_the_way(leg):
                continue
            ending = _ending(leg, bool(mine))
            if (ticket.ended_as == "answered") != bool(mine) or (ending and ticket.ended_as != ending):
                did = "talked with an agent" if mine else f"talked with nobody ({ending or 'came and went'})"
                yield breach(leg, f"{did}, and the ticket says {ticket.ended_as}")
            elif mine and evidence.notes.agents:
                last = max(mine, key=lambda talk: talk.stay.since).agent
                _, name = evidence.notes.agents.get(last, ("", last))
                if ticket.agent != name:
                    yield breach(leg, f"talked last with {name}, and the ticket says {ticket.agent}")


def times_wrong(evidence: Evidence) -> Iterator[Breach]:
    """Tickets whose beginning or end is more than a second from the ledger's."""
    for leg in evidence.chronicle.callers:
        for ticket in evidence.of(leg):
            for what, true, told, word in (
                ("began", leg.began_at, ticket.started_at, "voice"),
                ("ended", leg.ended_at, ticket.ended_at, "status"),
            ):
                if true is None or told is None:
                    continue
                heard = min(max(true, leg.answers.get(word, true)), true + BUSY_SECONDS)
                if not true - EXACT_SECONDS <= told <= evidence.latest(true, heard - true + EXACT_SECONDS):
                    yield breach(leg, f"{what} {told - true:+.1f} s from the truth, by the ticket")


def crossed_merchants(evidence: Evidence) -> Iterator[Breach]:
    """Tickets, agents or words of one merchant that people of another were given."""
    notes = evidence.notes
    for leg in evidence.chronicle.callers:
        shop = evidence.merchant_of(leg)
        for ticket in evidence.of(leg):
            if shop is not None and ticket.merchant != shop:
                yield breach(leg, f"called {shop}, and the ticket is {ticket.merchant}'s")
        for other, name in notes.shops.items():
            if shop is not None and other != shop and any(name in text for _, _, text in leg.heard):
                yield breach(leg, f"called {shop} and heard of {name}")
    for talk in evidence.chronicle.talks():
        leg = evidence.chronicle.legs[talk.caller]
        theirs, _ = notes.agents.get(talk.agent, (None, ""))
        if theirs is not None and theirs != evidence.merchant_of(leg):
            yield breach(leg, f"talked with {talk.agent}, an agent of {theirs}")
    for ticket in evidence.tickets:
        if ticket.shown_to and ticket.shown_to != ticket.merchant:
            yield Breach(
                "",
                ticket.caller,
                f"{ticket.merchant}'s ticket {ticket.number} was shown to {ticket.shown_to}",
            )
    for said in evidence.intrusions:
        yield Breach("", "", said)


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
                yield breach(leg, f"waited {waited:.1f} s, and the ticket says {ticket.waited_seconds:.1f} s")


def told_in_logs(evidence: Evidence) -> Iterator[Breach]:
    """Callers whose whole number stands in a log of the product."""
    everything = "\n".join(evidence.logs)
    for leg in evidence.chronicle.callers:
        if (number := digits(leg.number)) in everything:
            line = next(one for one in evidence.logs if number in one)
            yield breach(leg, f"is named in a log: {line[:200]!r}")


def _ending(leg: Leg, talked: bool) -> str | None:
    """What the ticket must say; None where the ledger alone cannot tell."""
    if talked:
        return "answered"
    if leg.messages & leg.recordings.keys():
        return "voicemail"
    if leg.queues and leg.why in BY_THE_CALLER and leg.queues[-1].until >= (leg.ended_at or 0.0):
        return "abandoned"
    return None


def _left_on_the_way(leg: Leg) -> bool:
    """Whether the caller hung up between the music and the room where an agent was: answered, and never met."""
    if not leg.queues or leg.ended_at is None or leg.why not in BY_THE_CALLER:
        return False
    last = leg.queues[-1]
    was_called = last.why == "redirected" and not any(room.since >= last.until for room in leg.rooms)
    return was_called and 0.0 < leg.ended_at - last.until < BUSY_SECONDS


def _is_whole(theirs: float, ours: Recording) -> bool:
    played = ours.played_seconds
    return played is not None and abs(theirs - played) <= max(TOLERANCE_SECONDS, TOLERANCE_SHARE * theirs)
