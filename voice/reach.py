"""Which queues a decision must look at besides those that a fact touched, so that there is one order for all of them.

An agent who serves several queues, of several merchants, is given to whoever is first in any of them. So before an offer
is made to an agent, the other queues in which a caller could have had this agent are looked at, too.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from routing.snapshot import MakeOffer, QueueKey, Snapshot
from voice import models
from voice.runtime import Runtime
from voice.who_waits import is_open


def beyond(
    tx: Session, rt: Runtime, room: Snapshot, offers: Iterable[MakeOffer], looked_at: AbstractSet[QueueKey]
) -> set[QueueKey]:
    """The queues not looked at where somebody waits for one of the agents of this room who are about to be rung."""
    rung = {offer.agent_id for offer in offers}
    served = {key for agent in room.agents if agent.id in rung for key in agent.queues}
    return _with_callers(tx, (served | helped(rt, served)) - looked_at)


def helped(rt: Runtime, queues: Iterable[QueueKey]) -> set[QueueKey]:
    """The queues to whose callers the agents of these queues come to help after a time, as the live flows say."""
    found = set()
    for merchant_id, queue in queues:
        flow = rt.books.live_flow(merchant_id)
        if flow is not None:
            found |= {(merchant_id, name) for name, one in flow.queues.items() if queue in one.tiers}
    return found


def _with_callers(tx: Session, queues: set[QueueKey]) -> set[QueueKey]:
    if not queues:
        return set()
    waiting = models.Waiting
    asked = (
        select(waiting.merchant_id, waiting.queue)
        .where(tuple_(waiting.merchant_id, waiting.queue).in_(sorted(queues)))
        .where(is_open(), waiting.left_as.is_(None))
        .distinct()
    )
    return {(merchant_id, queue) for merchant_id, queue in tx.execute(asked)}
