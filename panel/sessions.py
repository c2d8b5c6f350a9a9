"""Where somebody is signed in, and the end of it."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from panel.audit import Did, Hand
from panel.people import is_open
from voice.changes import changed
from voice.models import LoginSession, User

SHOWN = 16  # of a session's hash: enough to name it, useless to sign in


@dataclass(frozen=True)
class OpenSession:
    """One signed-in browser."""

    id: str
    browser: str
    address: str
    began_at: float
    seen_at: float
    is_this: bool = False


def sessions_of(tx: Session, user_id: str, now: float, this: str = "") -> list[OpenSession]:
    """Somebody's open sessions, the last used first; `this` is the hash of the one that asks."""
    rows = tx.scalars(
        select(LoginSession)
        .where(LoginSession.user_id == user_id, *is_open(now))
        .order_by(LoginSession.seen_at.desc(), LoginSession.token_hash)
    )
    return [
        OpenSession(
            row.token_hash[:SHOWN],
            row.browser,
            row.address,
            row.created_at,
            row.seen_at,
            row.token_hash == this,
        )
        for row in rows
    ]


def end_session(hand: Hand, user: User, session_id: str) -> bool:
    """End one of somebody's sessions; false when there is none of that name."""
    if len(session_id) != SHOWN:
        return False
    mine = (LoginSession.user_id == user.id, *is_open(hand.at))
    found = hand.tx.scalars(
        select(LoginSession).where(*mine, LoginSession.token_hash.startswith(session_id, autoescape=True))
    ).all()
    for row in found:
        row.revoked_at = hand.at
        hand.tell_of(Did.SESSION_ENDED, user, row.address)
    return bool(found)


def end_sessions(hand: Hand, user: User) -> int:
    """End all of somebody's sessions; how many that were."""
    ended = silently_end_sessions(hand.tx, user.id, hand.at)
    if ended:
        hand.tell_of(Did.SESSIONS_ENDED, user, f"{ended} of them" if ended > 1 else "")
    return ended


def silently_end_sessions(tx: Session, user_id: str, now: float, but: str = "") -> int:
    """The same as a part of what is told already, but for the session of this hash."""
    ended = changed(
        tx,
        update(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.token_hash != but, *is_open(now))
        .values(revoked_at=now),
        execution_options={"synchronize_session": False},
    )
    return ended
