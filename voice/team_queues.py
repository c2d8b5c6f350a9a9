"""Which teams take which queues, as the panel and the live flow say; routing knows the agents of each queue alone.

What a flow says of its queues' `teams` is written down whenever it becomes live, or a team gets a name that it uses, so
everything that asks for a queue's agents finds them in one place.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as Tx

from callflows.flow import Flow
from callflows.read import read_flow
from voice.models import FlowVersion, Merchant, QueueMember, Team, TeamMember, TeamQueue
from voice.people import slug
from voice.upsert import insert


def take_queues(tx: Tx, merchant_id: str, agent_ids: Iterable[str], queues: Collection[str]) -> None:
    """These agents take these queues; who does already is left alone, whatever they are doing."""
    tx.flush()
    for agent_id in agent_ids:
        for queue in queues:
            row = insert(tx, QueueMember).values(merchant_id=merchant_id, queue=queue, agent_id=agent_id)
            tx.execute(row.on_conflict_do_nothing())


def drop_queues(tx: Tx, merchant_id: str, agent_ids: Iterable[str], queues: Collection[str]) -> None:
    """These agents take these queues no more, but for those that another team of theirs takes."""
    tx.flush()
    for agent_id in agent_ids:
        kept = set(
            tx.scalars(
                select(TeamQueue.queue)
                .join(
                    TeamMember,
                    (TeamMember.merchant_id == TeamQueue.merchant_id) & (TeamMember.team == TeamQueue.team),
                )
                .where(TeamQueue.merchant_id == merchant_id, TeamMember.agent_id == agent_id)
            )
        )
        tx.execute(
            delete(QueueMember).where(
                QueueMember.merchant_id == merchant_id,
                QueueMember.agent_id == agent_id,
                QueueMember.queue.in_([queue for queue in queues if queue not in kept]),
            )
        )


def follow_live_flow(tx: Tx, merchant_id: str) -> None:
    """A team has come or has another name: it may be one that the live flow speaks of."""
    digest = tx.scalar(select(Merchant.live_digest).where(Merchant.id == merchant_id))
    row = tx.get(FlowVersion, (merchant_id, digest)) if digest is not None else None
    if row is not None:
        follow(tx, merchant_id, read_flow(row.text, f"{merchant_id}@{digest}"))


def follow(tx: Tx, merchant_id: str, flow: Flow) -> None:
    """The teams that a flow names for its queues take them, and those that a flow before named do no more."""
    tx.flush()
    wanted = _wanted(tx, merchant_id, flow)
    rows = tx.scalars(select(TeamQueue).where(TeamQueue.merchant_id == merchant_id)).all()
    for row in rows:
        if row.by_flow and (row.team, row.queue) not in wanted:
            tx.delete(row)
            drop_queues(tx, merchant_id, members_of(tx, merchant_id, row.team), [row.queue])
    for team, queue in sorted(wanted - {(row.team, row.queue) for row in rows}):
        tx.add(TeamQueue(merchant_id=merchant_id, team=team, queue=queue, by_flow=True))
        take_queues(tx, merchant_id, members_of(tx, merchant_id, team), [queue])
    tx.flush()


def members_of(tx: Tx, merchant_id: str, team: str) -> list[str]:
    """The ids of a team's agents."""
    return list(
        tx.scalars(
            select(TeamMember.agent_id).where(TeamMember.merchant_id == merchant_id, TeamMember.team == team)
        )
    )


def _wanted(tx: Tx, merchant_id: str, flow: Flow) -> set[tuple[str, str]]:
    named = tx.scalars(select(Team.name).where(Team.merchant_id == merchant_id)).all()
    return {
        (team, name) for name, queue in flow.queues.items() for team in named if slug(team) in queue.teams
    }
