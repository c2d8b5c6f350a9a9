"""Who is there for a queue: read when a flow asks, once for each turn."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session as Tx

from callflows.flow import Flow
from callflows.world import Staffing
from voice import models
from voice.runtime import Runtime
from voice.states import Agent
from voice.store import StoreAway

NOT_THERE = (Agent.OFFLINE, Agent.UNREACHABLE)


class Staffed(Mapping[str, Staffing]):
    """The staffing of a flow's queues; each is looked up at its first asking and then stays what it was."""

    def __init__(self, rt: Runtime, merchant_id: str, flow: Flow) -> None:
        self._rt, self._merchant_id, self._flow = rt, merchant_id, flow
        self._seen: dict[str, Staffing] = {}

    def __getitem__(self, queue: str) -> Staffing:
        """While SQL is away nobody knows: the flow then takes agents for granted, and the queue asks SQL again."""
        if queue not in self._flow.queues:
            raise KeyError(queue)
        if queue not in self._seen:
            try:
                with self._rt.store.read() as tx:
                    helpers = self._flow.queues[queue].tiers
                    self._seen[queue] = staffing_of(tx, self._merchant_id, queue, helpers)
            except StoreAway as away:
                raise KeyError(queue) from away
        return self._seen[queue]

    def __iter__(self) -> Iterator[str]:
        return iter(self._flow.queues)

    def __len__(self) -> int:
        return len(self._flow.queues)


def staffing_of(tx: Tx, merchant_id: str, queue: str, helpers: Iterable[str] = ()) -> Staffing:
    """Who is there now, with those of the queues that help out; who rings, talks or writes notes is busy."""
    return _staffing(
        tx.scalars(
            select(models.Agent.state)
            .join(models.QueueMember, models.Agent.id == models.QueueMember.agent_id)
            .where(*_of_queues(merchant_id, (queue, *helpers)))
            .distinct()
        )
    )


def agents_there(tx: Tx, merchant_id: str, queue: str, helpers: Iterable[str] = ()) -> int:
    """How many agents could take callers, now or after what they do: all who are signed in and not away."""
    return (
        tx.scalar(
            select(func.count(models.Agent.id.distinct()))
            .join(models.QueueMember, models.Agent.id == models.QueueMember.agent_id)
            .where(
                *_of_queues(merchant_id, (queue, *helpers)),
                models.Agent.state.not_in((*NOT_THERE, Agent.AWAY)),
            )
        )
        or 0
    )


def staffing_among(tx: Tx, agent_ids: Collection[str]) -> Staffing:
    """Who of these agents is there now."""
    return _staffing(tx.scalars(select(models.Agent.state).where(models.Agent.id.in_(agent_ids)).distinct()))


def _of_queues(merchant_id: str, queues: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return models.QueueMember.merchant_id == merchant_id, models.QueueMember.queue.in_(queues)


def _staffing(found: Iterable[str]) -> Staffing:
    states = set(found)
    if not states:
        return Staffing.NO_MEMBERS
    if Agent.AVAILABLE in states:
        return Staffing.AVAILABLE
    there = states - set(NOT_THERE)
    if not there:
        return Staffing.NOBODY
    return Staffing.ALL_AWAY if there == {Agent.AWAY} else Staffing.ALL_BUSY
