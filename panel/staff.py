"""Who works here: accounts, their roles and passwords. Who may ask for it is decided before (panel/api/people.py, shell)."""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from panel import passwords
from panel.audit import By, Did, Hand
from panel.sessions import silently_end_sessions
from voice import agents
from voice.models import Agent, Membership, Merchant, QueueMember, TeamMember, User
from voice.runtime import Runtime

ROLES = ("agent", "supervisor", "admin", "operator")
NO_ROLE = "none"
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|[^\s@]+@localhost")
LONGEST_NAME = 80


class Faulty(ValueError):
    """What was asked for cannot be; the sentence names the thing and the way out."""


@dataclass(frozen=True)
class Newcomer:
    """Somebody who gets an account."""

    email: str
    name: str
    merchant_id: str
    role: str


@dataclass(frozen=True)
class Person:
    """An account as lists show it."""

    id: str
    email: str
    name: str
    roles: dict[str, str]  # merchant -> role
    takes_calls: bool
    created_at: float
    disabled_at: float | None


def people(tx: Session, merchants: Collection[str] | None = None) -> list[Person]:
    """Everybody with a role at one of these merchants, and those roles alone; None: everybody, wherever."""
    asked = select(User, Membership).outerjoin(Membership, Membership.user_id == User.id)
    if merchants is not None:
        asked = asked.where(Membership.merchant_id.in_(merchants))
    roles: dict[str, dict[str, str]] = {}
    users: dict[str, User] = {}
    for user, membership in tx.execute(
        asked.order_by(func.lower(User.name), User.id, Membership.merchant_id)
    ):
        users[user.id] = user
        if membership is not None:
            roles.setdefault(user.id, {})[membership.merchant_id] = membership.role
    takers = set(tx.scalars(select(Agent.id)))
    return [
        Person(
            user.id,
            user.email,
            user.name,
            roles.get(user.id, {}),
            user.id in takers,
            user.created_at,
            user.disabled_at,
        )
        for user in users.values()
    ]


def by_email(tx: Session, email: str) -> User:
    """The account of an address; raises Faulty with the likeliest way out."""
    user = tx.scalar(select(User).where(func.lower(User.email) == email.strip().casefold()))
    if user is None:
        raise Faulty(f"there is no account {email!r}; see: ringdesk users list")
    return user


def check(tx: Session, who: Newcomer) -> None:
    """Raises Faulty when such an account cannot be added."""
    email, name = who.email.strip(), who.name.strip()
    if len(email) > 254 or not ADDRESS.fullmatch(email):
        raise Faulty(f"{email!r} is no e-mail address")
    if not 0 < len(name) <= LONGEST_NAME:
        raise Faulty(f"a name has 1 to {LONGEST_NAME} characters")
    if tx.scalar(select(User.id).where(func.lower(User.email) == email.casefold())) is not None:
        raise Faulty(f"there is an account {email!r} already; give it a role: ringdesk users role")
    if who.role not in ROLES:
        raise Faulty(f"{who.role!r} is no role; give one of {', '.join(ROLES)}")
    merchant_of(tx, who.merchant_id)


def add(hand: Hand, rt: Runtime, who: Newcomer, password: str) -> User:
    """A new account with its first role."""
    tx, email, name = hand.tx, who.email.strip(), who.name.strip()
    check(tx, who)
    user = User(
        id=rt.chance.id("us"), email=email, name=name, password_hash=hashed(password), created_at=rt.now()
    )
    tx.add(user)
    tx.flush()
    _set_role(tx, rt, user, who.merchant_id, who.role)
    hand.tell(Did.ACCOUNT_ADDED, who.merchant_id, email, who.role)
    return user


def give_role(hand: Hand, rt: Runtime, user: User, merchant_id: str, role: str) -> None:
    """What somebody may do for a merchant from now on; `none` takes it away, with the merchant's queues."""
    was = _set_role(hand.tx, rt, user, merchant_id, role)
    if role == was:
        return
    if role == NO_ROLE:
        hand.tell(Did.ROLE_TAKEN, merchant_id, user.email, was)
    else:
        hand.tell(Did.ROLE_GIVEN, merchant_id, user.email, f"{was} → {role}")


def _set_role(tx: Session, rt: Runtime, user: User, merchant_id: str, role: str) -> str:
    """The role that it was before."""
    if role not in (*ROLES, NO_ROLE):
        raise Faulty(f"{role!r} is no role; give one of {', '.join((*ROLES, NO_ROLE))}")
    merchant_of(tx, merchant_id)
    known = tx.get(Membership, (merchant_id, user.id))
    was = known.role if known is not None else NO_ROLE
    if role == NO_ROLE:
        _take_role(tx, user, merchant_id)
        return was
    tx.merge(Membership(merchant_id=merchant_id, user_id=user.id, role=role))
    if role == "agent" and tx.get(Agent, user.id) is None:
        tx.add(Agent(id=user.id, identity=user.id, name=user.name, since_at=rt.now()))
    tx.flush()
    return was


def _take_role(tx: Session, user: User, merchant_id: str) -> None:
    for table, person in (
        (Membership, Membership.user_id),
        (QueueMember, QueueMember.agent_id),
        (TeamMember, TeamMember.agent_id),
    ):
        tx.execute(delete(table).where(table.merchant_id == merchant_id, person == user.id))


def merchant_of(tx: Session, merchant_id: str) -> Merchant:
    """The merchant of this name; raises Faulty with those that there are."""
    found = tx.get(Merchant, merchant_id)
    if found is None:
        known = ", ".join(tx.scalars(select(Merchant.id).order_by(Merchant.id)))
        there = f"there is: {known}" if known else "there is none yet: ringdesk merchants add"
        raise Faulty(f"there is no merchant {merchant_id!r}; {there}")
    return found


def set_password(hand: Hand, user: User, password: str, but: str = "") -> None:
    """A new password; whoever is signed in with the old one is signed out, but for the session of this hash."""
    user.password_hash = hashed(password)
    silently_end_sessions(hand.tx, user.id, hand.at, but)
    is_own = hand.by.user_id == user.id
    hand.tell_of(Did.PASSWORD_CHANGED if is_own else Did.PASSWORD_RESET, user)


def disable(rt: Runtime, by: By, user_id: str) -> None:
    """Close an account: sessions end, rings are taken back, and the agent is off shift; a talk is finished first."""
    with rt.write() as tx:
        hand, user = Hand(tx, by, rt.now()), tx.get_one(User, user_id)
        if user.disabled_at is None:
            user.disabled_at = hand.at
            hand.tell_of(Did.ACCOUNT_DISABLED, user)
        silently_end_sessions(tx, user_id, hand.at)
        if tx.get(Agent, user_id) is not None:
            agents.shift_ends(tx, rt, user_id)
    agents.take_rings_back(rt, user_id)  # no other can begin now


def enable(hand: Hand, user: User) -> None:
    """Open an account again, with the password it had."""
    if user.disabled_at is not None:
        user.disabled_at = None
        hand.tell_of(Did.ACCOUNT_ENABLED, user)


def hashed(password: str) -> str:
    """What is kept of a password; one that is too short or too long is Faulty."""
    try:
        return passwords.hash_password(password)
    except ValueError as wrong:
        raise Faulty(str(wrong)) from wrong


def made_up() -> str:
    """A password for somebody who gets it once and changes it: 96 random bits, in groups that can be read out."""
    text = secrets.token_hex(12)
    return "-".join(text[start : start + 6] for start in range(0, len(text), 6))
