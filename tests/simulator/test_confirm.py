"""Every assumption can be confirmed: by a probe, which finds in the simulator what it assumes, or by hand."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from simulator import Account, Simulator, VirtualClock
from simulator.assumed import ASSUMED
from simulator.cli import main
from simulator.confirm.probes import BY_HAND, PROBES, Probe
from simulator.confirm.run import Desk, run
from simulator.confirm.seen import Form, Reply

ROBOT, CALLED = "+15550100101", "+15550100100"
BASE = "http://probe.example"


class InSimulator:
    """The desk as a WSGI application, and the API of the simulator that asks it."""

    def __init__(self) -> None:
        self.account = Account.demo(numbers=())
        settings = {"voice_fallback_url": BASE + "/fallback", "status_callback": BASE + "/status"}
        self.account.add_number(ROBOT)
        self.account.add_number(CALLED, voice_url=BASE, **settings)
        self.sim = Simulator(self._app, self.account, VirtualClock())
        self.desk = Desk(lambda: self.sim.now)

    def _app(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode() or environ["QUERY_STRING"]
        headers = {
            key[5:].replace("_", "-").title(): value for key, value in environ.items() if key[:5] == "HTTP_"
        }
        path = environ["PATH_INFO"]
        reply = self.desk.answer(
            "" if path == "/" else path, dict(parse_qsl(body, keep_blank_values=True)), headers
        )
        start_response(f"{reply.status} -", list(reply.headers))
        return [reply.body]

    def wait(self, seconds: float) -> None:
        self.sim.advance(seconds)

    def rest(self, method: str, path: str, params: Form) -> Reply:
        url = f"/2010-04-01/Accounts/{self.account.sid}/{path}"
        answer = self.sim.rest(method, url, params, auth=(self.account.sid, self.account.auth_token))
        return Reply(answer.status, json.loads(answer.body) if answer.body else {})


@pytest.mark.parametrize("probe", PROBES, ids=[probe.id for probe in PROBES])
def test_a_probe_finds_in_the_simulator_what_the_simulator_assumes(probe: Probe) -> None:
    there = InSimulator()

    finding = run(probe, there.desk, there, BASE, ROBOT, CALLED)

    assert finding.found == finding.expected
    assert [leg for leg in there.sim.world.legs.values() if not leg.is_over] == []


def test_every_assumption_has_a_probe_or_a_way_by_hand_and_nothing_else_has() -> None:
    probes = [probe.id for probe in PROBES]

    assert len(probes) == len(set(probes))
    assert sorted([*probes, *BY_HAND]) == sorted(assumption.id for assumption in ASSUMED)


def test_the_list_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["confirm", "--list"]) == 0

    told = capsys.readouterr().out
    assert "finished-on-key            confirm finished-on-key" in told
    assert "by hand: ask for a recording with Range" in told


@pytest.mark.parametrize(("words", "told"), [
    (["confirm", "nothing-like-it"], "no probe is named"), (["confirm"], "--account FILE is missing"),
])  # fmt: skip
def test_orders_that_cannot_be_understood_are_one_sentence(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 1
    assert told in capsys.readouterr().err


def test_an_account_needs_two_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "twilio.json"
    file.write_text('{"account_sid": "AC1", "auth_token": "x", "numbers": [{"e164": "+15550100100"}]}')

    assert main(["confirm", "--account", str(file)]) == 1
    assert "two numbers" in capsys.readouterr().err
