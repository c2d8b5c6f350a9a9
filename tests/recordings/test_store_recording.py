"""From a recording at the carrier to a verified copy of our own."""

import io
import json
import wave
from hashlib import sha256
from pathlib import Path

import pytest

from recordings.store_recording import ANOTHER_LENGTH_TRIES
from recordings.work import run_due
from tests.recordings.house import (
    Answer,
    Hand,
    Media,
    add_call,
    add_recording,
    facts,
    job_states,
    jobs,
    kept,
    recording,
    recording_sid,
    tickets,
    tone,
)
from voice.runtime import Runtime


def files(tmp_path: Path) -> list[str]:
    """Every file in the storage."""
    return sorted(one.name for one in (tmp_path / "recordings").rglob("*") if one.is_file())


def test_a_recording_is_kept_with_the_sha256_of_what_the_carrier_gave(rt: Runtime, media: Media) -> None:
    sound = tone(2)
    media.has(1, sound)
    recording_id = add_recording(rt, add_call(rt))

    assert run_due(rt) == 1

    stored = recording(rt, recording_id)
    assert (stored.state, stored.original_sha256, stored.original_bytes) == (
        "stored",
        sha256(sound).hexdigest(),
        len(sound),
    )
    assert stored.original_key == f"northwind/2026/11/{recording_id}.wav"
    assert kept(rt, stored.original_key) == sound
    assert (stored.channels, stored.seconds, stored.error) == (2, 2.0, "")
    assert job_states(rt) == ["done"]


def test_two_channels_are_asked_for_when_the_recording_has_two(rt: Runtime, media: Media) -> None:
    call_id = add_call(rt)
    media.has(1, tone(2))
    media.has(2, tone(2, channels=1))
    add_recording(rt, call_id, 1, channels=2)
    add_recording(rt, call_id, 2, channels=1, kind="voicemail")

    run_due(rt)

    path = "/2010-04-01/Accounts/AC00000000000000000000000000000000/Recordings/"
    assert sorted(media.asked) == sorted(
        [f"{path}{recording_sid(1)}.wav?RequestedChannels=2", f"{path}{recording_sid(2)}.wav"]
    )


def test_the_copy_for_listening_has_both_parties_equally_loud(rt: Runtime, media: Media) -> None:
    media.has(1, tone(2, loud=0.3))
    recording_id = add_recording(rt, add_call(rt))

    run_due(rt)

    playable = kept(rt, recording(rt, recording_id).playable_key)
    with wave.open(io.BytesIO(playable), "rb") as wav:
        data = memoryview(wav.readframes(wav.getnframes())).cast("h")
        assert (wav.getnchannels(), wav.getframerate(), wav.getnframes()) == (2, 8_000, 16_000)
    loudest = [max(data[channel::2]) for channel in (0, 1)]
    assert loudest == pytest.approx([29_203, 29_203], rel=0.01)  # full scale less 1 dB


def test_a_waveform_is_kept_beside_the_playable_copy(rt: Runtime, media: Media) -> None:
    media.has(1, tone(2))
    recording_id = add_recording(rt, add_call(rt))

    run_due(rt)

    outline = json.loads(kept(rt, f"northwind/2026/11/{recording_id}.peaks.json"))
    assert outline["seconds"] == 2.0
    assert [len(channel) for channel in outline["peaks"]] == [40, 40]
    assert min(min(outline["peaks"])) >= 98  # a steady hum


def test_a_stored_recording_is_a_fact_of_the_journal_and_opens_the_ticket(rt: Runtime, media: Media) -> None:
    media.has(1, tone(2))
    recording_id = add_recording(rt, add_call(rt))

    run_due(rt)

    assert [(one.data["recording"], one.data["seconds"]) for one in facts(rt, "recording_stored")] == [
        (recording_id, 2.0)
    ]
    assert [one.number for one in tickets(rt)] == [1]


def test_a_recording_stored_while_the_call_goes_on_opens_no_ticket_yet(rt: Runtime, media: Media) -> None:
    media.has(1, tone(2))
    call_id = add_call(rt, ended_at=None, ended_as=None)
    add_recording(rt, call_id)

    run_due(rt)

    assert job_states(rt) == ["done"]
    assert tickets(rt) == []


def test_a_recording_that_is_not_ready_is_asked_for_again_after_a_pause(
    rt: Runtime, media: Media, clock: Hand
) -> None:
    recording_id = add_recording(rt, add_call(rt))

    run_due(rt)
    media.has(1, tone(2))
    assert run_due(rt) == 0  # the pause is not over
    clock.forward(2)
    assert run_due(rt) == 1

    assert recording(rt, recording_id).state == "stored"
    assert jobs(rt)[0].attempts == 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(b"busy", 503, "text/plain"), "CarrierAway"),
        (Answer(b"slow down", 429, "text/plain"), "CarrierAway"),
        (Answer(b"<html>", 200, "text/html"), "not as audio/x-wav"),
        (Answer(tone(1), 200, says_bytes=99_999), "CarrierAway"),
        (Answer(tone(1)[:-1000]), "breaks off"),
        (Answer(b"RIFF"), "not a WAV"),
        (Answer(b""), "not a WAV"),
        (Answer(tone(0)), "without any sound"),
        (Answer(tone(30)), "announced 2 s"),
        (Answer(tone(2, rate=4_000)), "no telephone recording"),
        (Answer(b"", 302, location="http://169.254.169.254/latest"), "another host"),
        (Answer(b"no", 403, "text/plain"), "CarrierRefused"),
        (Answer(b"x", says_bytes=1 << 40), "the most we take"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_the_whole_recording_is_not_stored_and_asked_for_again(
    rt: Runtime, media: Media, clock: Hand, tmp_path: Path, answer: Answer, reason: str
) -> None:
    media.says(1, answer)
    recording_id = add_recording(rt, add_call(rt))

    run_due(rt)

    assert reason in jobs(rt)[0].error
    assert (recording(rt, recording_id).state, files(tmp_path)) == ("completed", [])
    media.has(1, tone(2))
    clock.forward(2)
    run_due(rt)
    assert recording(rt, recording_id).state == "stored"


def test_a_redirect_within_the_carrier_s_host_is_followed(rt: Runtime, media: Media) -> None:
    media.has(2, tone(2))
    path = f"/2010-04-01/Accounts/AC00000000000000000000000000000000/Recordings/{recording_sid(2)}.wav"
    media.says(1, Answer(b"", 307, location=path))
    recording_id = add_recording(rt, add_call(rt))

    run_due(rt)

    assert recording(rt, recording_id).state == "stored"


def test_the_same_job_twice_stores_once(rt: Runtime, media: Media, tmp_path: Path) -> None:
    media.has(1, tone(2))
    recording_id = add_recording(rt, add_call(rt))
    run_due(rt)
    with rt.write() as tx:
        again = tx.merge(jobs(rt)[0])
        again.state, again.next_at = "waiting", rt.now()

    run_due(rt)

    assert len(media.asked) == 1
    assert files(tmp_path) == [
        f"{recording_id}.peaks.json",
        f"{recording_id}.play.wav",
        f"{recording_id}.wav",
    ]
    assert len(facts(rt, "recording_stored")) == 1


def test_an_absent_recording_needs_no_fetch(rt: Runtime, media: Media) -> None:
    add_recording(rt, add_call(rt), state="absent")

    run_due(rt)

    assert job_states(rt) == ["done"]
    assert media.asked == []


def test_a_recording_given_up_says_why_and_is_stored_when_it_is_promised_again(
    rt: Runtime, media: Media, clock: Hand
) -> None:
    media.says(1, Answer(b"no", 403, "text/plain"))
    recording_id = add_recording(rt, add_call(rt))
    for _ in range(109):
        run_due(rt)
        clock.forward(900)
    assert job_states(rt) == ["waiting"]
    run_due(rt)
    assert job_states(rt) == ["dead"]
    assert "given up after 110 attempts" in jobs(rt)[0].error
    assert recording(rt, recording_id).state == "failed"
    assert "403" in recording(rt, recording_id).error

    media.has(1, tone(2))
    with rt.write() as tx:
        again = tx.merge(jobs(rt)[0])
        again.state, again.attempts, again.next_at = "waiting", 0, rt.now()
    run_due(rt)

    assert (recording(rt, recording_id).state, recording(rt, recording_id).error) == ("stored", "")


def test_a_full_disk_loses_nothing(rt: Runtime, media: Media, clock: Hand, tmp_path: Path) -> None:
    media.has(1, tone(2))
    recording_id = add_recording(rt, add_call(rt))
    blocked = tmp_path / "recordings"
    blocked.write_bytes(b"a file where the folder should be")

    run_due(rt)
    assert recording(rt, recording_id).state == "completed"
    blocked.unlink()
    clock.forward(2)
    run_due(rt)

    assert recording(rt, recording_id).state == "stored"


def test_a_recording_of_a_voicemail_in_one_channel_is_stored(rt: Runtime, media: Media) -> None:
    media.has(1, tone(3, channels=1))
    call_id = add_call(rt, ended_as="voicemail")
    recording_id = add_recording(rt, call_id, channels=1, seconds=3, kind="voicemail")

    run_due(rt)

    assert recording(rt, recording_id).channels == 1
    assert tickets(rt)[0].subject == "Voicemail from +1 202-555-0188"


def test_an_unknown_account_waits_for_the_operator(rt: Runtime, media: Media) -> None:
    recording_id = add_recording(rt, add_call(rt))
    with rt.write() as tx:
        known = tx.merge(recording(rt, recording_id))
        known.account_sid = "AC" + "f" * 32

    run_due(rt)

    assert job_states(rt) == ["waiting"]
    assert "connect it again" in jobs(rt)[0].error


def test_a_job_about_nothing_is_given_up_at_once(rt: Runtime) -> None:
    from voice import outbox

    with rt.write() as tx:
        outbox.add(tx, rt, "northwind", "store_recording", "re_none", rt.now())

    run_due(rt)

    assert job_states(rt) == ["dead"]
    assert "no recording re_none" in jobs(rt)[0].error


def test_another_merchant_s_recording_is_not_found_under_mine(rt: Runtime, media: Media) -> None:
    from tests.recordings.house import add_merchant
    from voice import outbox

    add_merchant(rt, "contoso")
    theirs = add_recording(rt, add_call(rt, merchant_id="contoso"), merchant_id="contoso", promise=False)
    with rt.write() as tx:
        outbox.add(tx, rt, "northwind", "store_recording", theirs, rt.now())

    run_due(rt)

    assert job_states(rt) == ["dead"]
    assert media.asked == []


def test_seconds_come_from_the_sound_itself(rt: Runtime, media: Media) -> None:
    media.has(1, tone(2.5))
    recording_id = add_recording(rt, add_call(rt), seconds=3)

    run_due(rt)

    assert recording(rt, recording_id).seconds == 2.5


def test_a_whole_sound_of_another_length_is_kept_in_the_end_and_says_so(
    rt: Runtime, media: Media, clock: Hand
) -> None:
    media.has(1, tone(30))
    recording_id = add_recording(rt, add_call(rt), seconds=40)
    for _ in range(ANOTHER_LENGTH_TRIES - 1):
        run_due(rt)
        assert recording(rt, recording_id).state == "completed"
        clock.forward(900)

    run_due(rt)
    stored = recording(rt, recording_id)
    assert (stored.state, stored.seconds) == ("stored", 30.0)
    assert stored.error == "the carrier announced 40 s and gave 30.0 s"
    assert job_states(rt) == ["done"]


def test_a_sound_that_grows_to_its_length_is_kept_without_a_doubt(
    rt: Runtime, media: Media, clock: Hand
) -> None:
    media.has(1, tone(30))
    recording_id = add_recording(rt, add_call(rt), seconds=40)
    run_due(rt)
    media.has(1, tone(40))
    clock.forward(900)
    run_due(rt)

    assert (recording(rt, recording_id).state, recording(rt, recording_id).error) == ("stored", "")
