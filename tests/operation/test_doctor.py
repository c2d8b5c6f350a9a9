"""Each check of the doctor: well on a healthy installation, and told with its way out on a sick one."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from twilio.http.response import Response

from recordings.storage import open_storage
from tests.operation.house import House
from tests.operation.outside import Outside, session_of
from voice import models
from voice.carrier import Carrier
from voice.doctor import dialing, helpers, reach, truth, twilio
from voice.doctor.findings import Check, Finding, as_json, run
from voice.doctor.visit import visit
from voice.migrate import migrate
from voice.store import Store

LOW = ("low_risk_numbers",)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    made.connects(fallback_url="https://static.example/x.xml")
    yield made
    made.rt.store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/migrated.db")
    migrate(made, lambda _line: None)
    with made.write() as tx:
        tx.add(models.Beat(name="clock", at=time.time(), ok=True))
    yield made
    made.close()


def finding(checks: list[Check], name: str) -> Finding:
    (found,) = run([one for one in checks if one[0].startswith(name)])
    return found


def is_told(found: Finding, said: str, way_out: str) -> None:
    assert not found.ok
    assert said in found.said
    assert way_out in found.way_out
    assert found.line().startswith("FAIL")


@pytest.mark.parametrize("name", ["database", "migrations", "time", "clock"])
def test_a_healthy_database_is_well(store: Store, name: str) -> None:
    assert finding(truth.checks(store), name).ok


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    away = Store("postgresql://nobody:secret-word@127.0.0.1:1/none")
    found = finding(truth.checks(away), "database")

    is_told(found, "does not answer", "DATABASE_URL")
    assert "secret-word" not in found.line()


def test_tables_of_another_version(store: Store) -> None:
    with store.write() as tx:
        tx.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    is_told(finding(truth.checks(store), "migrations"), "of a newer ringdesk", "docs/operate.md")


def test_a_machine_whose_time_is_wrong(store: Store) -> None:
    is_told(finding(truth.checks(store, lambda: time.time() - 60), "time"), "+60.0 s apart", "timesyncd")


def test_a_clock_that_stands(store: Store) -> None:
    with store.write() as tx:
        tx.get_one(models.Beat, "clock").at -= 60

    is_told(finding(truth.checks(store), "clock"), "the last round was 60 s ago", "ringdesk clock")


def test_a_redis_that_is_away() -> None:
    is_told(finding(helpers.checks("redis://127.0.0.1:1/0", object), "redis"), "no answer", "REDIS_URL")


def test_storage_is_written_read_and_deleted(tmp_path: Path) -> None:
    checks = helpers.checks("", lambda: open_storage(f"file:{tmp_path}/kept"))

    assert finding(checks, "storage").ok
    assert not [path for path in (tmp_path / "kept").rglob("*") if path.is_file()]


def test_storage_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder ought to be")

    checks = helpers.checks("", lambda: open_storage(f"file:{tmp_path}/kept"))
    is_told(finding(checks, "storage"), "Error", "STORAGE_URL")


class DatedDoor:
    """Twilio's answers with the Date that they carry on the wire."""

    def __init__(self, house: House, now: float) -> None:
        self._door, self._now = house.rt.carrier._http, now

    def request(self, *args: Any, **options: Any) -> Response:
        """One request."""
        got = self._door.request(*args, **options)
        return Response(
            got.status_code, got.text, {**got.headers, "Date": formatdate(self._now, usegmt=True)}
        )


def permissions(house: House) -> Finding:
    books = house.rt.books
    return finding(dialing.checks(books.page, house.rt.carrier, books.live_flow), "dialing")


def test_an_account_that_may_call_where_its_flows_call_is_well(house: House) -> None:
    assert permissions(house).ok, permissions(house)
    assert "US and nothing of high risk" in permissions(house).said


@pytest.mark.parametrize(
    ("dialing_of", "said", "way_out"),
    [
        ({}, "US must not be called", "turn it on"),
        ({"US": LOW, "LV": LOW, "FR": LOW}, "FR, LV may be called, where no flow calls", "forward_to"),
        ({"US": (*LOW, "high_risk_special_numbers")}, "high risk may be called in US", "turn high-risk"),
        (
            {"US": LOW, "JM": ("high_risk_tollfraud_numbers",)},
            "high risk may be called in JM",
            "Geo permissions",
        ),
    ],
)
def test_permissions_that_differ_from_what_flows_call(
    house: House, dialing_of: dict[str, tuple[str, ...]], said: str, way_out: str
) -> None:
    house.account.dialing = dialing_of

    is_told(permissions(house), said, way_out)


def test_a_country_that_a_flow_lists_may_be_called(house: House) -> None:
    house.account.dialing = {"US": LOW, "GB": LOW}
    flow = house.rt.books.live_flow("northwind")
    assert flow is not None
    listing = replace(flow, forward_to=("CA", "+442079460123"))
    books = house.rt.books

    (found,) = run(dialing.checks(books.page, house.rt.carrier, lambda _merchant: listing))

    assert found.ok, found


def test_a_twilio_that_is_not_reached_is_told_in_a_sentence(house: House) -> None:
    found = visit(replace_url(house), lambda: open_storage(house.rt.settings.storage_url))

    of_twilio = [
        one
        for one in found
        if one.check.startswith(("keys", "time of AC", "media", "queue", "number", "dialing"))
    ]
    assert len(of_twilio) >= 5
    assert {one.said for one in of_twilio} == {"Twilio is not reached from here"}
    assert not any("ConnectionPool" in one.line() for one in found)


def test_a_twilio_that_is_busy_is_told_with_what_it_answers(house: House) -> None:
    house.sim.world.faults.rest("", "status", status=503, times=None)

    is_told(permissions(house), "Twilio answers 503", "status.twilio.com")


def at_twilio(house: House, outside: Outside | None = None, now: float = 1e9) -> list[Check]:
    carrier = Carrier(DatedDoor(house, 1e9), house.rt.settings.twilio_api_url)
    session = session_of(outside or Outside(house))
    return twilio.checks(house.rt.books.page, carrier, house.rt.links, session, lambda: now)


@pytest.mark.parametrize("name", ["keys", "time", "media", "number"])
def test_a_connected_account_is_well(house: House, name: str) -> None:
    _record(house)
    assert finding(at_twilio(house), name).ok


def test_nobody_is_connected(tmp_path: Path) -> None:
    fresh = House(tmp_path)
    is_told(finding(at_twilio(fresh), "twilio"), "no Twilio account", "ringdesk connect")
    fresh.rt.store.close()


def test_a_token_that_was_changed_at_twilio(house: House) -> None:
    house.account.auth_token = "5" * 32

    found = finding(at_twilio(house), "keys")
    is_told(found, "auth token 1", "ringdesk connect NUMBER --account FILE")
    assert "API key" not in found.said


def test_a_key_that_was_revoked(house: House) -> None:
    house.account.api_keys.clear()

    is_told(finding(at_twilio(house), "keys"), "API key", "ringdesk connect")


def test_a_machine_far_from_twilios_time(house: House) -> None:
    is_told(finding(at_twilio(house, now=1e9 - 300), "time"), "+300 s apart", "timesyncd")


def test_a_number_that_somebody_pointed_elsewhere(house: House) -> None:
    house.number.voice_url = "https://elsewhere.example"

    is_told(finding(at_twilio(house), "number"), "voice_url differ", "--check")


def test_a_number_without_a_fallback(house: House) -> None:
    house.number.voice_fallback_url = ""

    is_told(finding(at_twilio(house), "number"), "no fallback", "--fallback-url")


def test_recordings_that_anybody_may_fetch(house: House) -> None:
    _record(house)
    outside = Outside(house)
    outside.is_media_open = True

    is_told(finding(at_twilio(house, outside), "media"), "200, not 401", "Enforce HTTP Auth")


def round_trip(house: House, outside: Outside) -> Finding:
    checks = reach.checks(house.rt.books.page, house.rt.settings.public_base_url, session_of(outside))
    return finding(checks, "signature")


def test_a_genuine_request_comes_in(house: House) -> None:
    found = round_trip(house, Outside(house))

    assert found.ok, found
    with house.rt.store.read() as tx:
        assert not tx.query(models.Call).count()


def test_a_public_address_that_is_not_the_one_that_is_signed(house: House) -> None:
    page = house.rt.books.page
    checks = reach.checks(page, "http://other.example", session_of(Outside(house)))

    is_told(finding(checks, "signature"), "a genuine signature is refused", "PUBLIC_BASE_URL must be")


@pytest.mark.parametrize(("status", "said"), [(502, "answers 502"), (200, "without a signature")])
def test_something_else_answers_at_the_public_address(house: House, status: int, said: str) -> None:
    outside = Outside(house)
    outside.web_status = status

    assert said in round_trip(house, outside).said


def test_the_whole_visit_of_a_dark_house_ends_and_tells_everything(house: House) -> None:
    settings = replace_url(house)
    found = visit(settings, lambda: open_storage(settings.storage_url))

    names = [one.check for one in found]
    assert names[:6] == ["database", "migrations", "time of the database", "clock", "redis", "storage"]
    assert {one.check for one in found if one.ok} >= {"database", "storage", "accounts"}
    assert any(name.startswith("signature") for name in names)
    told = json.loads(as_json(found))
    assert told[0].keys() == {"check", "ok", "said", "way_out"}
    assert all(one["ok"] or one["way_out"] for one in told)
    assert "1" * 32 not in as_json(found)


def replace_url(house: House) -> Any:
    """The same installation, with nothing that answers outside."""
    nowhere = {"public_base_url": "http://127.0.0.1:1", "twilio_api_url": "http://127.0.0.1:1"}
    return house.rt.settings.model_copy(update=nowhere)


def _record(house: House) -> None:
    caller = house.sim.call(to=next(iter(house.rt.books.page.numbers)))
    caller.hears("Thank you for calling")
    leg = next(iter(house.sim.world.legs.values()))
    key = next(iter(house.account.api_keys.items()))
    status, _, _ = house.sim.rest(
        "POST",
        f"/2010-04-01/Accounts/{house.account.sid}/Calls/{leg.sid}/Recordings.json",
        {},
        {},
        key,
    )
    assert status == 201
