"""Teams: who takes which queues. A team's agents are members of each of its queues, be it said here or in the flow."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from panel.audit import Did, Hand
from panel.staff import Faulty, merchant_of
from voice.models import Agent, Membership, Team, TeamMember, TeamQueue, User
from voice.team_queues import drop_queues, follow_live_flow, members_of, take_queues

LONGEST_NAME = 40


@dataclass(frozen=True)
class TeamRow:
    """A team as lists show it."""

    merchant_id: str
    name: str
    queues: tuple[str, ...]
    members: tuple[str, ...]  # e-mail addresses
    by_flow: tuple[str, ...] = ()  # those of the queues that the live flow gives to the team


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
            tuple(_queues(tx, row.merchant_id, row.name, only_by_flow=True)),
        )
        for row in tx.scalars(asked)
    ]


def one_team(tx: Session, merchant_id: str, name: str) -> TeamRow:
    """A team; raises Faulty when there is none of this name."""
    _team(tx, merchant_id, name)
    (found,) = [row for row in teams(tx, merchant_id) if row.name == name]
    return found


def consequence(team: TeamRow) -> str:
    """What happens when this team is removed."""
    if not team.members or not team.queues:
        return "Nobody loses a queue by it."
    who = "Its agent takes" if len(team.members) == 1 else f"Its {len(team.members)} agents take"
    return f"{who} no more calls of {', '.join(team.queues)}, unless another team of theirs does."


def add_team(hand: Hand, merchant_id: str, name: str) -> None:
    """A team without agents and queues."""
    merchant_of(hand.tx, merchant_id)
    _check_name(hand.tx, merchant_id, name)
    hand.tx.add(Team(merchant_id=merchant_id, name=name))
    hand.tx.flush()
    hand.tell(Did.TEAM_ADDED, merchant_id, name)
    follow_live_flow(hand.tx, merchant_id)


def rename_team(hand: Hand, merchant_id: str, name: str, new_name: str) -> None:
    """Another name; agents and queues stay."""
    tx = hand.tx
    old = _team(tx, merchant_id, name)
    if new_name == name:
        return
    _check_name(tx, merchant_id, new_name)
    tx.add(Team(merchant_id=merchant_id, name=new_name))
    tx.flush()
    for table in (TeamQueue, TeamMember):
        of_team = (table.merchant_id == merchant_id, table.team == name)
        tx.execute(
            update(table).where(*of_team).values(team=new_name),
            execution_options={"synchronize_session": False},
        )
    tx.delete(old)
    hand.tell(Did.TEAM_RENAMED, merchant_id, new_name, f"was {name}")
    follow_live_flow(tx, merchant_id)


def remove_team(hand: Hand, merchant_id: str, name: str) -> None:
    """Its agents leave its queues, but for those that another team of theirs takes."""
    tx = hand.tx
    _team(tx, merchant_id, name)
    for agent_id in members_of(tx, merchant_id, name):
        _remove_member(tx, merchant_id, name, agent_id)
    for table in (TeamQueue, TeamMember):
        tx.execute(delete(table).where(table.merchant_id == merchant_id, table.team == name))
    tx.execute(delete(Team).where(Team.merchant_id == merchant_id, Team.name == name))
    hand.tell(Did.TEAM_REMOVED, merchant_id, name)


def join(hand: Hand, merchant_id: str, name: str, user: User) -> None:
    """An agent takes the team's queues."""
    tx = hand.tx
    _team(tx, merchant_id, name)
    if tx.get(Membership, (merchant_id, user.id)) is None:
        raise Faulty(f"{user.email} has no role at {merchant_id}; give one: ringdesk users role")
    if tx.get(Agent, user.id) is None:
        raise Faulty(f"{user.email} takes no calls; give the role agent first: ringdesk users role")
    if tx.get(TeamMember, (merchant_id, name, user.id)) is None:
        tx.add(TeamMember(merchant_id=merchant_id, team=name, agent_id=user.id))
        hand.tell(Did.TEAM_JOINED, merchant_id, user.email, name)
    take_queues(tx, merchant_id, [user.id], _queues(tx, merchant_id, name))


def leave(hand: Hand, merchant_id: str, name: str, user: User) -> None:
    """An agent leaves the team, and the queues that no other team of theirs takes."""
    _team(hand.tx, merchant_id, name)
    if _remove_member(hand.tx, merchant_id, name, user.id):
        hand.tell(Did.TEAM_LEFT, merchant_id, user.email, name)


def serve(hand: Hand, merchant_id: str, name: str, queue: str, known: Iterable[str]) -> None:
    """The team's agents take a queue, one of those `known` to the merchant's flow."""
    tx = hand.tx
    _team(tx, merchant_id, name)
    names = sorted(known)
    if queue not in names:
        raise Faulty(f"{merchant_id}'s flow has no queue {queue!r}; it has: {', '.join(names) or 'none'}")
    if tx.get(TeamQueue, (merchant_id, name, queue)) is None:
        tx.add(TeamQueue(merchant_id=merchant_id, team=name, queue=queue))
        hand.tell(Did.QUEUE_SERVED, merchant_id, name, queue)
    take_queues(tx, merchant_id, members_of(tx, merchant_id, name), [queue])


def stop_serving(hand: Hand, merchant_id: str, name: str, queue: str) -> None:
    """The team's agents leave a queue, but for those whom another team of theirs keeps in it."""
    tx = hand.tx
    _team(tx, merchant_id, name)
    gone = tx.get(TeamQueue, (merchant_id, name, queue))
    if gone is None:
        takes = ", ".join(_queues(tx, merchant_id, name)) or "none"
        raise Faulty(f"the team {name!r} does not take the queue {queue!r}; it takes: {takes}")
    if gone.by_flow:
        raise Faulty(f"{merchant_id}'s flow gives {queue!r} to the team {name!r}; take it from 'teams' there")
    tx.delete(gone)
    tx.flush()
    drop_queues(tx, merchant_id, members_of(tx, merchant_id, name), [queue])
    hand.tell(Did.QUEUE_UNSERVED, merchant_id, name, queue)
    follow_live_flow(tx, merchant_id)


def _check_name(tx: Session, merchant_id: str, name: str) -> None:
    if not 0 < len(name) <= LONGEST_NAME or not name.replace("-", "").replace("_", "").isalnum():
        raise Faulty(f"{name!r} is no team's name: 1 to {LONGEST_NAME} letters, digits, - and _")
    if tx.get(Team, (merchant_id, name)) is not None:
        raise Faulty(f"{merchant_id} has a team {name!r} already; see: ringdesk teams list")


def _team(tx: Session, merchant_id: str, name: str) -> Team:
    found = tx.get(Team, (merchant_id, name))
    if found is None:
        merchant_of(tx, merchant_id)
        raise Faulty(f"{merchant_id} has no team {name!r}; see: ringdesk teams list")
    return found


def _remove_member(tx: Session, merchant_id: str, name: str, agent_id: str) -> bool:
    gone = tx.get(TeamMember, (merchant_id, name, agent_id))
    if gone is not None:
        tx.delete(gone)
        tx.flush()
    drop_queues(tx, merchant_id, [agent_id], _queues(tx, merchant_id, name))
    return gone is not None


def _queues(tx: Session, merchant_id: str, name: str, *, only_by_flow: bool = False) -> list[str]:
    asked = select(TeamQueue.queue).where(TeamQueue.merchant_id == merchant_id, TeamQueue.team == name)
    if only_by_flow:
        asked = asked.where(TeamQueue.by_flow.is_(True))
    return list(tx.scalars(asked.order_by(TeamQueue.queue)))
