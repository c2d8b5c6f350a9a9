"""The job `store_recording`: fetch the sound from the carrier, verify it, keep it, and put it on the ticket."""

import hashlib
import io
import tempfile
from typing import BinaryIO, Final

import structlog
from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from recordings import audio, tickets, waveform
from recordings.audio import Sound
from recordings.faults import Hopeless, NotSound, NotYet
from recordings.job import Effect, nothing
from recordings.keys import Keys, keys_of
from recordings.storage import Storage, Stored, digest, open_storage
from voice.books import Account
from voice.models import Call, Outbox, Recording
from voice.runtime import Runtime
from voice.states import Recording as State

log = structlog.get_logger()

MOST_BYTES = 1 << 30  # a call lasts at most 4 h (Twilio's timeLimit, 14,400 s): 460 MB of two channels
TOLERANCE_SECONDS = 2.0  # the carrier tells whole seconds
TOLERANCE_SHARE = 0.02
ANOTHER_LENGTH_TRIES = (
    6  # two minutes of pauses: by then the carrier has the whole file, or this is all there is
)


_LOOK: Final = (
    select(Recording, Call)
    .join(Call, and_(Call.merchant_id == Recording.merchant_id, Call.id == Recording.call_id))
    .where(Recording.merchant_id == bindparam("merchant"), Recording.id == bindparam("recording"))
)
_STORE: Final = (
    update(Recording)
    .where(
        Recording.merchant_id == bindparam("merchant"),
        Recording.id == bindparam("recording"),
        Recording.state.not_in((State.STORED, State.ERASED)),
    )
    .values(state=State.STORED)
    .returning(Recording.id)
    .execution_options(synchronize_session=False)
)


def work(rt: Runtime, merchant_id: str, recording_id: str) -> Effect:
    """Fetch and keep one recording; a recording that is stored or absent needs nothing more."""
    recording, call = _look(rt, merchant_id, recording_id)
    match State(recording.state):
        case State.STORED | State.ABSENT | State.ERASED:
            return nothing
        case State.IN_PROGRESS:
            raise NotYet(f"recording {recording_id} is still being made")
        case State.COMPLETED | State.FAILED:
            pass
    keys = keys_of(merchant_id, recording_id, call.started_at)
    storage = open_storage(rt.settings.storage_url)
    with tempfile.TemporaryFile() as file:
        sha256 = _fetch(rt, recording, file)
        sound = audio.examine(file)
        doubt = _doubt(rt, sound, recording)
        original = _keep_original(storage, keys.original, file, sha256)
        playable = _keep_playable(storage, keys, file, sound)
    return lambda tx: _stored(tx, rt, recording, original, sound, keys.original, playable, doubt)


def bury(tx: Session, rt: Runtime, merchant_id: str, recording_id: str, reason: str) -> None:
    """Say on the recording why it is missing; the carrier's copy is not touched."""
    recording = tx.get(Recording, (merchant_id, recording_id))
    if recording is None or recording.state in (State.STORED, State.ERASED):
        return
    recording.state, recording.error = State.FAILED, reason
    tickets.touch(tx, merchant_id, recording.call_id, rt.now())


def _look(rt: Runtime, merchant_id: str, recording_id: str) -> tuple[Recording, Call]:
    with rt.store.read() as tx:
        found = tx.execute(_LOOK, {"merchant": merchant_id, "recording": recording_id}).first()
    if found is None:
        raise Hopeless(f"no recording {recording_id} of {merchant_id}")
    return found.Recording, found.Call


def _fetch(rt: Runtime, recording: Recording, file: BinaryIO) -> str:
    """Pour the carrier's bytes into the file; their sha256."""
    sha = hashlib.sha256()

    def write(piece: bytes) -> None:
        sha.update(piece)
        file.write(piece)

    account = _account(rt, recording.account_sid)
    rt.carrier.fetch_recording(account, recording.recording_sid, recording.channels, write, MOST_BYTES)
    return sha.hexdigest()


def _account(rt: Runtime, account_sid: str) -> Account:
    if account_sid not in rt.books.page.by_sid:
        rt.books.refresh()
    account = rt.books.page.by_sid.get(account_sid)
    if account is None:
        raise NotYet(
            f"the carrier's account {account_sid} is not connected; connect it again to fetch its recordings"
        )
    return account


def _doubt(rt: Runtime, sound: Sound, recording: Recording) -> str:
    """What is strange about a whole sound that is not as long as the carrier said; nothing when it is.

    Raises NotSound while the carrier may still give another; a sound that stays so is kept, for it is all there is.
    """
    said = recording.seconds
    if said is None or abs(sound.seconds - said) <= max(TOLERANCE_SECONDS, said * TOLERANCE_SHARE):
        return ""
    doubt = f"the carrier announced {said:.0f} s and gave {sound.seconds:.1f} s"
    if _tries(rt, recording) < ANOTHER_LENGTH_TRIES:
        raise NotSound(doubt)
    log.warning("recording of another length", call=recording.call_id, recording=recording.id, doubt=doubt)
    return doubt


def _tries(rt: Runtime, recording: Recording) -> int:
    """How often this recording was fetched, this time included."""
    mine = (Outbox.merchant_id == recording.merchant_id, Outbox.subject_id == recording.id)
    with rt.store.read() as tx:
        return tx.scalar(select(Outbox.attempts).where(*mine, Outbox.kind == "store_recording")) or 0


def _keep_original(storage: Storage, key: str, file: BinaryIO, sha256: str) -> Stored:
    """Keep the carrier's bytes, and read them back before anybody relies on them."""
    storage.put(key, file)
    found = digest(storage, key)
    if found.sha256 != sha256:
        raise OSError(
            f"{key} was stored as {found.sha256[:12]}…, not as the {sha256[:12]}… that came; is the disk full?"
        )
    return found


def _keep_playable(storage: Storage, keys: Keys, file: BinaryIO, sound: Sound) -> str:
    """Keep the levelled copy and its outline; the key of what is to be played."""
    with tempfile.TemporaryFile() as levelled:
        audio.write_levelled(file, sound, levelled)
        storage.put(keys.playable, levelled)
    storage.put(keys.waveform, io.BytesIO(waveform.outline(file, sound).dump()))
    return keys.playable


def _stored(
    tx: Session,
    rt: Runtime,
    seen: Recording,
    original: Stored,
    sound: Sound,
    original_key: str,
    playable_key: str,
    doubt: str,
) -> None:
    now = rt.now()
    kept = {
        "stored_at": now,
        "channels": sound.channels,
        "seconds": round(sound.seconds, 3),
        "original_key": original_key,
        "original_sha256": original.sha256,
        "original_bytes": original.size,
        "playable_key": playable_key,
        "error": doubt,
    }
    changed = tx.execute(_STORE, {"merchant": seen.merchant_id, "recording": seen.id, **kept}).first()
    if changed is None:
        return
    rt.journal.write(
        tx, seen.merchant_id, seen.call_id, "recording_stored", now,
        recording=seen.id, of=seen.kind, seconds=round(sound.seconds, 1), channels=sound.channels,
    )  # fmt: skip
    tickets.ensure(tx, rt, seen.merchant_id, seen.call_id)
    log.info(
        "recording stored",
        call=seen.call_id,
        recording=seen.id,
        bytes=original.size,
        seconds=round(sound.seconds, 1),
    )
