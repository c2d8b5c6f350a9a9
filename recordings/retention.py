"""Retention: recordings older than their merchant keeps them become jobs that erase them; looked for every hour."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from voice import models, outbox
from voice.models import Recording
from voice.runtime import Runtime
from voice.states import Recording as State
from voice.upsert import insert

EVERY_SECONDS = 3600.0
DAY_SECONDS = 86_400.0
AT_ONCE = 500  # of one merchant in one round
KEPT = (State.COMPLETED, State.STORED, State.FAILED)
LOOK = "retention"

_LOOKED_AT: Final = select(models.Beat.at).where(models.Beat.name == LOOK)


def expire_recordings(rt: Runtime) -> int:
    """Promise to erase what is due by the live flows' retention; how many that were. Of several clocks one looks."""
    if not _is_my_turn(rt):
        return 0
    found = 0
    for shop in list(rt.books.page.shops.values()):
        flow = rt.books.live_flow(shop.id)
        kept = flow.retention if flow is not None else None
        if kept is None:
            continue
        for kind, days in (("call", kept.recordings), ("voicemail", kept.voicemails)):
            if days is not None:
                found += _promise(rt, shop.id, kind, rt.now() - days * DAY_SECONDS)
    return found


def _is_my_turn(rt: Runtime) -> bool:
    now = rt.now()
    with rt.store.read() as tx:
        looked_at = tx.scalar(_LOOKED_AT)
    if looked_at is not None and looked_at > now - EVERY_SECONDS:
        return False
    with rt.write() as tx:
        tx.execute(insert(tx, models.Beat).values(name=LOOK, at=0.0, ok=True).on_conflict_do_nothing())
        mine = update(models.Beat).where(models.Beat.name == LOOK, models.Beat.at <= now - EVERY_SECONDS)
        return tx.scalar(mine.values(at=now).returning(models.Beat.name)) is not None


def _promise(rt: Runtime, merchant_id: str, kind: str, before: float) -> int:
    with rt.write() as tx:
        due = list(_due(tx, merchant_id, kind, before))
        for recording_id in due:
            outbox.add(tx, rt, merchant_id, "erase_recording", recording_id, rt.now())
    return len(due)


def _due(tx: Session, merchant_id: str, kind: str, before: float) -> Iterator[str]:
    """Whatever has its job already is left to it, also when the job was given up."""
    has_job = (
        select(models.Outbox.id)
        .where(
            models.Outbox.merchant_id == Recording.merchant_id,
            models.Outbox.kind == "erase_recording",
            models.Outbox.subject_id == Recording.id,
        )
        .exists()
    )
    return iter(
        tx.scalars(
            select(Recording.id)
            .where(
                Recording.merchant_id == merchant_id,
                Recording.kind == kind,
                Recording.state.in_(KEPT),
                Recording.started_at < before,
                ~has_job,
            )
            .order_by(Recording.started_at, Recording.id)
            .limit(AT_ONCE)
        )
    )
