"""The merchants of an installation, as its operator adds and lists them."""

from collections import defaultdict
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from callflows.kinds import SLUG
from panel.staff import Faulty
from voice.models import Merchant, Number, TwilioAccount


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


def shops(tx: Session) -> list[ShopRow]:
    """Every merchant, by name."""
    numbers: dict[str, list[str]] = defaultdict(list)
    for row in tx.scalars(select(Number).order_by(Number.e164)):
        numbers[row.merchant_id].append(row.e164)
    return [
        ShopRow(
            one.id, one.name, one.timezone, one.twilio_account_id, tuple(numbers[one.id]),
            one.live_digest or "", one.flow_fault,
        )
        for one in tx.scalars(select(Merchant).order_by(Merchant.name, Merchant.id))
    ]  # fmt: skip


def add_shop(tx: Session, merchant_id: str, name: str, timezone: str, account: str) -> None:
    """A merchant without a flow; its account is the only one there is, unless one is named."""
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


def _account(tx: Session, wanted: str) -> str:
    known = list(tx.scalars(select(TwilioAccount.id).order_by(TwilioAccount.id)))
    if wanted in known:
        return wanted
    if not wanted and len(known) == 1:
        return known[0]
    if not known:
        raise Faulty("there is no Twilio account yet; keep one first: ringdesk connect")
    raise Faulty(f"name one of the Twilio accounts: --account {' | '.join(known)}")
