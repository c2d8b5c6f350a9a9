"""What a clock sees when it looks, whom it then wants to ring, and what it may store of that: small, and asked often."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import permutations
from typing import NamedTuple


class Row(StrEnum):
    """What SQL says of a caller."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    BRIDGING = "bridging"
    CONNECTED = "connected"
    OVER = "over"


class Offer(NamedTuple):
    """A ring: wanted by a clock that has looked, or live."""

    caller: int
    agent: int
    generation: int
    is_unfair: bool = False  # at the look somebody foremost waited, and was left without


Look = tuple[Offer, ...]  # what a clock has decided and not stored yet


class Place(NamedTuple):
    """A caller as a look sees her or him."""

    row: Row
    generation: int
    is_ahead: bool


class Floor(NamedTuple):
    """All that a look sees. Of two callers the first has come first."""

    places: tuple[Place, ...]
    on_call: tuple[bool, ...]
    offers: frozenset[Offer]


@dataclass(frozen=True)
class Rules:
    """The safeguards. All of them hold in the program; a test takes one away and sees what happens."""

    in_order: bool = True  # a look serves the foremost first
    skips_whom_it_rings: bool = True  # who is rung for is not decided for again
    sees_who_came_back: bool = True  # a look takes those whose claim was void like all others
    compares_when_storing: bool = True  # a caller and an agent are looked at again when an offer is stored
    one_ring_per_agent: bool = True  # the partial unique index
    compares_when_claiming: bool = True
    fence_at_the_document: bool = True  # else the check is made when the request leaves
    writes_before_sending: bool = True  # the outbox; else a crash after the commit forgets the request
    last_generation: int = 2  # a caller is offered at generations 0 and 2: after a claim was void, once more
    rings_all: bool = False  # the queue's strategy: every free agent for the foremost caller, or one


@cache
def looks(floor: Floor, rules: Rules) -> tuple[Look, ...]:
    """What a look may decide: callers in their order, each with one free agent or, when the queue says so, with all.

    Which of the free agents is rung is a matter of strategies; here it may be any.
    """
    wanted = [one for one in range(len(floor.places)) if _is_wanted(floor, one, rules)]
    orders = [sorted(wanted, key=lambda one: _rank(floor, one))] if rules.in_order else permutations(wanted)
    found = {
        _look(floor, pairs, rules)
        for line in orders
        for agents in permutations(_free(floor))
        if (pairs := list(_paired(line, agents, rules)))
    }
    return tuple(sorted(found))


@cache
def stored(floor: Floor, look: Look, rules: Rules) -> Floor:
    """One decision: each offer of a look unless something stands against it."""
    for offer in look:
        if _may_store(floor, offer, rules):
            floor = floor._replace(offers=floor.offers | {offer})
    return floor


def is_idle_beside_waiting(floor: Floor, rules: Rules) -> bool:
    """Whether there is somebody to be rung, and somebody to be rung for."""
    waiting = (
        one.generation <= rules.last_generation and _is_open(floor, number, rules)
        for number, one in enumerate(floor.places)
    )
    return bool(_free(floor)) and any(waiting)


def _paired(line: Sequence[int], agents: Sequence[int], rules: Rules) -> Iterator[tuple[int, int]]:
    if rules.rings_all:
        return ((caller, agent) for caller in line[:1] for agent in sorted(agents))
    return zip(line, agents, strict=False)


def _look(floor: Floor, pairs: Sequence[tuple[int, int]], rules: Rules) -> Look:
    served = {caller for caller, _ in pairs}
    last = max(_rank(floor, caller) for caller in served)
    is_unfair = any(
        one not in served and _is_open(floor, one, rules) and _rank(floor, one) < last
        for one, place in enumerate(floor.places)
        if place.generation <= rules.last_generation
    )
    return tuple(Offer(caller, agent, floor.places[caller].generation, is_unfair) for caller, agent in pairs)


def _rank(floor: Floor, caller: int) -> tuple[bool, int]:
    """Who came back to the head is before those who have not; among equals, who came first."""
    return (not floor.places[caller].is_ahead, caller)


def _is_wanted(floor: Floor, caller: int, rules: Rules) -> bool:
    place = floor.places[caller]
    is_seen = place.generation <= (rules.last_generation if rules.sees_who_came_back else 0)
    return is_seen and (
        _is_open(floor, caller, rules) if rules.skips_whom_it_rings else place.row is Row.WAITING
    )


def _is_open(floor: Floor, caller: int, rules: Rules) -> bool:
    """Whether desks may be rung for a caller now."""
    is_rung = any(one.caller == caller for one in floor.offers)
    return floor.places[caller].row is Row.WAITING and (rules.rings_all or not is_rung)


def _free(floor: Floor) -> list[int]:
    return [
        agent for agent, busy in enumerate(floor.on_call) if not busy and not _is_rung(floor.offers, agent)
    ]


def _may_store(floor: Floor, wanted: Offer, rules: Rules) -> bool:
    place = floor.places[wanted.caller]
    if place.row is Row.OVER or wanted in floor.offers:
        return False
    if rules.one_ring_per_agent and _is_rung(floor.offers, wanted.agent):
        return False
    if rules.compares_when_storing:
        is_same = place.generation == wanted.generation
        return is_same and _is_open(floor, wanted.caller, rules) and not floor.on_call[wanted.agent]
    return True


def _is_rung(offers: frozenset[Offer], agent: int) -> bool:
    return any(one.agent == agent for one in offers)
