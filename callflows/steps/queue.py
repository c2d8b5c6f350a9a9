"""The step `queue`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from callflows.actions import JoinQueue, Need
from callflows.events import Event, QueueLeft, QueueOutcome
from callflows.fields import ENDS, WAITS, one_of, optional, required
from callflows.kinds import (
    KEY,
    OPTIONS,
    QUEUE_NAME,
    RELAXED,
    SKILLS,
    STEP_NAME,
    WAIT_NAME,
    YES_NO,
    duration,
    minutes,
)
from callflows.notes import NoteKind
from callflows.steps.base import Move, Step, StepFailed, Visit, Wait, way_out

Levels = Mapping[str, int]
Relaxed = tuple[tuple[int, Levels], ...]
NO_KEYS: Mapping[str, str] = MappingProxyType({})
NO_LEVELS: Levels = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class QueueStep(Step):
    """Let the caller wait for an agent. When the talk is over the call ends, unless `answered` leads on.

    sales_line:
      queue: sales
      max_wait: 10m
      timeout: leave_message
      full: leave_message
      no_agents: leave_message
      exit_keys: {star: leave_message}
    """

    verb = "queue"
    recorded = True

    queue: str = required(QUEUE_NAME, "the queue to wait in")
    priority: int | None = optional(
        minutes(600), "a head start on other callers, if not the queue's own", None
    )
    max_wait: int | None = optional(
        duration(5, 4 * 3600, "10m"), "the longest wait, if not the queue's own; then `timeout`", None
    )
    wait: str | None = optional(
        WAIT_NAME,
        "what the caller hears while waiting; our music, the place and the estimate if left out",
        None,
    )
    record: bool | None = optional(YES_NO, "whether the talk is recorded, if not as the flow says", None)
    skills: Mapping[str, int] = optional(
        SKILLS, "what the agent must know, and how well at least, if not the queue's own", NO_LEVELS
    )
    relax: tuple[tuple[int, Mapping[str, int]], ...] = optional(
        RELAXED, "which skills are enough after a time, where `skills` is written here", ()
    )
    prefer: str | None = optional(
        one_of(["last_agent"], "an agent to prefer"),
        "ring first the agent to whom the caller talked last, if signed in and in the queue",
        None,
    )
    prefer_for: int = optional(
        duration(5, 600, "30s"), "how long nobody else is rung, unless that agent declines", 30
    )
    exit_keys: Mapping[str, str] = optional(
        OPTIONS, "keys with which a waiting caller leaves the queue", NO_KEYS
    )
    answered: str | None = way_out("after the talk with an agent", otherwise=ENDS)
    timeout: str | None = way_out("when the longest wait is over")
    full: str | None = way_out("when the queue is full", silent=True)
    no_answer: str | None = way_out(
        "when all were rung in vain, where the queue says `all_tried: leave`", otherwise="timeout"
    )
    no_agents: str | None = way_out(
        "when nobody is there, as the queue's `join_if` and `stay_if` say", otherwise=WAITS, silent=True
    )
    too_long: str | None = way_out(
        "when the wait would be too long, as the queue's `max_estimate` and `max_per_agent` say",
        otherwise="full",
        silent=True,
    )

    callback: str | None = optional(
        STEP_NAME,
        "when the caller wishes to be called back; the offer is made with the place, or where the `wait` says",
        None,
        otherwise=WAITS,
    )
    callback_key: str = optional(KEY, "the key for it", "1")

    def records(self, visit: Visit) -> bool:
        return visit.records if self.record is None else self.record

    def enter(self, visit: Visit) -> Move:
        queue = visit.flow.queues.get(self.queue)
        if queue is None:
            raise StepFailed(f"there is no queue '{self.queue}'")
        joined = JoinQueue(
            queue=self.queue,
            max_wait_seconds=queue.max_wait_seconds if self.max_wait is None else self.max_wait,
            priority_minutes=queue.priority_minutes if self.priority is None else self.priority,
            exit_keys=(*self.exit_keys, *((self.callback_key,) if self.callback else ())),
            leave_when_no_agents=self.no_agents is not None,
            join_if=queue.join_if,
            record=self.records(visit),
            wait=self.wait or "",
            side=visit.side,
            needs=needs_of(self.skills, self.relax) if self.skills else needs_of(queue.skills, queue.relax),
            prefer_seconds=self.prefer_for if self.prefer else 0,
        )
        return Wait((joined,), (self.note(NoteKind.ENQUEUED, queue=self.queue),))

    def faults(self) -> Iterator[tuple[str, str, str]]:
        if self.callback and self.callback_key in self.exit_keys:
            yield (
                "callback_key",
                f"the key {self.callback_key} leads to a step by 'exit_keys' already; choose another",
                "option-twice",
            )

    def resume(self, visit: Visit, event: Event) -> Move:
        match event:
            case QueueLeft(QueueOutcome.EXIT_KEY, key) if self.callback and key == self.callback_key:
                return self.leave("callback", notes=(self.note(NoteKind.OPTION_SELECTED, key=key),))
            case QueueLeft(QueueOutcome.EXIT_KEY, key):
                if key not in self.exit_keys:
                    raise StepFailed(f"the key '{key}' is no way out of this queue")
                return self.leave(f"exit_keys.{key}", notes=(self.note(NoteKind.OPTION_SELECTED, key=key),))
            case QueueLeft(outcome):
                return self.leave(str(outcome))
            case _:
                return super().resume(visit, event)


def needs_of(skills: Levels, relax: Relaxed) -> tuple[Need, ...]:
    """What an agent must know, by the time waited."""
    stages = ((0, skills), *relax) if skills else ()
    return tuple(Need(after, tuple(sorted(levels.items()))) for after, levels in stages)
