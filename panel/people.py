"""Who is looking, and at which merchants."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from voice.models import Agent, Membership, Merchant, User
from voice.supervisions import MAY_SUPERVISE

WATCHING = MAY_SUPERVISE  # roles that see the floor
ADMINISTERING = frozenset({"admin", "operator"})  # roles that look after people


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


def viewer_of(tx: Session, user: User, *, session: str, csrf: str) -> Viewer:
    """Who this user is to us now: memberships are read each time, so that taking one away works at once."""
    rows = tx.execute(
        select(Membership.merchant_id, Membership.role, Merchant.name)
        .join(Merchant, Merchant.id == Membership.merchant_id)
        .where(Membership.user_id == user.id)
        .order_by(Merchant.name)
    ).all()
    return Viewer(
        user_id=user.id,
        name=user.name,
        email=user.email,
        roles={merchant: role for merchant, role, _ in rows},
        merchant_names={merchant: name for merchant, _, name in rows},
        has_desk=tx.scalar(select(Agent.id).where(Agent.id == user.id)) is not None,
        session=session,
        csrf=csrf,
    )
