"""The job `erase_recording`: the sound is erased at the carrier and here, and the ticket says so."""

import structlog
from sqlalchemy.orm import Session

from recordings import tickets
from recordings.faults import Hopeless, NotYet
from recordings.job import Effect, nothing
from recordings.keys import waveform_key
from recordings.storage import open_storage
from voice.carrier_faults import CarrierGone
from voice.models import Recording
from voice.runtime import Runtime
from voice.states import Recording as State

log = structlog.get_logger()

DAY_SECONDS = 86_400.0


def work(rt: Runtime, merchant_id: str, recording_id: str) -> Effect:
    """Erase one recording; what was erased already is erased again without harm."""
    with rt.store.read() as tx:
        recording = tx.get(Recording, (merchant_id, recording_id))
    if recording is None:
        raise Hopeless(f"no recording {recording_id} of {merchant_id}")
    if recording.state == State.ERASED:
        return nothing
    _erase_there(rt, recording)
    _erase_here(rt, recording)
    return lambda tx: _erased(tx, rt, merchant_id, recording_id)


def bury(tx: Session, rt: Runtime, merchant_id: str, recording_id: str, reason: str) -> None:
    """Say on the recording why it is still there."""
    recording = tx.get(Recording, (merchant_id, recording_id))
    if recording is not None and recording.state != State.ERASED:
        recording.error = f"could not be erased: {reason}"[:500]
        tickets.touch(tx, merchant_id, recording.call_id, rt.now())


def _erase_there(rt: Runtime, recording: Recording) -> None:
    account = rt.books.page.by_sid.get(recording.account_sid)
    if account is None:
        rt.books.refresh()
        account = rt.books.page.by_sid.get(recording.account_sid)
    if account is None:
        raise NotYet(
            f"the carrier's account {recording.account_sid} is not connected; connect it again to erase its recordings"
        )
    try:
        rt.carrier.erase_recording(account, recording.recording_sid)
    except CarrierGone:
        log.info("recording was gone at the carrier", recording=recording.id)


def _erase_here(rt: Runtime, recording: Recording) -> None:
    storage = open_storage(rt.settings.storage_url)
    playable = recording.playable_key
    outline = waveform_key(playable) if playable else None
    for key in dict.fromkeys((outline, playable, recording.original_key)):
        if key:
            storage.delete(key)


def _erased(tx: Session, rt: Runtime, merchant_id: str, recording_id: str) -> None:
    recording = tx.get(Recording, (merchant_id, recording_id), with_for_update=True)
    if recording is None or recording.state == State.ERASED:
        return
    now = rt.now()
    recording.state, recording.erased_at, recording.error = State.ERASED, now, ""
    recording.original_key = recording.playable_key = None
    days = round((now - (recording.started_at or now)) / DAY_SECONDS)
    rt.journal.write(
        tx, merchant_id, recording.call_id, "recording_erased", now,
        recording=recording_id, of=recording.kind, days=days,
    )  # fmt: skip
    tickets.touch(tx, merchant_id, recording.call_id, now)
