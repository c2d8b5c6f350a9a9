"""One's own account: password and sessions."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from panel import passwords, staff
from panel.audit import Hand
from panel.context import changing, origin_of_request, panel, rt, sent_text, viewer
from panel.login import WaitFirst
from panel.problems import Problem, not_found
from panel.sessions import OpenSession, end_session, end_sessions, sessions_of
from voice.models import User

api = Blueprint("account", __name__)


@api.get("/api/account/sessions")
def show() -> Response:
    """Where one is signed in; `is_this` marks the browser that asks."""
    return jsonify(sessions=[asdict(one) for one in own_sessions()])


@api.post("/api/account/sessions/end")
def end() -> Response:
    """{session}: sign out one browser of one's own."""
    with changing() as hand:
        if not end_session(hand, myself(hand), sent_text("session", longest=64)):
            raise not_found("session")
    return jsonify(ok=True)


@api.post("/api/account/sign-out-everywhere")
def sign_out_everywhere() -> Response:
    """End every session of one's own, this one too."""
    with changing() as hand:
        end_sessions(hand, myself(hand))
    return jsonify(ok=True)


@api.post("/api/account/password")
def change_password() -> Response:
    """{old, new}: every other session ends."""
    old, new = sent_text("old", longest=1024), sent_text("new", longest=1024)
    _check(old)
    try:
        with changing() as hand:
            staff.set_password(hand, myself(hand), new, but=viewer().session)
    except staff.Faulty as fault:
        raise Problem(400, "faulty", f"{str(fault).capitalize()}.") from None
    return jsonify(ok=True)


def own_sessions() -> list[OpenSession]:
    """The viewer's open sessions."""
    with rt().store.read() as tx:
        return sessions_of(tx, viewer().user_id, rt().now(), this=viewer().session)


def myself(hand: Hand) -> User:
    """The viewer's account."""
    return hand.tx.get_one(User, viewer().user_id)


def _check(password: str) -> None:
    """The present password, guessed no faster than at the door."""
    throttle, address, email = panel().throttle, origin_of_request().address, viewer().email.casefold()
    wait = throttle.wait(email, address, rt().now())
    if wait > 0:
        raise WaitFirst(wait)
    with rt().store.read() as tx:
        kept = tx.get_one(User, viewer().user_id).password_hash
    if not passwords.is_right(password, kept):
        throttle.failed(email, address, rt().now())
        raise Problem(400, "wrong_password", "This is not your present password.")
    throttle.succeeded(email, address)
