"""Whether a run broke anything: the simulator's ledger and the answers of our public API are all that is asked.

Each verdict is a list of broken calls with a sentence, and belongs to one of the promises I1 to I12; a run is good when
all lists are empty. verdicts.md is this table to read.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.chaos import verdicts_of_calls as calls
from tests.chaos import verdicts_of_tickets as kept
from tests.chaos.evidence import Breach, Evidence, Verdicts
from tests.chaos.notes import Broken

Find = Callable[[Evidence], Iterator[Breach]]

INVARIANTS = {
    "I1": "no caller is stranded: each is served, or waits with something to hear and no idle agent beside",
    "I2": "no agent is in two talks",
    "I3": "no caller is in two talks",
    "I4": "no call ends in silence: caller, agent or the flow it began with ended it",
    "I5": "every recording that Twilio made is kept exactly once, byte for byte",
    "I6": "one ticket for each call",
    "I7": "end, times, agent and ending of a ticket are those of the ledger",
    "I8": "Twilio takes every document of ours",
    "I9": "nothing of one merchant is shown or given to another",
    "I10": "who waits keeps the place",
    "I12": "no full telephone number stands in a log",
    "E6": "Twilio is asked no more than is needed",
}


@dataclass(frozen=True)
class Rule:
    """A verdict, and the promise that it looks after."""

    invariant: str
    find: Find

    @property
    def name(self) -> str:
        """As told in JSON."""
        return self.find.__name__

    @property
    def sentence(self) -> str:
        """What is wrong with the calls that it finds."""
        return (self.find.__doc__ or "").splitlines()[0]


RULES = (
    Rule("I1", calls.stranded),
    Rule("I1", calls.left_in_silence),
    Rule("I1", calls.kept_waiting),
    Rule("I2", calls.agent_in_two_talks),
    Rule("I3", calls.caller_in_two_talks),
    Rule("I4", calls.dropped),
    Rule("I4", calls.carriers_own_error),
    Rule("I4", calls.another_flow),
    Rule("I5", kept.recordings_lost),
    Rule("I6", kept.duplicate_tickets),
    Rule("I6", kept.missing_tickets),
    Rule("I7", kept.told_wrong),
    Rule("I7", kept.times_wrong),
    Rule("I8", calls.bad_documents),
    Rule("I9", kept.crossed_merchants),
    Rule("I10", kept.places_lost),
    Rule("I12", kept.told_in_logs),
    Rule("E6", calls.request_storms),
)


def judge(evidence: Evidence) -> Verdicts:
    """Every verdict by its name."""
    return {rule.name: tuple(rule.find(evidence)) for rule in RULES}


def by_invariant(verdicts: Verdicts) -> dict[str, dict[str, int]]:
    """How many calls each verdict found, under the promises that they broke: for JSON."""
    told: dict[str, dict[str, int]] = {}
    for rule in RULES:
        told.setdefault(rule.invariant, {})[rule.name] = len(verdicts[rule.name])
    return told


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
