"""What a lint is: a rule with a name, how bad it is, what it means, and the function that finds it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from callflows.faults import Place, Severity
from callflows.flow import Flow


@dataclass(frozen=True)
class Finding:
    """One place where a rule is broken, and the way out."""

    place: Place
    text: str


@dataclass(frozen=True)
class Live:
    """What a merchant's installation has: the queues that agents take, its teams, and those and its agents together."""

    manned_queues: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Subject:
    """What is checked: a flow, the sound files beside it, and who is really there; None when nobody looked."""

    flow: Flow
    audio_files: Collection[str] | None = None
    live: Live | None = None


@dataclass(frozen=True)
class Lint:
    """One rule about a whole flow."""

    rule: str
    severity: Severity
    meaning: str
    find: Callable[[Subject], Iterator[Finding]]
