"""Ordinary phones that are rung."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from voice import states
from voice.models.base import Base, key, of_call, quoted, unique_while


class PhoneRing(Base):
    """An ordinary phone that is rung: an agent's for an offer, or an outside number for an asking."""

    __tablename__ = "phone_ring"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    call_id: Mapped[str]
    offer_id: Mapped[str | None]
    consult_id: Mapped[str | None]
    number: Mapped[str]  # E.164
    line: Mapped[str]  # our number, which it sees
    leg_sid: Mapped[str | None] = mapped_column(String(34), default=None)  # the first that told of itself
    state: Mapped[str]
    state_at: Mapped[float]
    until_at: Mapped[float]  # when it is over whatever we heard
    whispers: Mapped[int] = mapped_column(default=0)  # how often the agent was told who calls
    why: Mapped[str] = mapped_column(default="")  # it came to nothing
    __table_args__ = (
        of_call(),
        unique_while(
            "phone_ring_one_per_offer", "offer_id", where=f"state IN ({quoted(states.PHONE_RING_LIVE)})"
        ),
        Index("phone_ring_by_id", "id", unique=True),  # its addresses name the id alone
        Index("phone_ring_due", "state", "until_at"),
        Index("phone_ring_of_call", "merchant_id", "call_id"),
        Index("phone_ring_leg", "leg_sid"),
    )
