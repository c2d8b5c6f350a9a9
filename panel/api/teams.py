"""The teams of the merchants that somebody administers: list, make, rename, remove, join, leave, and their queues."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from flask import Blueprint, Response, jsonify
from sqlalchemy import select

from panel import teams
from panel.api.people import administered, administers
from panel.audit import Hand
from panel.context import changing, rt, sent_text, viewer
from panel.problems import not_found, plainly
from voice.models import Agent, Membership, User

api = Blueprint("teams", __name__)
OF_TEAM = "/api/teams/<merchant_id>/<name>"


@api.get("/api/teams")
def show() -> Response:
    """Every team of the merchants that one administers."""
    return jsonify(teams=[asdict(one) for one in all_teams()])


@api.post("/api/teams")
def add() -> tuple[Response, int]:
    """{merchant, name} -> a team without agents and queues."""
    merchant_id, name = administered(), sent_text("name", longest=80).strip()
    with plainly(), changing() as hand:
        teams.add_team(hand, merchant_id, name)
    return jsonify(ok=True), 201


@api.post(f"{OF_TEAM}/rename")
def rename(merchant_id: str, name: str) -> Response:
    """{name}: another name; agents and queues stay."""
    with _changing(merchant_id) as hand:
        teams.rename_team(hand, merchant_id, name, sent_text("name", longest=80).strip())
    return jsonify(ok=True)


@api.post(f"{OF_TEAM}/remove")
def remove(merchant_id: str, name: str) -> Response:
    """Its agents leave its queues, but for those that another team of theirs takes."""
    with _changing(merchant_id) as hand:
        teams.remove_team(hand, merchant_id, name)
    return jsonify(ok=True)


@api.post(f"{OF_TEAM}/join")
def join(merchant_id: str, name: str) -> Response:
    """{user}: an agent of the merchant takes the team's queues."""
    with _changing(merchant_id) as hand:
        teams.join(hand, merchant_id, name, _colleague(hand, merchant_id))
    return jsonify(ok=True)


@api.post(f"{OF_TEAM}/leave")
def leave(merchant_id: str, name: str) -> Response:
    """{user}: an agent leaves the team's queues."""
    with _changing(merchant_id) as hand:
        teams.leave(hand, merchant_id, name, _colleague(hand, merchant_id))
    return jsonify(ok=True)


@api.post(f"{OF_TEAM}/serve")
def serve(merchant_id: str, name: str) -> Response:
    """{queue}: the team's agents take a queue of the live flow."""
    with _changing(merchant_id) as hand:
        teams.serve(hand, merchant_id, name, sent_text("queue", longest=80), live_queues(merchant_id))
    return jsonify(ok=True)


@api.post(f"{OF_TEAM}/unserve")
def unserve(merchant_id: str, name: str) -> Response:
    """{queue}: they take it no more."""
    with _changing(merchant_id) as hand:
        teams.stop_serving(hand, merchant_id, name, sent_text("queue", longest=80))
    return jsonify(ok=True)


def all_teams() -> list[teams.TeamRow]:
    """The teams that this viewer looks after."""
    administers()
    with rt().store.read() as tx:
        return [row for row in teams.teams(tx) if row.merchant_id in viewer().administers]


def team_page(merchant_id: str, name: str) -> dict[str, object]:
    """One team for the page: who is in it, who could be, which queues it takes and which it could."""
    _refuse_foreign(merchant_id)
    found = [row for row in all_teams() if (row.merchant_id, row.name) == (merchant_id, name)]
    if not found:
        raise not_found("team")
    (team,) = found
    with rt().store.read() as tx:
        agents = tx.scalars(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .join(Agent, Agent.id == User.id)
            .where(Membership.merchant_id == merchant_id, User.disabled_at.is_(None))
            .order_by(User.name, User.id)
        ).all()
        members = tx.scalars(
            select(User).where(User.email.in_(team.members)).order_by(User.name, User.id)
        ).all()
    return {
        "team": team,
        "members": members,
        "others": [one for one in agents if one.email not in team.members],
        "free_queues": sorted(set(live_queues(merchant_id)) - set(team.queues)),
        "lost_queues": set(team.queues) - set(live_queues(merchant_id)),
        "consequence": teams.consequence(team),
    }


def live_queues(merchant_id: str) -> tuple[str, ...]:
    """The queues of the flow that answers now."""
    flow = rt().books.live_flow(merchant_id)
    return tuple(flow.queues) if flow is not None else ()


@contextmanager
def _changing(merchant_id: str) -> Iterator[Hand]:
    _refuse_foreign(merchant_id)
    with plainly(), changing() as hand:
        yield hand


def _refuse_foreign(merchant_id: str) -> None:
    administers()
    if merchant_id not in viewer().administers:
        raise not_found("team")


def _colleague(hand: Hand, merchant_id: str) -> User:
    found = hand.tx.scalar(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(User.id == sent_text("user", longest=80), Membership.merchant_id == merchant_id)
    )
    if found is None:
        raise not_found("account")
    return found
