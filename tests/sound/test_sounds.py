"""What legs without a browser say and hear: speech, files, music, keys; and what is recorded of it."""

import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from simulator.mp3 import encode
from simulator.sound.audible import Audible, Beep, Keys, Music, RingBack, Silence, Sound, Speech, Tone
from simulator.sound.protocol import (
    Ended,
    HangUp,
    Hear,
    Listen,
    Measure,
    Measured,
    Open,
    Over,
    PauseRecording,
    Played,
    Record,
    Recorded,
    RecordTogether,
    Say,
    Spoke,
    StopRecording,
    Talk,
    Unplayable,
)
from tests.sound.browser import tone_wav
from tests.sound.hearing import above_the_rest, channels_of, level
from tests.sound.kernel import Kernel
from tests.sound.phone import new_leg


@pytest.fixture
def leg(kernel: Kernel) -> Iterator[str]:
    name = new_leg()
    kernel.send(Open(name))
    yield name
    kernel.send(HangUp(name))


@pytest.fixture
def other(kernel: Kernel) -> Iterator[str]:
    name = new_leg()
    kernel.send(Open(name))
    yield name
    kernel.send(HangUp(name))


@pytest.fixture
def files(tmp_path: Path) -> Iterator[str]:
    """The address of a web server with some sound files."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    tone_wav(tmp_path / "tone.wav", 660.0, 0.5)
    (tmp_path / "text.wav").write_text("this is no sound")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_document_is_played_to_its_end_and_reported(kernel: Kernel, leg: str) -> None:
    kernel.send(Hear(leg, "greeting", (Speech("Welcome."), Silence(0.2), Beep(0.1))))

    played = kernel.await_event(Played, leg=leg, cue="greeting")

    assert 0.6 < played.seconds < 2.0


def test_a_new_document_takes_the_place_of_the_one_before(kernel: Kernel, leg: str) -> None:
    kernel.send(Hear(leg, "long", (Silence(60),)), Hear(leg, "short", (Silence(0.1),)))

    kernel.await_event(Played, leg=leg, cue="short")

    assert [event for event in kernel.pending() if isinstance(event, Played)] == []


def test_what_was_measured_lasts_as_long_when_played(kernel: Kernel, leg: str) -> None:
    sentence = (Speech("You are number three in the queue.", pace=170),)
    kernel.send(Measure("q1", sentence))
    measured = kernel.await_event(Measured, question="q1")
    kernel.send(Hear(leg, "c", sentence))

    played = kernel.await_event(Played, leg=leg, cue="c")

    assert played.seconds == pytest.approx(measured.seconds)
    assert 1.2 < measured.seconds < 4


def test_other_languages_are_spoken_and_an_unknown_one_is_read_in_english(kernel: Kernel) -> None:
    for number, language in enumerate(("de-DE", "fr-FR", "es-MX", "xx-YY")):
        kernel.send(Measure(f"{number}", (Speech("Guten Tag 12", language),)))

    assert all(kernel.await_event(Measured, question=f"{number}").seconds > 0.5 for number in range(4))


def test_a_sound_file_is_fetched_by_its_address_and_mp3_is_read_too(
    kernel: Kernel, files: str, tmp_path: Path
) -> None:
    kernel.send(Measure("wav", (Sound(f"{files}/tone.wav"),)))
    assert kernel.await_event(Measured, question="wav").seconds == pytest.approx(0.5, abs=0.05)
    (tmp_path / "tone.mp3").write_bytes(encode((tmp_path / "tone.wav").read_bytes()))
    kernel.send(Measure("mp3", (Sound(str(tmp_path / "tone.mp3")),)))
    assert kernel.await_event(Measured, question="mp3").seconds > 0.4


@pytest.mark.parametrize("name", ["missing.wav", "text.wav"])
def test_a_sound_that_cannot_be_had_is_reported_and_left_out(
    kernel: Kernel, leg: str, files: str, name: str
) -> None:
    kernel.send(Hear(leg, "c", (Sound(f"{files}/{name}"), Silence(0.1))))

    assert kernel.await_event(Unplayable, leg=leg).source == f"{files}/{name}"
    assert kernel.await_event(Played, leg=leg).seconds == pytest.approx(0.1)


def test_a_dual_recording_keeps_the_leg_left_and_what_it_hears_right(
    kernel: Kernel, leg: str, other: str, tmp_path: Path
) -> None:
    kernel.send(Say(leg, (Tone(620, 5),)), Say(other, (Tone(1150, 5),)), Talk(leg, (other,)))
    kernel.send(Record("RE1", leg, str(tmp_path / "r.wav")))
    kernel.send(Hear(other, "later", (Silence(1.5),)))
    kernel.await_event(Played, cue="later")
    kernel.send(StopRecording("RE1"))

    recorded = kernel.await_event(Recorded, recording="RE1")

    (left, right), rate = channels_of(Path(recorded.path))
    assert rate == 8000
    assert recorded.seconds == pytest.approx(len(left) / 8000)
    assert recorded.seconds == pytest.approx(1.5, abs=0.3)
    assert above_the_rest(left, rate, 620) >= 20
    assert above_the_rest(right, rate, 1150) >= 20
    assert [path.name for path in tmp_path.iterdir()] == ["r.wav"]


def test_a_voicemail_holds_only_what_was_said(kernel: Kernel, leg: str, tmp_path: Path) -> None:
    kernel.send(
        Say(leg, (Tone(620, 5),)),
        Record("RE2", leg, str(tmp_path / "r.wav"), channels=1, said_only=True),
        Hear(leg, "c", (Tone(1150, 0.5),)),
    )
    kernel.await_event(Played, cue="c")
    kernel.send(StopRecording("RE2"))

    (only,), rate = channels_of(Path(kernel.await_event(Recorded, recording="RE2").path))
    assert above_the_rest(only, rate, 620) >= 20


def test_silence_is_trimmed_off_both_ends_of_a_voicemail(kernel: Kernel, leg: str, tmp_path: Path) -> None:
    kernel.send(
        Record("RE6", leg, str(tmp_path / "r.wav"), channels=1, said_only=True, trim=True),
        Say(leg, (Silence(0.6), Tone(620, 0.5), Silence(0.6))),
        Hear(leg, "c", (Silence(1.9),)),
    )
    kernel.await_event(Played, cue="c")
    kernel.send(StopRecording("RE6"))

    recorded = kernel.await_event(Recorded, recording="RE6")

    (only,), rate = channels_of(Path(recorded.path))
    assert 0.5 <= recorded.seconds <= 1.0
    assert len(only) / rate == pytest.approx(recorded.seconds)
    assert above_the_rest(only, rate, 620) >= 20


def test_a_paused_recording_is_silent_or_shorter(kernel: Kernel, leg: str, tmp_path: Path) -> None:
    for name in ("silent", "skipped"):
        kernel.send(Record(name, leg, str(tmp_path / f"{name}.wav")))
        kernel.send(PauseRecording(name, paused=True, skip=name == "skipped"))
    kernel.send(Say(leg, (Tone(620, 5),)), Hear(leg, "c", (Silence(0.6),)))
    kernel.await_event(Played, cue="c")
    kernel.send(StopRecording("silent"), StopRecording("skipped"))

    silent = kernel.await_event(Recorded, recording="silent")
    assert silent.seconds >= 0.5
    assert level(channels_of(Path(silent.path))[0][0]) < -60
    assert kernel.await_event(Recorded, recording="skipped").seconds < 0.3


def test_a_leg_that_ends_finishes_its_recording(kernel: Kernel, leg: str, tmp_path: Path) -> None:
    began = time.monotonic()
    kernel.send(Record("RE3", leg, str(tmp_path / "r.wav")), Hear(leg, "c", (Silence(0.2),)))
    kernel.await_event(Played, cue="c")

    kernel.send(HangUp(leg))

    recorded = kernel.await_event(Recorded, recording="RE3").seconds
    assert 0.1 <= recorded <= time.monotonic() - began + 0.1


def test_several_legs_are_recorded_together(kernel: Kernel, leg: str, other: str, tmp_path: Path) -> None:
    kernel.send(Say(leg, (Tone(620, 5),)), Say(other, (Tone(1150, 5),)))
    kernel.send(RecordTogether("RE4", (leg, other), str(tmp_path / "r.wav")))
    kernel.send(Hear(other, "c", (Silence(0.5),)))
    kernel.await_event(Played, cue="c")
    kernel.send(StopRecording("RE4"))

    (only,), rate = channels_of(Path(kernel.await_event(Recorded, recording="RE4").path))
    assert above_the_rest(only, rate, 620, 1150) >= 20


def test_a_beep_is_heard_over_the_talk(kernel: Kernel, leg: str, other: str, tmp_path: Path) -> None:
    kernel.send(
        Say(other, (Tone(1150, 5),)), Talk(leg, (other,)), Record("RE5", leg, str(tmp_path / "r.wav"))
    )
    kernel.send(Over(leg, (Tone(440, 1.0),)), Hear(other, "c", (Silence(0.8),)))
    kernel.await_event(Played, cue="c")
    kernel.send(StopRecording("RE5"))

    (_, heard), rate = channels_of(Path(kernel.await_event(Recorded, recording="RE5").path))
    assert above_the_rest(heard, rate, 440, 1150) >= 15
    assert above_the_rest(heard, rate, 1150) < 6


def test_speaking_and_falling_silent_are_noticed(kernel: Kernel, leg: str) -> None:
    kernel.send(Listen(leg, on=True), Say(leg, (Speech("Please call me back tomorrow."),)))

    kernel.await_event(Spoke, leg=leg, speaking=True)
    kernel.await_event(Spoke, leg=leg, speaking=False)


def test_music_ringing_and_keys_can_be_heard(kernel: Kernel, leg: str, tmp_path: Path) -> None:
    sounds: dict[str, Audible] = {"music": Music(1.0), "ring": RingBack(1.0), "keys": Keys("5555")}
    for name, sound in sounds.items():
        kernel.send(Record(name, leg, str(tmp_path / f"{name}.wav")), Hear(leg, name, (sound,)))
        kernel.await_event(Played, cue=name)
        kernel.send(StopRecording(name))

    heard = {
        name: channels_of(Path(kernel.await_event(Recorded, recording=name).path))[0][1]
        for name in ("music", "ring", "keys")
    }
    assert -45 < level(heard["music"]) < -15
    assert above_the_rest(heard["ring"], 8000, 440, 480) >= 15
    assert above_the_rest(heard["keys"], 8000, 770, 1336) >= 6


def test_a_command_for_a_leg_that_has_ended_is_left_undone(kernel: Kernel, leg: str) -> None:
    kernel.send(Hear("CA" + "e" * 32, "c", (Silence(0.1),)), Talk("CA" + "e" * 32, (leg,)))
    kernel.send(Hear(leg, "still here", (Silence(0.02),)))

    kernel.await_event(Played, cue="still here")
    assert not any(isinstance(event, Ended) for event in kernel.pending())
