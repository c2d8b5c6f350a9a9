"""SIGTERM: what was begun is finished, what was promised is done, and then the process ends by itself."""

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
import requests
from sqlalchemy import select, text

from tests.journeys.northwind import CUSTOMER, NORTHWIND
from tests.operation.processes import Installation, install
from tests.wire.build import signature_of
from voice import models

CALL = "CA" + "7" * 32


def _tells_the_end(place: Installation, http: requests.Session) -> requests.Response:
    fields = {"CallSid": CALL, "AccountSid": place.account.sid, "CallStatus": "completed"}
    fields |= {"From": CUSTOMER, "To": NORTHWIND, "Direction": "inbound", "CallDuration": "5"}
    url = f"{place.url}/voice/status"
    signed = signature_of(url, list(fields.items()), place.account.auth_token)
    return http.post(url, fields, headers={"X-Twilio-Signature": signed}, timeout=30)


def test_a_webhook_that_waits_for_the_database_is_answered_though_web_is_told_to_stop(tmp_path: Path) -> None:
    place = install(tmp_path)
    store = place.store()
    with place.runs("web") as web, place.session() as http, ThreadPoolExecutor(1) as aside:
        assert http.get(f"{place.url}/healthz", timeout=60).status_code == 200
        with store.write() as tx:  # nobody else can write meanwhile
            tx.execute(text("SELECT 1"))
            answer = aside.submit(_tells_the_end, place, http)
            Event().wait(0.7)
            assert not answer.done()
            web.send_signal(signal.SIGTERM)
            Event().wait(0.7)
            assert web.poll() is None
        assert answer.result(timeout=20).status_code == 200
        assert web.wait(timeout=20) == 0

    with store.read() as tx:
        assert tx.scalars(select(models.Call.call_sid)).one() == CALL
        assert tx.scalars(select(models.Outbox.kind)).one() == "open_ticket"
    store.close()


def test_web_says_that_it_drains_and_still_answers_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRAIN_SECONDS", "4")
    (tmp_path / "aside").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "aside"))
    place = install(tmp_path)
    with place.runs("web") as web, place.session() as http:
        assert http.get(f"{place.url}/healthz", timeout=60).status_code == 200
        assert "clock" in http.get(f"{place.url}/readyz", timeout=20).json()["why"]  # none runs here
        assert not list((tmp_path / "aside").glob("ringdesk-web-*"))  # nothing is left behind by kill -9
        web.send_signal(signal.SIGTERM)

        said = ""
        for _ in range(20):
            said = requests.get(f"{place.url}/readyz", timeout=20).json()["why"]
            if "draining" in said:
                break
            Event().wait(0.1)
        assert "draining" in said
        assert _tells_the_end(place, http).status_code == 200
        assert web.wait(timeout=30) == 0
    assert not list((tmp_path / "aside").glob("ringdesk-web-*"))


def test_a_clock_that_is_told_to_stop_ends_its_round_and_itself(tmp_path: Path) -> None:
    place = install(tmp_path)
    store = place.store()
    with place.runs("clock") as clock:
        for _ in range(150):
            with store.read() as tx:
                if tx.get(models.Beat, "clock") is not None:
                    break
            Event().wait(0.2)
        clock.send_signal(signal.SIGTERM)
        assert clock.wait(timeout=20) == 0
        said = clock.stdout.read() if clock.stdout is not None else ""

    assert "Traceback" not in said
    with store.read() as tx:
        assert tx.get(models.Beat, "clock") is not None
    store.close()
