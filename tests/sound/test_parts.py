"""The small parts of the mixer, with plain values."""

import pytest

from simulator.sound import mulaw
from simulator.sound.audible import Speech, Tone
from simulator.sound.inbox import MOST, Inbox
from simulator.sound.keys import KeyReader, tones
from simulator.sound.line import LineState, is_gone
from simulator.sound.mixing import Mix
from simulator.sound.mulaw import FRAME, SILENT
from simulator.sound.protocol import Hear, command_line, read_command, read_event
from simulator.sound.speaking import SpeechWatch
from simulator.sound.tones import tone


def frame(number: int) -> bytes:
    return bytes([number]) * FRAME


def test_mu_law_keeps_every_code_and_comes_close_to_every_sample() -> None:
    import numpy as np

    codes = bytes(range(256))
    assert mulaw.encode(mulaw.decode(codes))[1:127] == codes[1:127]
    samples = np.arange(-32_000, 32_000, 7, dtype=np.int16)
    error = np.abs(mulaw.decode(mulaw.encode(samples)).astype(int) - samples)
    assert (error <= np.maximum(8, np.abs(samples.astype(int)) // 16)).all()
    assert mulaw.decode(SILENT).any() == np.False_


def test_frames_come_out_in_order_whatever_order_they_came_in() -> None:
    inbox = Inbox()
    for sequence in (65534, 0, 65535, 1):
        inbox.put(sequence, frame(sequence % 256))

    assert [inbox.take()[0] for _ in range(4)] == [254, 255, 0, 1]


def test_a_lost_frame_is_silence_and_a_late_one_is_dropped() -> None:
    inbox = Inbox()
    for sequence in (1, 2, 4, 5):
        inbox.put(sequence, frame(sequence))

    assert [inbox.take() for _ in range(3)] == [frame(1), frame(2), SILENT]
    inbox.put(3, frame(3))
    assert [inbox.take() for _ in range(2)] == [frame(4), frame(5)]
    assert inbox.lost == 1


def test_too_many_frames_are_skipped_to_the_newest() -> None:
    inbox = Inbox()
    for sequence in range(MOST + 3):
        inbox.put(sequence, frame(sequence))

    assert inbox.take()[0] >= MOST - 2


def test_an_empty_inbox_is_silent_until_it_has_gathered_some() -> None:
    inbox = Inbox()
    assert inbox.take() == SILENT
    inbox.put(7, frame(7))
    assert inbox.take() == SILENT
    inbox.put(8, frame(8))
    assert inbox.take() == frame(7)


def test_a_payload_that_is_no_frame_is_dropped() -> None:
    inbox = Inbox()
    for sequence in range(5):
        inbox.put(sequence, b"short")

    assert inbox.take() == SILENT
    assert inbox.received == 0


def test_a_key_counts_once_however_many_packets_it_takes() -> None:
    keys = KeyReader()
    five, star = bytes([5, 10, 0, 160]), bytes([10, 10, 0, 160])

    read = [
        keys.read(*packet) for packet in ((160, five), (160, five), (900, five), (900, star), (900, star))
    ]

    assert read == ["5", "", "5", "*", ""]


@pytest.mark.parametrize("payload", [b"", b"\x05\x0a", bytes([16, 0, 0, 0]), bytes([255, 0, 0, 0])])
def test_what_is_no_key_is_nothing(payload: bytes) -> None:
    assert KeyReader().read(160, payload) == ""


def test_keys_are_whole_frames_and_a_wait_is_half_a_second() -> None:
    assert len(tones("12")) % FRAME == 0
    assert len(tones("1w2")) - len(tones("12")) == mulaw.RATE // 2
    assert tones("x") == b""


def test_one_voice_passes_untouched_and_two_are_added() -> None:
    one, two = tone(620, 0.02), tone(1150, 0.02)
    mix = Mix({"a": one, "b": two, "c": SILENT})

    assert mix.of(("a", "c", "gone")) == one
    assert mix.of(("c",)) == SILENT
    both = mulaw.decode(mix.of(("a", "b"))).astype(int)
    assert abs(both - mulaw.decode(one) - mulaw.decode(two)).max() < 1100


def test_too_loud_a_mix_is_clipped_not_wrapped() -> None:
    loud = tone(0.0, 0.02)[:0] + mulaw.encode(mulaw.decode(frame(0x80)))
    mixed = mulaw.decode(Mix({"a": loud, "b": bytes(loud[:-1]) + b"\x81", "c": loud}).of(("a", "b", "c")))

    assert (mixed > 30_000).all()


def test_speech_is_noticed_with_patience() -> None:
    watch = SpeechWatch()
    loud = tone(500, 0.02)

    assert [watch.changed(loud) for _ in range(3)] == [False, False, True]
    assert not any(watch.changed(SILENT) for _ in range(24))
    assert watch.changed(SILENT)
    assert not watch.speaking


def test_commands_survive_the_wire() -> None:
    command = Hear("CA1", "cue", (Speech("Grüß Gott\n", "de-AT"), Tone(440.0, 1.5)), loop=True)

    assert read_command(command_line(command)) == command


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"", "Expecting value"),
        (b"\xff", "decode"),
        (b"{}", "exactly one"),
        (b'{"Nothing": {}}', "there is no"),
        (b'{"Hear": {"leg": 5}}', "validation error"),
        (b'{"Played": {"leg": 5}}', "validation error"),
    ],
)
def test_a_line_that_is_none_is_refused(line: bytes, complaint: str) -> None:
    read = read_event if b"Played" in line else read_command
    with pytest.raises(ValueError, match=complaint):
        read(line)


@pytest.mark.parametrize(
    ("state", "silent", "lost", "patience", "gone"),
    [
        (LineState.OPEN, 0.02, None, 2.0, False),
        (LineState.OPEN, 20.0, None, 2.0, False),  # the SDK restarts the sound
        (LineState.OPEN, 36.0, None, 2.0, True),
        (LineState.OPEN, 0.02, 30.0, 2.0, False),  # only the socket dropped
        (LineState.OPEN, 0.02, 61.0, 2.0, True),
        (LineState.OPEN, 2.1, 2.1, 2.0, True),  # a killed tab
        (LineState.OPEN, 2.1, 2.1, 20.0, False),  # the SDK asked for 20 s to come back
        (LineState.CALLING, 50.0, None, 2.0, False),  # nobody has answered yet
        (LineState.CALLING, 50.0, 2.1, 2.0, True),
        (LineState.RINGING, 50.0, 50.0, 2.0, False),
        (LineState.ENDED, 50.0, 50.0, 2.0, False),
    ],
)
def test_a_browser_is_gone_when_neither_socket_nor_sound_is_left(
    state: LineState, silent: float, lost: float | None, patience: float, gone: bool
) -> None:
    assert is_gone(state, silent, lost, patience) is gone
