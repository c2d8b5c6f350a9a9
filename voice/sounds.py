"""The sounds that flows play, beside the flow files, whole or cut into pieces for waiting callers."""

import io
import wave

from voice.music import SEGMENT_SECONDS
from voice.runtime import Runtime

PIECE = "~"  # after it the count of a piece


def piece_name(merchant_id: str, path: str, count: int | None = None) -> str:
    """The name under which a sound is given out: all of it, or one piece of waiting, counted round and round."""
    name = f"{merchant_id}.{path.removesuffix('.wav').replace('/', '.')}"
    return name if count is None else f"{name}{PIECE}{count}"


def flow_sound(rt: Runtime, name: str) -> bytes | None:
    """A sound named by `piece_name`; only files that a live flow of the merchant names are given out."""
    whole, _, count = name.partition(PIECE)
    sound = _whole(rt, whole)
    return _piece(sound, int(count)) if sound and count.isdecimal() else sound


def _piece(sound: bytes, count: int) -> bytes:
    """The piece of a WAV file; a file that Python cannot cut is given whole."""
    try:
        with wave.open(io.BytesIO(sound)) as told:
            params, size = told.getparams(), SEGMENT_SECONDS * told.getframerate()
            pieces = max(1, -(-told.getnframes() // size))
            told.setpos(count % pieces * size)
            frames = told.readframes(size)
    except (wave.Error, EOFError):
        return sound
    cut = io.BytesIO()
    with wave.open(cut, "wb") as made:
        made.setparams(params)
        made.writeframes(frames)
    return cut.getvalue()


def _whole(rt: Runtime, name: str) -> bytes | None:
    merchant_id, _, dotted = name.partition(".")
    flow = rt.books.live_flow(merchant_id)
    if flow is None:
        return None
    for path in flow.sound_files():
        if path.removesuffix(".wav").replace("/", ".") == dotted:
            file = rt.settings.flows_dir / path
            return file.read_bytes() if file.is_file() else None
    return None
