"""The merchants of an installation, as its operator adds and lists them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callflows.kinds import SLUG
from panel.audit import Did, Hand
from panel.staff import Faulty, merchant_of
from voice.models import Call, Membership, Merchant, Number, TwilioAccount, Waiting


@dataclass(frozen=True)
class ShopRow:
    """A merchant as lists show it."""

    id: str
    name: str
    timezone: str
    account: str
    numbers: tuple[str, ...]
    flow_digest: str
    flow_fault: str | None
    people: int
    disabled_at: float | None


@dataclass(frozen=True)
class InProgress:
    """Callers of a merchant who are served to the end, whatever happens to it."""

    waiting: int
    calls: int  # those who wait among them

    def sentence(self) -> str:
        """What becomes of them."""
        if not self.calls:
            return "No call is in progress."
        calls = "1 call is" if self.calls == 1 else f"{self.calls} calls are"
        waiting = f", {self.waiting} waiting for an agent" if self.waiting else ""
        return f"{calls} in progress{waiting}; {'it ends' if self.calls == 1 else 'they end'} as begun."


def shops(tx: Session, merchants: Collection[str] | None = None) -> list[ShopRow]:
    """Every merchant by name, or these."""
    asked = select(Merchant).order_by(Merchant.name, Merchant.id)
    if merchants is not None:
        asked = asked.where(Merchant.id.in_(merchants))
    counted = select(Membership.merchant_id, func.count()).group_by(Membership.merchant_id)
    people = {merchant_id: count for merchant_id, count in tx.execute(counted)}
    numbers: dict[str, list[str]] = defaultdict(list)
    for row in tx.scalars(select(Number).order_by(Number.e164)):
        numbers[row.merchant_id].append(row.e164)
    return [
        ShopRow(
            one.id, one.name, one.timezone, one.twilio_account_id, tuple(numbers[one.id]),
            one.live_digest or "", one.flow_fault, people.get(one.id, 0), one.disabled_at,
        )
        for one in tx.scalars(asked)
    ]  # fmt: skip


def one_shop(tx: Session, merchant_id: str) -> ShopRow:
    """A merchant; raises Faulty with those that there are."""
    merchant_of(tx, merchant_id)
    (found,) = shops(tx, [merchant_id])
    return found


def in_progress(tx: Session, merchant_id: str) -> InProgress:
    """Who is on the line now."""
    waiting = select(func.count()).where(Waiting.merchant_id == merchant_id, Waiting.left_as.is_(None))
    calls = select(func.count()).where(Call.merchant_id == merchant_id, Call.ended_at.is_(None))
    return InProgress(tx.scalar(waiting) or 0, tx.scalar(calls) or 0)


def disable_shop(hand: Hand, merchant_id: str) -> bool:
    """No new calls: its numbers answer as an unknown number does. False when it is so already."""
    shop = merchant_of(hand.tx, merchant_id)
    if shop.disabled_at is not None:
        return False
    shop.disabled_at = hand.at
    hand.tell(Did.MERCHANT_DISABLED, merchant_id, merchant_id)
    return True


def enable_shop(hand: Hand, merchant_id: str) -> bool:
    """Its numbers are answered again. False when it is so already."""
    shop = merchant_of(hand.tx, merchant_id)
    if shop.disabled_at is None:
        return False
    shop.disabled_at = None
    hand.tell(Did.MERCHANT_ENABLED, merchant_id, merchant_id)
    return True


def add_shop(hand: Hand, merchant_id: str, name: str, timezone: str, account: str) -> None:
    """A merchant without a flow; its account is the only one there is, unless one is named."""
    tx = hand.tx
    if not SLUG.fullmatch(merchant_id):
        raise Faulty(
            f"{merchant_id!r} is no merchant's short name: small letters, digits and -, such as northwind"
        )
    if tx.get(Merchant, merchant_id) is not None:
        raise Faulty(f"there is a merchant {merchant_id!r} already")
    if not name.strip():
        raise Faulty("give the merchant's name as callers hear it: --name")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Faulty(f"{timezone!r} is no time zone; give one such as Europe/Berlin") from None
    tx.add(
        Merchant(
            id=merchant_id,
            name=name.strip(),
            timezone=timezone,
            twilio_account_id=_account(tx, account),
            live_digest=None,
        )
    )
    hand.tell(Did.MERCHANT_ADDED, merchant_id, merchant_id)


def _account(tx: Session, wanted: str) -> str:
    known = list(tx.scalars(select(TwilioAccount.id).order_by(TwilioAccount.id)))
    if wanted in known:
        return wanted
    if not wanted and len(known) == 1:
        return known[0]
    if not known:
        raise Faulty("there is no Twilio account yet; keep one first: ringdesk connect")
    raise Faulty(f"name one of the Twilio accounts: --account {' | '.join(known)}")
