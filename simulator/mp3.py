"""MP3 by PyAV, loaded only when somebody asks for MP3."""

from __future__ import annotations

import io

BITS_A_SECOND = 32_000


def encode(wav: bytes) -> bytes:
    import av

    target = io.BytesIO()
    with av.open(io.BytesIO(wav), "r") as source, av.open(target, "w", format="mp3") as sound:
        stream = source.streams.audio[0]
        out = sound.add_stream("mp3", rate=stream.rate, layout=stream.layout.name)
        out.bit_rate = BITS_A_SECOND
        for frame in source.decode(stream):
            sound.mux(out.encode(frame))
        sound.mux(out.encode(None))
    return target.getvalue()
