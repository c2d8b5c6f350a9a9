"""A publish by the command answers calls in every web process: two real ones, each with its own port."""

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from app import main
from tests.journeys.northwind import CUSTOMER, FLOW, NORTHWIND
from tests.operation.processes import Installation, install
from tests.wire.build import signature_of

PATIENCE_SECONDS = 30.0


def _another(place: Installation) -> Installation:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return replace(place, port=int(probe.getsockname()[1]))


def _hears(place: Installation, http: requests.Session, call: int) -> str:
    """What a new caller hears first."""
    fields = {"CallSid": f"CA{call:032x}", "AccountSid": place.account.sid, "CallStatus": "ringing"}
    fields |= {"From": CUSTOMER, "To": NORTHWIND, "Direction": "inbound"}
    url = f"{place.url}/voice/incoming"
    signed = signature_of(url, list(fields.items()), place.account.auth_token)
    answer = http.post(url, fields, headers={"X-Twilio-Signature": signed}, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_publish_is_live_in_two_web_processes_within_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    first = install(tmp_path)
    second = _another(first)
    with first.runs("web"), second.runs("web"), first.session() as http:
        for place in (first, second):
            assert http.get(f"{place.url}/healthz", timeout=60).status_code == 200
            assert "Thank you for calling" in _hears(place, http, place.port)
        file = tmp_path / "new.yaml"
        file.write_text(FLOW.replace("Thank you for calling", "Welcome to"), encoding="utf-8")

        for name, value in first.env.items():
            monkeypatch.setenv(name, value)
        assert main(["flows", "publish", str(file), "--by", "mia"]) == 0
        published = time.monotonic()
        waits_for, calls = {first.port: first, second.port: second}, 1
        while waits_for:
            assert time.monotonic() - published < PATIENCE_SECONDS, f"{list(waits_for)} never took it"
            calls += 1
            for port, place in list(waits_for.items()):
                if "Welcome to" in _hears(place, http, port * 100_000 + calls):
                    del waits_for[port]
            time.sleep(0.02)
        took = time.monotonic() - published

    record_property("seconds", round(took, 2))
    print(f"live in both processes {took:.2f} s after the command had ended")
