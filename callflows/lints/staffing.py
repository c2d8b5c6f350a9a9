"""Queues that say who must be there: that it is answered when nobody is, and makes sense."""

from collections.abc import Iterator

from callflows.flow import Flow, Queue
from callflows.lints.base import Finding, Subject
from callflows.steps.queue import QueueStep
from callflows.world import ENOUGH

STRICTNESS = list(ENOUGH)
UNSAID = Queue()


def unanswered_departures(subject: Subject) -> Iterator[Finding]:
    """A queue looks who is there, and a step that leads to it has no answer when nobody is."""
    for step in subject.flow.steps.values():
        queue = _queue_of(subject.flow, step)
        if queue is None or not isinstance(step, QueueStep) or step.no_agents is not None:
            continue
        for key in ("join_if", "stay_if"):
            if getattr(queue, key) not in (getattr(UNSAID, key), "always"):
                text = f"'{key}' of '{step.queue}' changes nothing here, for the step has no 'no_agents'"
                yield Finding(step.place(), f"{text}; add such as 'no_agents: leave_message'")
                break


def let_in_to_be_sent_off(subject: Subject) -> Iterator[Finding]:
    """Who is let in stays."""
    for name, queue in subject.flow.queues.items():
        if STRICTNESS.index(queue.stay_if) > STRICTNESS.index(queue.join_if):
            text = (
                f"'join_if: {queue.join_if}' lets callers in whom 'stay_if: {queue.stay_if}' sends off again"
            )
            yield Finding(
                subject.flow.place(f"queues.{name}.stay_if"), f"{text}; write 'join_if: {queue.stay_if}'"
            )


def _queue_of(flow: Flow, step: object) -> Queue | None:
    return flow.queues.get(step.queue) if isinstance(step, QueueStep) else None
