"""The agent's own state: shift, away, wrap-up, the answer to a ping, and the token for the browser's phone."""

from typing import Final

from flask import Blueprint, Response, jsonify
from sqlalchemy import bindparam, select

from panel import snapshot
from panel.context import agent_id, rt, sent_text, viewer
from panel.problems import not_found
from voice import agents
from voice.books import Account
from voice.models import Agent
from voice.tokens import LIFE_SECONDS, access_token

desk = Blueprint("desk", __name__)
_IDENTITY: Final = select(Agent.identity).where(Agent.id == bindparam("agent"))


@desk.get("/api/desk")
def show() -> Response:
    """The whole desk, as the stream sends it."""
    return current()


@desk.post("/api/shift/start")
def start_shift() -> Response:
    """Begin taking calls."""
    agents.start_shift(rt(), agent_id())
    return current()


@desk.post("/api/shift/end")
def end_shift() -> Response:
    """Stop taking calls."""
    agents.end_shift(rt(), agent_id())
    return current()


@desk.post("/api/away")
def go_away() -> Response:
    """{reason} -> no calls until back."""
    agents.go_away(rt(), agent_id(), sent_text("reason", longest=40, default="break"))
    return current()


@desk.post("/api/available")
def come_back() -> Response:
    """Take calls again, from away, after a missed ring, or when the desk was out of reach."""
    agents.come_back(rt(), agent_id())
    return current()


@desk.post("/api/wrap-up/end")
def end_wrap_up() -> Response:
    """The notes are written: the next call may come."""
    agents.end_wrap_up(rt(), agent_id())
    return current()


@desk.post("/api/wrap-up/extend")
def extend_wrap_up() -> Response:
    """The notes take longer."""
    agents.extend_wrap_up(rt(), agent_id())
    return current()


@desk.post("/api/pong")
def pong() -> tuple[str, int]:
    """The answer to a ping of a page, or of a push process, that is older than POST /pong: this desk is alive."""
    agents.seen(rt(), agent_id())
    return "", 204


@desk.post("/api/token")
def token() -> Response:
    """{account_sid?} -> what the browser's phone signs in with, at one Twilio account that this agent serves."""
    account, now = account_of(sent_text("account_sid", longest=34, default="")), rt().now()
    with rt().store.read() as tx:
        identity = tx.execute(_IDENTITY, {"agent": agent_id()}).scalar_one()
    return jsonify(
        token=access_token(identity, account, now, LIFE_SECONDS),
        identity=identity,
        account_sid=account.account_sid,
        edge=account.edge,
        expires_at=now + LIFE_SECONDS,
    )


def account_of(wanted: str) -> Account:
    """The Twilio account named, or the first, among those of the merchants that this agent serves."""
    page = rt().books.page
    served = [
        page.accounts[page.shops[merchant].account_id]
        for merchant in viewer().merchants
        if merchant in page.shops
    ]
    for account in served:
        if wanted in ("", account.account_sid):
            return account
    raise not_found("Twilio account among those you serve")


def current() -> Response:
    """The desk after what was just done."""
    with rt().store.read() as tx:
        return jsonify(snapshot.desk(tx, agent_id(), rt().now()))
