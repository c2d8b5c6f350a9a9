"""Which flow version answered when, who said so, and the way back: a list that only grows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from voice import models

PUBLISHED, STARTED, RETURNED, SEEN = "published", "started", "returned", "seen"
FROM_FILES = (PUBLISHED, STARTED, SEEN)


class NoSuchVersion(LookupError):
    """A version that a merchant never had, or that nobody can tell from another; says which there are."""


class Stale(RuntimeError):
    """Somebody else published meanwhile: what was looked at is not live any more."""


@dataclass(frozen=True)
class Entry:
    """One line of the list; `is_live` tells the newest one that answers now."""

    digest: str
    was_digest: str | None
    kind: str
    at: float
    by: str
    reason: str
    is_live: bool


def history(tx: Session, merchant_id: str, limit: int = 50) -> list[Entry]:
    """What was published, the newest first; what only start saw is left out."""
    merchant = tx.get(models.Merchant, merchant_id)
    rows = tx.scalars(_rows(merchant_id).where(models.FlowPublication.kind != SEEN).limit(limit)).all()
    live = merchant.live_digest if merchant is not None else None
    newest_live = next((row.id for row in rows if row.digest == live), None)
    return [
        Entry(
            row.digest,
            row.was_digest,
            row.kind,
            row.published_at,
            row.published_by,
            row.reason,
            row.id == newest_live,
        )
        for row in rows
    ]


def last_from_file(tx: Session, merchant_id: str) -> str | None:
    """The digest of the file that was looked at last."""
    row = tx.scalar(_rows(merchant_id).where(models.FlowPublication.kind.in_(FROM_FILES)).limit(1))
    return row.digest if row is not None else None


def enter(
    tx: Session, merchant: models.Merchant, digest: str, kind: str, *, at: float, by: str, reason: str = ""
) -> None:
    """One more line."""
    row = models.FlowPublication(
        merchant_id=merchant.id, digest=digest, was_digest=merchant.live_digest, kind=kind, published_at=at,
        published_by=by, reason=reason,
    )  # fmt: skip
    tx.add(row)


def earlier(tx: Session, merchant: models.Merchant) -> str:
    """The version that answered before the one that answers now."""
    for row in tx.scalars(_rows(merchant.id).where(models.FlowPublication.kind != SEEN)):
        if row.digest == merchant.live_digest and row.was_digest and row.was_digest != row.digest:
            return row.was_digest
    raise NoSuchVersion(f"{merchant.id} never had another flow version than the one that is live")


def version(tx: Session, merchant_id: str, beginning: str) -> models.FlowVersion:
    """The version whose digest begins so; raises NoSuchVersion."""
    known = tx.scalars(
        select(models.FlowVersion)
        .where(models.FlowVersion.merchant_id == merchant_id)
        .order_by(models.FlowVersion.published_at.desc())
    ).all()
    found = [one for one in known if one.digest.startswith(beginning.lower())]
    if len(found) == 1:
        return found[0]
    said = "several versions begin" if found else "no version begins"
    raise NoSuchVersion(f"{said} with '{beginning}' at {merchant_id}; there is: {_digests(known)}")


def _digests(versions: Sequence[models.FlowVersion]) -> str:
    return ", ".join(one.digest[:12] for one in versions[:12]) or "none"


def _rows(merchant_id: str) -> Select[models.FlowPublication]:
    return (
        select(models.FlowPublication)
        .where(models.FlowPublication.merchant_id == merchant_id)
        .order_by(models.FlowPublication.id.desc())
    )
