"""The people of the merchants that somebody administers: list, add, role, password, sessions, closing and opening.

Nobody is seen through a merchant that the viewer does not administer. What touches an account as a whole (password,
sessions, closing) is refused while the account has a role at any other merchant: that would be a way into it.
"""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy import select
from sqlalchemy.orm import Session

from panel import staff
from panel.context import changing, doer, rt, sent_text, viewer
from panel.problems import Problem, not_found, plainly
from panel.sessions import end_session, end_sessions, sessions_of
from voice.models import Agent, Membership, User

api = Blueprint("people", __name__)

LEADER = "operator"  # is appointed, changed and closed by operators alone


@api.get("/api/people")
def show() -> Response:
    """Everybody with a role at the merchants that one administers; roles elsewhere are not told."""
    return jsonify(people=[asdict(one) for one in everybody()])


@api.post("/api/people")
def add() -> tuple[Response, int]:
    """{email, name, merchant, role} -> a new account; its password is told here and nowhere else."""
    merchant_id, role = administered(), sent_text("role", longest=20)
    _may_give(merchant_id, role)
    password = staff.made_up()
    who = staff.Newcomer(sent_text("email", longest=254), sent_text("name", longest=80), merchant_id, role)
    with plainly(), changing() as hand:
        user = staff.add(hand, rt(), who, password)
    return jsonify(id=user.id, email=user.email, password=password), 201


@api.post("/api/people/<user_id>/role")
def give_role(user_id: str) -> Response:
    """{merchant, role}: what somebody may do for a merchant; `none` takes it away."""
    merchant_id, role = administered(), sent_text("role", longest=20)
    with plainly(), changing() as hand:
        user = _somebody(hand.tx, user_id)
        _not_oneself(user)
        _may_give(merchant_id, role)
        known = hand.tx.get(Membership, (merchant_id, user_id))
        _may_give(merchant_id, known.role if known is not None else staff.NO_ROLE)
        staff.give_role(hand, rt(), user, merchant_id, role)
    return jsonify(ok=True)


@api.post("/api/people/<user_id>/disable")
def disable(user_id: str) -> Response:
    """Signed out at the next request, off shift, rings taken back."""
    with rt().store.read() as tx:
        _not_oneself(whole_account(tx, user_id))
    staff.disable(rt(), doer(), user_id)
    return jsonify(ok=True)


@api.post("/api/people/<user_id>/enable")
def enable(user_id: str) -> Response:
    """May sign in again."""
    with changing() as hand:
        staff.enable(hand, whole_account(hand.tx, user_id))
    return jsonify(ok=True)


@api.post("/api/people/<user_id>/reset-password")
def reset_password(user_id: str) -> Response:
    """A made-up password, told once; whoever was signed in with the old one is signed out."""
    password = staff.made_up()
    with changing() as hand:
        user = whole_account(hand.tx, user_id)
        _not_oneself(user)
        staff.set_password(hand, user, password)
    return jsonify(email=user.email, password=password)


@api.get("/api/people/<user_id>/sessions")
def show_sessions(user_id: str) -> Response:
    """Where somebody is signed in."""
    with rt().store.read() as tx:
        whole_account(tx, user_id)
        return jsonify(sessions=[asdict(one) for one in sessions_of(tx, user_id, rt().now())])


@api.post("/api/people/<user_id>/sessions/end")
def end(user_id: str) -> Response:
    """{session?}: end one of somebody's sessions, or all."""
    session_id = sent_text("session", longest=64, default="")
    with changing() as hand:
        user = whole_account(hand.tx, user_id)
        if not session_id:
            end_sessions(hand, user)
        elif not end_session(hand, user, session_id):
            raise not_found("session")
    return jsonify(ok=True)


def everybody() -> list[staff.Person]:
    """Those whom this viewer may see."""
    administers()
    with rt().store.read() as tx:
        return staff.people(tx, viewer().administers)


def one_person(user_id: str) -> dict[str, Any]:
    """Somebody for the page: the account, whether it may be changed as a whole, and then its sessions."""
    administers()
    with rt().store.read() as tx:
        user = _somebody(tx, user_id)
        (person,) = [one for one in staff.people(tx, viewer().administers) if one.id == user.id]
        is_whole = not _elsewhere(tx, user_id) and not _is_above(tx, user_id)
        sessions = sessions_of(tx, user_id, rt().now()) if is_whole else []
        agent = tx.get(Agent, user_id)
    return {
        "person": person,
        "is_whole": is_whole,
        "is_self": user_id == viewer().user_id,
        "sessions": sessions,
        "agent": agent,
    }


def assignable(merchant_id: str) -> tuple[str, ...]:
    """The roles that this viewer may give at a merchant."""
    is_leader = viewer().roles.get(merchant_id) == LEADER
    return tuple(role for role in staff.ROLES if is_leader or role != LEADER)


def administers() -> None:
    """Refuses who looks after nobody."""
    if not viewer().administers:
        raise Problem(403, "no_people", "Accounts are looked after by admins. Ask one of yours.")


def administered() -> str:
    """The merchant that was sent, if the viewer looks after it."""
    administers()
    merchant_id = sent_text("merchant", longest=80)
    if merchant_id not in viewer().administers:
        raise not_found("merchant")
    return merchant_id


def _somebody(tx: Session, user_id: str) -> User:
    administers()
    found = tx.scalar(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(User.id == user_id, Membership.merchant_id.in_(viewer().administers))
        .limit(1)
    )
    if found is None:
        raise not_found("account")
    return found


def whole_account(tx: Session, user_id: str) -> User:
    """An account that is the viewer's to change: none of its roles is out of the viewer's hands."""
    user = _somebody(tx, user_id)
    if _elsewhere(tx, user_id) or _is_above(tx, user_id):
        raise Problem(403, "not_yours", "This account is not yours alone. Ask who runs this installation.")
    return user


def _elsewhere(tx: Session, user_id: str) -> bool:
    elsewhere = select(Membership.user_id).where(
        Membership.user_id == user_id, Membership.merchant_id.not_in(viewer().administers)
    )
    return tx.scalar(elsewhere.limit(1)) is not None


def _is_above(tx: Session, user_id: str) -> bool:
    """Whether somebody is operator of a merchant where the viewer is not."""
    led = tx.scalars(
        select(Membership.merchant_id).where(Membership.user_id == user_id, Membership.role == LEADER)
    )
    return any(viewer().roles.get(merchant_id) != LEADER for merchant_id in led)


def _may_give(merchant_id: str, role: str) -> None:
    if role == LEADER and viewer().roles.get(merchant_id) != LEADER:
        raise Problem(403, "not_yours", "Operators are appointed and changed by operators alone.")


def _not_oneself(user: User) -> None:
    if user.id == viewer().user_id:
        raise Problem(409, "not_now", "This is your own account. Ask another admin, or go to Account.")
