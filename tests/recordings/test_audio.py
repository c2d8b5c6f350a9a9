"""What counts as a recording's sound, and the copy that people listen to."""

import io
import struct
import wave

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recordings.audio import Sound, examine, gains, write_levelled
from recordings.faults import NotSound
from recordings.waveform import MOST_POINTS, Waveform, outline
from tests.recordings.house import tone


def wav(samples: list[int], channels: int = 1) -> io.BytesIO:
    """A WAV of these samples."""
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(channels)
        made.setsampwidth(2)
        made.setframerate(8_000)
        made.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return out


def levelled(file: io.BytesIO) -> list[int]:
    """The samples of the playable copy."""
    out = io.BytesIO()
    write_levelled(file, examine(file), out)
    with wave.open(io.BytesIO(out.getvalue()), "rb") as made:
        data = made.readframes(made.getnframes())
    return list(struct.unpack(f"<{len(data) // 2}h", data))


def test_a_telephone_recording_tells_its_length() -> None:
    assert examine(io.BytesIO(tone(2))) == Sound(channels=2, rate=8_000, frames=16_000)


@given(st.binary(max_size=200))
@example(b"RIFF\xff\xff\xff\xffWAVEfmt ")
@example(
    b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x07\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x00\x00\x00\x00"
)
def test_bytes_that_are_no_sound_are_refused_and_break_nothing(data: bytes) -> None:
    with pytest.raises(NotSound):
        examine(io.BytesIO(data))


@given(st.integers(0, 43), st.integers(0, 255))
def test_a_spoilt_head_is_refused_or_read_as_what_is_there(place: int, value: int) -> None:
    spoilt = bytearray(tone(0.5, channels=1))
    spoilt[place] = value

    try:
        sound = examine(io.BytesIO(bytes(spoilt)))
    except NotSound:
        return
    assert sound.frames * sound.channels * 2 <= len(spoilt) - 44


@given(st.integers(1, 16_043))
def test_a_recording_that_breaks_off_anywhere_is_refused(left: int) -> None:
    with pytest.raises(NotSound):
        examine(io.BytesIO(tone(1, channels=1)[:left]))


@given(st.lists(st.integers(-32_768, 32_767), min_size=2, max_size=400), st.sampled_from([1, 2]))
def test_the_playable_copy_is_as_long_and_never_clips(samples: list[int], channels: int) -> None:
    samples = samples[: len(samples) // channels * channels]

    copy = levelled(wav(samples, channels))

    assert len(copy) == len(samples)
    for channel in range(channels):
        loudest, before = (max(abs(one) for one in them[channel::channels]) for them in (copy, samples))
        assert loudest <= 29_206  # 1 dB below full scale
        assert loudest <= before * 10 + 1  # at most 20 dB more
        if before >= 3_000:
            assert loudest >= 29_100


def test_a_silent_party_stays_silent() -> None:
    file = wav([0, 20_000] * 100, channels=2)

    assert gains(file, examine(file))[0] == 0.0
    assert set(levelled(file)[0::2]) == {0}


def test_a_long_call_has_no_more_points_than_a_page_can_draw() -> None:
    long = wav([1_000] * 8_000 * 70)

    drawn = outline(long, examine(long))

    assert len(drawn.peaks[0]) <= MOST_POINTS
    assert drawn.point_seconds * len(drawn.peaks[0]) == pytest.approx(70, abs=drawn.point_seconds)
    assert set(drawn.peaks[0]) == {100}


def test_a_waveform_is_read_as_it_was_kept() -> None:
    file = io.BytesIO(tone(1))
    drawn = outline(file, examine(file))

    assert Waveform.load(drawn.dump()) == drawn
