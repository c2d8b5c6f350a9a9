"""A flow heard before it is published: a draft answers one number of its merchant, everybody else hears the live flow."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from callflows.faults import did_you_mean
from callflows.files import check_files
from voice import models
from voice.publish import store_version
from voice.runtime import Runtime


class NoSuchNumber(LookupError):
    """A number that the merchant does not have, so that nobody could hear the draft; says which there are."""


@dataclass(frozen=True)
class Draft:
    """Which version answers a number instead of the live one."""

    merchant: str
    number: str
    digest: str
    at: float
    by: str


def set_draft(rt: Runtime, file: Path, number: str, by: str) -> Draft:
    """Let a file's flow answer one number. Raises FlowFaults, NoSuchMerchant, NoSuchNumber."""
    (checked,) = check_files([file])
    with rt.write() as tx:
        digest = store_version(tx, rt, checked, by)
        merchant_id = checked.flow.merchant if checked.flow is not None else ""
        _refuse_unknown(tx, merchant_id, number)
        row = tx.get(models.FlowDraft, (merchant_id, number))
        if row is None:
            row = models.FlowDraft(merchant_id=merchant_id, e164=number)
            tx.add(row)
        row.digest, row.set_at, row.set_by = digest, rt.now(), by
        return _draft(row)


def drop_draft(rt: Runtime, number: str) -> Draft:
    """Let the live flow answer a number again. Raises NoSuchNumber when no draft answers it."""
    with rt.write() as tx:
        row = tx.scalar(select(models.FlowDraft).where(models.FlowDraft.e164 == number))
        if row is None:
            known = sorted(tx.scalars(select(models.FlowDraft.e164)))
            raise NoSuchNumber(f"no draft answers {number}{did_you_mean(number, known)}")
        tx.delete(row)
        return _draft(row)


def drafts(tx: Session, merchant_id: str) -> list[Draft]:
    """All drafts of a merchant."""
    rows = tx.scalars(
        select(models.FlowDraft)
        .where(models.FlowDraft.merchant_id == merchant_id)
        .order_by(models.FlowDraft.e164)
    )
    return [_draft(row) for row in rows]


def _draft(row: models.FlowDraft) -> Draft:
    return Draft(row.merchant_id, row.e164, row.digest, row.set_at, row.set_by)


def _refuse_unknown(tx: Session, merchant_id: str, number: str) -> None:
    known = sorted(tx.scalars(select(models.Number.e164).where(models.Number.merchant_id == merchant_id)))
    if number not in known:
        there = f"; its numbers are: {', '.join(known)}" if known else "; connect one first: ringdesk connect"
        raise NoSuchNumber(f"{merchant_id} has no number {number}{there}")
