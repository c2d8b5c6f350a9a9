"""Hold music: quiet, seamless, computed, and short enough to say something in between."""

import time
import wave
from array import array
from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise

import pytest

from voice import music
from voice.music import RATE, SEGMENT_SECONDS, SEGMENTS


def samples(sound: bytes) -> Sequence[int]:
    with wave.open(BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return array("h", file.readframes(file.getnframes()))


LOOP = [samples(music.segment(index)) for index in range(SEGMENTS)]


def test_a_segment_leaves_room_for_a_sentence_within_twenty_seconds() -> None:
    assert SEGMENT_SECONDS <= 16
    assert [len(part) for part in LOOP] == [SEGMENT_SECONDS * RATE] * SEGMENTS
    assert SEGMENTS * SEGMENT_SECONDS == 120


def test_segments_go_on_where_the_last_one_stopped_and_the_loop_closes() -> None:
    inside = max(abs(b - a) for part in LOOP for a, b in pairwise(part))
    seams = [abs(LOOP[(n + 1) % SEGMENTS][0] - LOOP[n][-1]) for n in range(SEGMENTS)]

    assert max(seams) < inside / 2
    assert music.segment(SEGMENTS + 3) == music.segment(3)


def test_music_is_quiet_but_never_silent() -> None:
    assert max(max(map(abs, part)) for part in LOOP) <= 0.2 * 32767 + 1
    for part in LOOP:
        for second in range(SEGMENT_SECONDS):
            piece = part[second * RATE : (second + 1) * RATE]
            loudness = (sum(value * value for value in piece) / RATE) ** 0.5
            assert 100 < loudness < 4000


def test_every_segment_is_different_and_always_the_same() -> None:
    first = [music.segment(index) for index in range(SEGMENTS)]
    music._sounds.cache_clear()

    assert [music.segment(index) for index in range(SEGMENTS)] == first
    assert len(set(first)) == SEGMENTS


def test_the_music_is_ready_within_two_seconds_of_work() -> None:
    for kept in (music._sounds, music._note, music._chord, music._envelope, music._period):
        kept.cache_clear()
    started = time.process_time()

    music.segment(0)

    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", ["ring", "chime"])
def test_the_desks_sounds_end_in_silence(name: str) -> None:
    sound = samples(music.sound(name))

    assert max(map(abs, sound)) > 5000
    assert max(map(abs, sound[-RATE // 10 :])) < 50


def test_an_unknown_sound_is_no_sound() -> None:
    with pytest.raises(KeyError):
        music.sound("../settings")
