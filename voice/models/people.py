"""Who signs in, what each may do, and what was done."""

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from voice.models.base import Base, key


class User(Base):
    """Somebody who signs in: an agent, a supervisor, an admin or an operator."""

    __tablename__ = "user"
    id: Mapped[str] = key()
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[float]
    disabled_at: Mapped[float | None] = mapped_column(default=None)


class Membership(Base):
    """What somebody may do for one merchant."""

    __tablename__ = "membership"
    merchant_id: Mapped[str] = key()
    user_id: Mapped[str] = key()
    role: Mapped[str]  # agent, supervisor, admin, operator


class LoginSession(Base):
    """One signed-in browser; the cookie holds a random token of which this keeps the hash."""

    __tablename__ = "login_session"
    token_hash: Mapped[str] = key()
    user_id: Mapped[str]
    csrf: Mapped[str]
    created_at: Mapped[float]
    seen_at: Mapped[float]
    expires_at: Mapped[float]
    revoked_at: Mapped[float | None] = mapped_column(default=None)
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")


class Audit(Base):
    """Who did what to accounts, teams and merchants, and who played which recording. Rows are only ever added."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    merchant_id: Mapped[str] = mapped_column(String(80))  # "" when it is of no merchant
    at: Mapped[float]
    by_id: Mapped[str] = mapped_column(default="")  # the user; "" for the machine's shell
    by_name: Mapped[str]  # as it was then
    address: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(String(40))  # panel/audit.py has the list
    about: Mapped[str] = mapped_column(String(254), default="")  # an e-mail address, a team, #ticket
    detail: Mapped[str] = mapped_column(default="")
    once: Mapped[str | None] = mapped_column(String(80), unique=True, default=None)  # what is told once only
    __table_args__ = (
        Index("audit_of_merchant", "merchant_id", "id"),
        Index("audit_about", "merchant_id", "kind", "about"),
    )
