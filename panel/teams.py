"""Teams: who takes which queues. A team's agents are queue members of each of its queues; routing knows those alone."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from panel.staff import Faulty, merchant_of
from voice.models import Agent, Membership, QueueMember, Team, TeamMember, TeamQueue, User
from voice.upsert import insert


@dataclass(frozen=True)
class TeamRow:
    """A team as lists show it."""

    merchant_id: str
    name: str
    queues: tuple[str, ...]
    members: tuple[str, ...]  # e-mail addresses


def teams(tx: Session, merchant_id: str | None = None) -> list[TeamRow]:
    """Every team, or a merchant's."""
    asked = select(Team).order_by(Team.merchant_id, Team.name)
    if merchant_id is not None:
        asked = asked.where(Team.merchant_id == merchant_id)
    return [
        TeamRow(
            row.merchant_id,
            row.name,
            tuple(_queues(tx, row.merchant_id, row.name)),
            tuple(
                tx.scalars(
                    select(User.email)
                    .join(TeamMember, TeamMember.agent_id == User.id)
                    .where(TeamMember.merchant_id == row.merchant_id, TeamMember.team == row.name)
                    .order_by(User.email)
                )
            ),
        )
        for row in tx.scalars(asked)
    ]


def add_team(tx: Session, merchant_id: str, name: str) -> None:
    """A team without agents and queues."""
    if not 0 < len(name) <= 40 or not name.replace("-", "").replace("_", "").isalnum():
        raise Faulty(f"{name!r} is no team's name: 1 to 40 letters, digits, - and _")
    merchant_of(tx, merchant_id)
    if tx.get(Team, (merchant_id, name)) is not None:
        raise Faulty(f"{merchant_id} has a team {name!r} already")
    tx.add(Team(merchant_id=merchant_id, name=name))
    tx.flush()


def remove_team(tx: Session, merchant_id: str, name: str) -> None:
    """Its agents leave its queues, but for those that another team of theirs takes."""
    _team(tx, merchant_id, name)
    for agent_id in _members(tx, merchant_id, name):
        leave(tx, merchant_id, name, agent_id)
    for table in (TeamQueue, TeamMember):
        tx.execute(delete(table).where(table.merchant_id == merchant_id, table.team == name))
    tx.execute(delete(Team).where(Team.merchant_id == merchant_id, Team.name == name))


def join(tx: Session, merchant_id: str, name: str, user: User) -> None:
    """An agent takes the team's queues."""
    _team(tx, merchant_id, name)
    if tx.get(Membership, (merchant_id, user.id)) is None:
        raise Faulty(f"{user.email} has no role at {merchant_id}; give one: ringdesk users role")
    if tx.get(Agent, user.id) is None:
        raise Faulty(f"{user.email} takes no calls; give the role agent first: ringdesk users role")
    tx.merge(TeamMember(merchant_id=merchant_id, team=name, agent_id=user.id))
    _take(tx, merchant_id, [user.id], _queues(tx, merchant_id, name))


def leave(tx: Session, merchant_id: str, name: str, agent_id: str) -> None:
    """An agent leaves the team, and the queues that no other team of theirs takes."""
    _team(tx, merchant_id, name)
    gone = tx.get(TeamMember, (merchant_id, name, agent_id))
    if gone is not None:
        tx.delete(gone)
        tx.flush()
    _drop(tx, merchant_id, [agent_id], _queues(tx, merchant_id, name))


def serve(tx: Session, merchant_id: str, name: str, queue: str, known: Iterable[str]) -> None:
    """The team's agents take a queue, one of those `known` to the merchant's flow."""
    _team(tx, merchant_id, name)
    names = sorted(known)
    if queue not in names:
        raise Faulty(f"{merchant_id}'s flow has no queue {queue!r}; it has: {', '.join(names) or 'none'}")
    tx.merge(TeamQueue(merchant_id=merchant_id, team=name, queue=queue))
    _take(tx, merchant_id, _members(tx, merchant_id, name), [queue])


def stop_serving(tx: Session, merchant_id: str, name: str, queue: str) -> None:
    """The team's agents leave a queue, but for those whom another team of theirs keeps in it."""
    _team(tx, merchant_id, name)
    gone = tx.get(TeamQueue, (merchant_id, name, queue))
    if gone is None:
        raise Faulty(f"the team {name!r} does not take the queue {queue!r}")
    tx.delete(gone)
    tx.flush()
    _drop(tx, merchant_id, _members(tx, merchant_id, name), [queue])


def _team(tx: Session, merchant_id: str, name: str) -> None:
    if tx.get(Team, (merchant_id, name)) is None:
        raise Faulty(f"{merchant_id} has no team {name!r}; see: ringdesk teams list")


def _members(tx: Session, merchant_id: str, name: str) -> list[str]:
    return list(
        tx.scalars(
            select(TeamMember.agent_id).where(TeamMember.merchant_id == merchant_id, TeamMember.team == name)
        )
    )


def _queues(tx: Session, merchant_id: str, name: str) -> list[str]:
    return list(
        tx.scalars(
            select(TeamQueue.queue)
            .where(TeamQueue.merchant_id == merchant_id, TeamQueue.team == name)
            .order_by(TeamQueue.queue)
        )
    )


def _take(tx: Session, merchant_id: str, agent_ids: Iterable[str], queues: list[str]) -> None:
    tx.flush()
    for agent_id in agent_ids:
        for queue in queues:
            row = insert(tx, QueueMember).values(merchant_id=merchant_id, queue=queue, agent_id=agent_id)
            tx.execute(row.on_conflict_do_nothing())


def _drop(tx: Session, merchant_id: str, agent_ids: Iterable[str], queues: list[str]) -> None:
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
