"""A day's figures of the queues, from the journal's facts: pure.

Each caller counts in the queue, and on the day, of joining it, and once, however often the call was lost and taken
again. The service level is `answered in time / (answered + abandoned - short abandons)`; limits are the queue's own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import NamedTuple

CALLBACKS = ("callback_asked", "callback_done", "callback_failed")
KINDS = (
    "enqueued",
    "answered",
    "abandoned",
    "dequeued",
    "voicemail_recorded",
    "call_ended",
    *CALLBACKS,
)
NO_QUEUE = ""  # messages of callers who were in no queue, as when the shop was closed


class Rule(NamedTuple):
    """A queue's limits in seconds: answered within `limit` is in time, hung up before `short` does not count."""

    limit: float = 20.0
    short: float = 5.0


class Fact(NamedTuple):
    """One event of the journal, with what the figures need of its data."""

    call_id: str
    at: float
    kind: str
    queue: str = NO_QUEUE
    waited: float = 0.0
    ended_as: str = ""


class How(StrEnum):
    """What became of a caller in a queue."""

    WAITING = "waiting"
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    CALLED_BACK = "called_back"
    LEFT = "left"  # by a key, the longest wait, or because nobody was there
    NEVER_JOINED = "never_joined"


class Visit(NamedTuple):
    """One caller's time in one queue; the wait in seconds from joining to the end of waiting."""

    queue: str
    how: How = How.WAITING
    waited: float = 0.0
    is_missed: bool = False  # the call is over, and no agent talked to the caller, who left no message
    messages: int = 0
    callbacks: tuple[str, ...] = ()  # what was told of callbacks, each kind once


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened in a queue, or in several together."""

    queued: int = 0
    waiting: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    short: int = 0
    gone_in_time: int = 0  # abandoned, or called back, within the limit
    missed: int = 0
    voicemails: int = 0
    callbacks_asked: int = 0
    callbacks_made: int = 0
    callbacks_failed: int = 0
    answer_seconds: float = 0.0
    longest_seconds: float = 0.0

    @property
    def counted(self) -> int:
        """Who counts for the service level."""
        return self.answered + self.abandoned - self.short

    @property
    def level(self) -> float | None:
        """The service level, 0 to 1; None while nobody counts."""
        return self.in_time / self.counted if self.counted else None

    @property
    def connect_level(self) -> float | None:
        """The same by Amazon Connect's formula: who left the queue in time, by any way, of all who left it."""
        left = self.queued - self.waiting
        return (self.in_time + self.gone_in_time) / left if left else None

    @property
    def speed_seconds(self) -> float | None:
        """The average speed of answer: how long those waited who were answered."""
        return self.answer_seconds / self.answered if self.answered else None


def visits_of(facts: Iterable[Fact]) -> tuple[Visit, ...]:
    """One call's visits to queues, from its facts in any order."""
    visits: dict[str, Visit] = {}
    messages, ended_as = 0, ""
    for fact in sorted(facts, key=lambda one: one.at):
        known = visits.get(fact.queue)
        match fact.kind:
            case "enqueued":
                if known is None or known.how == How.NEVER_JOINED:
                    visits[fact.queue] = (known or Visit(fact.queue))._replace(how=How.WAITING)
            case kind if kind in CALLBACKS:  # also of who asked yesterday, or without having waited
                visit = known or Visit(fact.queue, How.NEVER_JOINED)
                visits[fact.queue] = visit._replace(callbacks=tuple({*visit.callbacks, kind}))
            case "voicemail_recorded":
                messages += 1
            case "call_ended":
                ended_as = fact.ended_as
            case kind if known is not None:
                visits[fact.queue] = _moved(known, kind, fact.waited)
    return _with_the_end(list(visits.values()), messages, ended_as)


def _moved(visit: Visit, kind: str, waited: float) -> Visit:
    match kind:
        case "answered" if visit.how != How.ANSWERED:
            return visit._replace(how=How.ANSWERED, waited=waited)
        case "abandoned" if visit.how != How.ANSWERED:
            return visit._replace(how=How.ABANDONED, waited=waited)
        case "dequeued" if visit.how == How.WAITING:
            return visit._replace(how=How.LEFT, waited=waited)
        case _:
            return visit


def _with_the_end(visits: list[Visit], messages: int, ended_as: str) -> tuple[Visit, ...]:
    """How the call ended counts in the queue that the caller joined last."""
    if not visits:
        return (Visit(NO_QUEUE, How.NEVER_JOINED, messages=messages),) if messages else ()
    *before, last = visits
    how = How.CALLED_BACK if last.how == How.LEFT and ended_as == "callback_requested" else last.how
    is_missed = ended_as == "missed" and not messages
    return (*before, last._replace(how=how, is_missed=is_missed, messages=messages))


def tally(visits: Sequence[Visit], rule: Rule) -> Tally:
    """The figures of visits that one rule judges."""
    joined = [visit for visit in visits if visit.how != How.NEVER_JOINED]
    answers = [visit.waited for visit in joined if visit.how == How.ANSWERED]
    abandons = [visit.waited for visit in joined if visit.how == How.ABANDONED]
    calls_back = [visit.waited for visit in joined if visit.how == How.CALLED_BACK]
    return Tally(
        queued=len(joined),
        waiting=sum(visit.how == How.WAITING for visit in joined),
        answered=len(answers),
        in_time=_up_to(rule.limit, answers),
        abandoned=len(abandons),
        short=sum(waited < rule.short for waited in abandons),
        gone_in_time=_up_to(rule.limit, abandons) + _up_to(rule.limit, calls_back),
        missed=sum(visit.is_missed for visit in visits),
        voicemails=sum(visit.messages for visit in visits),
        callbacks_asked=_told_of("callback_asked", visits),
        callbacks_made=_told_of("callback_done", visits),
        callbacks_failed=_told_of("callback_failed", visits),
        answer_seconds=sum(answers),
        longest_seconds=max((visit.waited for visit in joined), default=0.0),
    )


def _told_of(kind: str, visits: Sequence[Visit]) -> int:
    return sum(kind in visit.callbacks for visit in visits)


def _up_to(limit: float, waits: Sequence[float]) -> int:
    return sum(waited <= limit for waited in waits)


def total(tallies: Iterable[Tally]) -> Tally:
    """Several queues together, each judged by its own limits."""
    rows = list(tallies)
    sums = {one.name: sum(getattr(row, one.name) for row in rows) for one in fields(Tally)}
    return Tally(**{**sums, "longest_seconds": max((row.longest_seconds for row in rows), default=0.0)})


class Day:
    """One merchant's day: takes facts as they come and keeps what each call amounts to."""

    def __init__(self) -> None:
        self._facts: dict[str, list[Fact]] = defaultdict(list)
        self._visits: dict[str, tuple[Visit, ...]] = {}

    def take(self, facts: Iterable[Fact]) -> None:
        """Remember facts that were not taken before."""
        changed = set()
        for fact in facts:
            self._facts[fact.call_id].append(fact)
            changed.add(fact.call_id)
        for call_id in changed:
            self._visits[call_id] = visits_of(self._facts[call_id])

    def tallies(self, rule_of: Callable[[str], Rule]) -> dict[str, Tally]:
        """The figures of each queue that somebody joined, and of no queue."""
        by_queue: dict[str, list[Visit]] = defaultdict(list)
        for visits in self._visits.values():
            for visit in visits:
                by_queue[visit.queue].append(visit)
        return {queue: tally(visits, rule_of(queue)) for queue, visits in by_queue.items()}
