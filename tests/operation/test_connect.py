"""A real number is connected: shown first, asked, done, checked, and taken back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.journeys.northwind import CUSTOMER, FLOW, NORTHWIND
from tests.operation.house import BASE_URL, ELSEWHERE, FALLBACK, House
from voice import models
from voice.connect_secrets import NotGiven, by_prompt, from_file
from voice.turns import queue_name

Said = pytest.CaptureFixture[str]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.rt.store.close()


def test_a_connected_number_is_answered_by_the_flow(house: House) -> None:
    assert house.connects() == 0

    caller = house.sim.call(to=NORTHWIND, from_=CUSTOMER)
    caller.hears("Thank you for calling Northwind Outfitters")


def test_files_of_other_merchants_do_not_stand_in_the_way(house: House) -> None:
    other = FLOW.replace("northwind", "marlow").replace(NORTHWIND, "+12025550111")
    (house.rt.settings.flows_dir / "marlow.yaml").write_text(other, encoding="utf-8")

    assert house.connects() == 0


def test_every_setting_of_the_number_is_ours(house: House) -> None:
    house.connects()

    number = house.number
    assert number.voice_url.startswith(f"{BASE_URL}/voice/incoming#ct=1500")
    assert number.voice_fallback_url.startswith(f"{FALLBACK}#ct=1500")
    assert number.status_callback.startswith(f"{BASE_URL}/voice/status#")
    assert (number.voice_method, number.voice_fallback_method) == ("POST", "GET")
    assert (number.voice_application_sid, number.trunk_sid) == ("", "")


def test_the_account_is_kept_sealed(house: House) -> None:
    house.connects()

    with house.rt.store.read() as tx:
        row = tx.scalars(select(models.TwilioAccount)).one()
    assert b"1" * 32 not in row.secrets_sealed
    account = house.rt.books.account_of("northwind")
    assert (account.account_sid, account.secrets.auth_tokens) == (house.account.sid, ("1" * 32,))
    assert account.app_sid in house.account.applications


def test_the_waiting_room_takes_five_thousand(house: House) -> None:
    house.connects()

    (queue,) = house.sim.world.queues.values()
    assert (queue.friendly_name, queue.max_size) == (queue_name("northwind"), 5_000)


def test_a_queue_and_an_application_of_before_are_found_again(house: House) -> None:
    house.connects()
    (queue,) = house.sim.world.queues.values()
    queue.max_size = 100
    house.connects()

    assert len(house.sim.world.queues) == len(house.account.applications) == 1
    assert queue.max_size == 5_000


def test_the_differences_are_shown_before_anything_is_asked(house: House, capsys: Said) -> None:
    assert house.connects(answer="n") == 1

    said = capsys.readouterr().out
    assert ELSEWHERE in said
    assert f"-> {BASE_URL}/voice/incoming" in said
    assert house.asked == [f"Change {NORTHWIND}? [y/N] "]
    assert "nothing was changed" in said
    assert house.number.voice_url == ELSEWHERE


def test_a_script_is_not_asked(house: House) -> None:
    assert house.connects(yes=True) == 0
    assert not house.asked


def test_a_check_says_what_differs_and_changes_nothing(house: House, capsys: Said) -> None:
    assert house.connects(check=True) == 1
    assert "trunk_sid" in capsys.readouterr().out
    assert house.number.voice_url == ELSEWHERE

    house.connects()
    assert house.connects(check=True, account=None, fallback_url="") == 0
    assert f"{NORTHWIND} is connected" in capsys.readouterr().out


def test_undo_brings_back_the_settings_of_before_the_first_time(house: House) -> None:
    house.connects()
    house.connects(fallback_url="https://other.example/x.xml")
    assert house.connects(undo=True) == 0

    assert (house.number.voice_url, house.number.trunk_sid) == (ELSEWHERE, "TK" + "4" * 32)
    assert (house.number.status_callback, house.number.voice_fallback_url) == ("", "")
    assert house.connects(undo=True) == 1


def test_the_fallback_file_is_written_for_upload(house: House, capsys: Said) -> None:
    house.connects()

    document = (house.folder / "northwind-fallback.xml").read_text(encoding="utf-8")
    assert "call again in a few minutes" in document
    assert "/voice/again#ct=1500" in document
    assert "northwind-fallback.xml" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("fallback", "said"),
    [("http://localhost/fallback.xml", "both would be down together"), ("", "has no fallback address")],
)
def test_a_fallback_that_would_not_help_is_told(house: House, capsys: Said, fallback: str, said: str) -> None:
    house.connects(fallback_url=fallback)

    assert said in capsys.readouterr().out


def test_a_wrong_key_is_told_with_the_way_out(house: House, capsys: Said) -> None:
    told = json.loads(house.file.read_text())
    house.file.write_text(json.dumps({**told, "api_key_secret": "9" * 32}))

    assert house.connects() == 1
    assert "Twilio refuses this account" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "said"),
    [("2025550100", "international form"), ("+12025550111", "no flow in")],
)
def test_a_wrong_number_is_told_with_the_way_out(house: House, capsys: Said, number: str, said: str) -> None:
    assert house.connects(number=number) == 1
    assert said in capsys.readouterr().err


def test_a_number_of_another_account_is_told(house: House, capsys: Said) -> None:
    house.account.numbers.clear()

    assert house.connects() == 1
    assert "has no number" in capsys.readouterr().err


def test_secrets_are_never_shown(house: House, capsys: Said) -> None:
    house.connects()

    said = capsys.readouterr()
    assert not any(secret * 32 in said.out + said.err for secret in "13")


def test_secrets_can_be_typed(house: House) -> None:
    told = json.loads(house.file.read_text())
    answers = iter([told["account_sid"], told["auth_token"], told["api_key_sid"], told["api_key_secret"]])

    assert by_prompt(lambda _question: next(answers)) == from_file(house.file)


def test_a_secret_of_the_wrong_shape_is_named_and_not_shown(house: House) -> None:
    told = json.loads(house.file.read_text())
    house.file.write_text(json.dumps({**told, "auth_token": "too-short-a-secret"}))

    with pytest.raises(NotGiven, match="auth_token") as fault:
        from_file(house.file)
    assert "too-short-a-secret" not in str(fault.value)
