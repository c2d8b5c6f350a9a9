"""Who is looking, and at which merchants."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BindParameter, ColumnElement, Float, bindparam, select
from sqlalchemy.orm import Session

from voice.models import Agent, LoginSession, Membership, Merchant, User
from voice.supervisions import MAY_SUPERVISE

WATCHING = MAY_SUPERVISE  # roles that see the floor
ADMINISTERING = frozenset({"admin", "operator"})  # roles that look after people

IDLE_SECONDS = 12 * 3600.0


def is_open(now: float | BindParameter[float]) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a session row still stands for its user."""
    return (
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > now,
        LoginSession.seen_at > now - IDLE_SECONDS,
    )


# One row for each merchant of the user's; one without a merchant when there is none.
_VIEWER: Final = (
    select(
        LoginSession.csrf,
        LoginSession.seen_at,
        User.id,
        User.name,
        User.email,
        Agent.id.label("agent_id"),
        Membership.merchant_id,
        Membership.role,
        Merchant.name.label("merchant_name"),
    )
    .join(User, User.id == LoginSession.user_id)
    .outerjoin(Agent, Agent.id == User.id)
    .outerjoin(Membership, Membership.user_id == User.id)
    .outerjoin(Merchant, Merchant.id == Membership.merchant_id)
    .where(LoginSession.token_hash == bindparam("token_hash"), User.disabled_at.is_(None))
    .where(*is_open(bindparam("now", type_=Float(53))))
    .order_by(Merchant.name)
)


@dataclass(frozen=True)
class Viewer:
    """Somebody signed in. Every question to SQL is asked for `merchants` only."""

    user_id: str
    name: str
    email: str
    roles: Mapping[str, str]  # merchant id -> agent, supervisor, admin or operator
    merchant_names: Mapping[str, str]
    has_desk: bool  # takes calls: there is an agent of the same id
    session: str  # hash of the cookie's token
    csrf: str

    @property
    def merchants(self) -> tuple[str, ...]:
        """The merchants that this person may see."""
        return tuple(self.roles)

    @property
    def watches(self) -> tuple[str, ...]:
        """The merchants whose floor this person watches over."""
        return tuple(merchant for merchant, role in self.roles.items() if role in WATCHING)

    @property
    def administers(self) -> tuple[str, ...]:
        """The merchants whose people this person looks after."""
        return tuple(merchant for merchant, role in self.roles.items() if role in ADMINISTERING)

    @property
    def leads(self) -> tuple[str, ...]:
        """The merchants that this person may open and close."""
        return tuple(merchant for merchant, role in self.roles.items() if role == "operator")

    def may_see(self, merchant_id: str) -> bool:
        """Whether this merchant is one of theirs."""
        return merchant_id in self.roles


def viewer_of(tx: Session, token_hash: str, now: float) -> tuple[Viewer, float] | None:
    """Who a session stands for now, and when it was seen last; None when it stands for nobody any more.

    Every request asks, and memberships are read each time, so that taking one away works at once: one question.
    """
    rows = tx.execute(_VIEWER, {"token_hash": token_hash, "now": now}).all()
    if not rows:
        return None
    first, places = rows[0], [row for row in rows if row.merchant_id is not None]
    viewer = Viewer(
        user_id=first.id,
        name=first.name,
        email=first.email,
        roles={row.merchant_id: row.role for row in places},
        merchant_names={row.merchant_id: row.merchant_name for row in places},
        has_desk=first.agent_id is not None,
        session=token_hash,
        csrf=first.csrf,
    )
    return viewer, first.seen_at
