"""MP3 by PyAV, loaded only when somebody asks for MP3."""

from __future__ import annotations

import io

BITS_A_SECOND = 32_000


def encode(wav: bytes) -> bytes:
    import av

    target = io.BytesIO()
    with av.open(io.BytesIO(wav), "r") as source, av.open(target, "w", format="mp3") as sound:
        stream = source.streams.audio[0]
        layout = "mono" if stream.channels == 1 else "stereo"
        out = sound.add_stream("mp3", rate=stream.rate, layout=layout)
        out.bit_rate = BITS_A_SECOND
        out.format = "s16p"
        planar = av.AudioResampler("s16p", layout, stream.rate)
        for frame in (*source.decode(stream), None):
            for part in planar.resample(frame):
                sound.mux(out.encode(part))
        sound.mux(out.encode(None))
    return target.getvalue()
