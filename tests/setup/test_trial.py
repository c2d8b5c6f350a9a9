"""What stands in var before the first process starts."""

import json
from pathlib import Path

import pytest

from deploy.local.account import DEMO_SID, numbers_of, write_account, write_secrets
from deploy.local.environment import environment, valkey_server
from deploy.local.place import Place, read_place
from deploy.local.procfile import read_procfile
from deploy.local.stop import Stop
from deploy.local.trial import hold, make_folder

ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return read_place(tmp_path, {"VAR_DIR": ".", "WEB_PORT": "8123"})


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    folder = tmp_path / "flows"
    folder.mkdir()
    (folder / "north.yaml").write_text('numbers: ["+12025550100"]\n')
    return folder


def test_the_account_is_its_owners_alone(place: Place, flows: Path) -> None:
    file = write_account(place, flows)

    assert file.stat().st_mode & 0o777 == 0o600


def test_the_account_points_at_our_web_process(place: Place, flows: Path) -> None:
    account = json.loads(write_account(place, flows).read_text())

    assert account["account_sid"] == DEMO_SID
    assert account["numbers"] == [
        {
            "e164": "+12025550100",
            "voice_url": "http://localhost:8123/voice/incoming",
            "status_callback": "http://localhost:8123/voice/status",
        }
    ]
    assert account["app"]["voice_url"] == "http://localhost:8123/voice/agent"


def test_a_second_start_keeps_the_secrets_and_takes_new_numbers(place: Place, flows: Path) -> None:
    before = json.loads(write_account(place, flows).read_text())
    (flows / "south.yaml").write_text('numbers: ["+12025550177"]\n')

    after = json.loads(write_account(place, flows).read_text())

    assert after["auth_token"] == before["auth_token"]
    assert [number["e164"] for number in after["numbers"]] == ["+12025550100", "+12025550177"]


def test_two_installations_have_different_secrets(tmp_path: Path, flows: Path) -> None:
    accounts = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        accounts.append(
            json.loads(write_account(read_place(tmp_path / name, {"VAR_DIR": "."}), flows).read_text())
        )

    for secret in ("auth_token", "api_key_sid", "api_key_secret", "app_sid"):
        assert accounts[0][secret] != accounts[1][secret]


def test_a_broken_flow_file_does_not_hide_the_others_numbers(flows: Path) -> None:
    (flows / "broken.yaml").write_text("numbers: [unclosed\n")
    (flows / "odd.yaml").write_text("- a list\n")

    assert numbers_of(flows) == ["+12025550100"]


def test_the_secret_key_stays_the_same(place: Place) -> None:
    assert write_secrets(place) == write_secrets(place)
    assert len(write_secrets(place)["SECRET_KEY"]) == 64


def test_what_the_person_has_set_wins(place: Place) -> None:
    env = environment(
        place, {"SECRET_KEY": "made"}, {"DATABASE_URL": "postgresql://here", "SECRET_KEY": "mine"}
    )

    assert env["DATABASE_URL"] == "postgresql://here"
    assert env["SECRET_KEY"] == "mine"
    assert env["PUBLIC_BASE_URL"] == "http://localhost:8123"


def test_processes_listen_where_the_trial_looked_for_free_ports(place: Place) -> None:
    env = environment(place, {}, {"WEB_PORT": "9999"})

    assert env["WEB_PORT"] == "8123"
    assert env["REDIS_URL"] == "redis://127.0.0.1:8003/0"


def test_a_proxy_for_the_world_does_not_stand_between_our_processes(place: Place) -> None:
    env = environment(place, {}, {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "intranet"})

    assert env["NO_PROXY"] == "intranet,localhost,127.0.0.1,::1"


def test_a_valkey_runs_on_this_machine() -> None:
    assert Path(valkey_server()).name in ("valkey-server", "redis-server")


def test_a_folder_has_one_trial_at_a_time(tmp_path: Path) -> None:
    first = hold(tmp_path / "run.lock")

    with first, pytest.raises(Stop, match=r"a trial is already running in .* \(process \d+\)"):
        hold(tmp_path / "run.lock")


def test_a_folder_where_nobody_may_write_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Stop, match=r"you may not write in .*file/var .*; make it yours .*VAR_DIR"):
        make_folder(tmp_path / "file" / "var")


def test_the_trial_runs_what_production_runs_and_what_it_stands_on() -> None:
    production, trial = read_procfile(ROOT / "Procfile"), read_procfile(ROOT / "Procfile.dev")

    assert production.items() <= trial.items()
    assert set(trial) - set(production) == {"valkey", "simulator"}


def test_a_line_that_is_no_process_is_told(tmp_path: Path) -> None:
    file = tmp_path / "Procfile"
    file.write_text("# four of them\n\nweb: ringdesk web\nnonsense\n")

    with pytest.raises(ValueError, match="Procfile:4: not `name: command`: nonsense"):
        read_procfile(file)
