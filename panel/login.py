"""Signing in and out: the browser holds a random token, we hold its hash, and the row decides.

A session ends 12 hours after its last use and 24 hours after it began (ASVS 5, 7.3: stated limits, kept by us).
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from panel import passwords
from panel.audit import By, Did, Hand
from panel.people import Viewer, viewer_of
from panel.throttle import Throttle
from voice.among import Names, among
from voice.models import LoginSession, User
from voice.runtime import Runtime

WHOLE_SECONDS = 24 * 3600.0
SEEN_EVERY_SECONDS = 60.0  # an idle limit of hours needs no write at each request

_SESSION: Final = cast(Table, LoginSession.__table__)
_FREE: Final = (
    select(_SESSION.c.token_hash)
    .where(among(_SESSION.c.token_hash, bindparam("sessions", type_=Names())))
    .with_for_update(skip_locked=True)
)
_IN_USE: Final = update(_SESSION).where(_SESSION.c.token_hash.in_(_FREE)).values(seen_at=bindparam("moment"))


@dataclass(frozen=True)
class SignedIn:
    """A new session: the token goes into the cookie and is nowhere else."""

    token: str
    viewer: Viewer


class WrongLogin(Exception):
    """No such account, wrong password or account closed: nobody is told which."""

    message = "This e-mail address and password do not belong together."


class WaitFirst(Exception):
    """Too many wrong tries from here."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, round(seconds + 0.5))
        self.message = f"Too many tries. Wait {self.seconds} seconds, then try again."
        super().__init__(self.message)


def hash_of(token: str) -> str:
    """What we keep of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class From:
    """Where a request comes from."""

    address: str
    browser: str
    old_token: str = ""


def sign_in(rt: Runtime, throttle: Throttle, email: str, password: str, origin: From) -> SignedIn:
    """Check the password and begin a new session; the browser's old one ends, so no token survives a sign-in."""
    account = email.strip().casefold()[:254]
    wait = throttle.wait(account, origin.address, rt.now())
    if wait > 0:
        raise WaitFirst(wait)
    with rt.store.read() as tx:
        user = tx.scalar(select(User).where(func.lower(User.email) == account))
        wait = throttle.wait_of_account(account, rt.now())
        if wait > 0 and not _has_been_at(tx, user, origin.address):
            raise WaitFirst(wait)
    right = passwords.is_right(password, user.password_hash if user and user.disabled_at is None else None)
    if not right or user is None:
        throttle.failed(account, origin.address, rt.now())
        raise WrongLogin
    throttle.succeeded(account, origin.address)
    return _begin(rt, user, origin)


def _begin(rt: Runtime, user: User, origin: From) -> SignedIn:
    token, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(24), rt.now()
    with rt.write() as tx:
        if origin.old_token:
            revoke(tx, hash_of(origin.old_token), now)
        tx.add(
            LoginSession(
                token_hash=hash_of(token),
                user_id=user.id,
                csrf=csrf,
                created_at=now,
                seen_at=now,
                expires_at=now + WHOLE_SECONDS,
                address=origin.address[:64],
                browser=origin.browser[:200],
            )
        )
        Hand(tx, By(user.name, user.id, origin.address), now).tell_of(Did.SIGNED_IN, user)
        tx.flush()
        begun = viewer_of(tx, hash_of(token), now)
    if begun is None:  # closed in this very moment
        raise WrongLogin
    return SignedIn(token, begun[0])


def _has_been_at(tx: Session, user: User | None, address: str) -> bool:
    """Whether somebody has signed in from this address before."""
    if user is None:
        return False
    there = (LoginSession.user_id == user.id, LoginSession.address == address[:64])
    return tx.scalar(select(LoginSession.token_hash).where(*there).limit(1)) is not None


def who(rt: Runtime, token: str) -> Viewer | None:
    """Whom a cookie's token stands for now; None when it stands for nobody any more."""
    if not token:
        return None
    now = rt.now()
    with rt.store.read() as tx:
        found = viewer_of(tx, hash_of(token), now)
    if found is None:
        return None
    viewer, seen_at = found
    if now - seen_at > SEEN_EVERY_SECONDS:
        with rt.write() as tx:
            tx.execute(
                update(LoginSession).where(LoginSession.token_hash == viewer.session).values(seen_at=now)
            )
    return viewer


def seen_together(rt: Runtime, sessions: Collection[str]) -> None:
    """These sessions are in use; who is being looked at elsewhere is told of next time."""
    with rt.write() as tx:
        tx.execute(_IN_USE, {"sessions": list(sessions), "moment": rt.now()})


def sign_out(hand: Hand, viewer: Viewer) -> None:
    """End this session, at once and everywhere."""
    revoke(hand.tx, viewer.session, hand.at)
    hand.tell_of(Did.SIGNED_OUT, hand.tx.get_one(User, viewer.user_id))


def revoke(tx: Session, session: str, now: float) -> None:
    """Mark a session as ended; a session that ended before keeps its time."""
    tx.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == session, LoginSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
