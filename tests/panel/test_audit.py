"""Who did what is told with the deed itself, and who looks after people can see it."""

import io
import json
from collections.abc import Callable

import pytest

from recordings.storage import open_storage
from tests.panel.build import PASSWORD, Browser, Clock, call, person, ticket
from tests.panel.test_people_commands import Ringdesk, a_flow, ringdesk
from voice.models import Recording
from voice.runtime import Runtime

pytestmark = pytest.mark.usefixtures("shops")
__all__ = ["ringdesk"]

Client = Callable[[str], Browser]


@pytest.fixture
def amy(rt: Runtime, client_of: Client) -> Browser:
    """An admin of Northwind."""
    person(rt, "amy", "northwind", role="admin", desk=False)
    return client_of("amy")


@pytest.fixture
def told(ringdesk: Ringdesk) -> Callable[..., list[tuple[str, str, str, str]]]:
    """What `ringdesk audit` tells: who, what, about, detail; the latest first."""

    def read(*words: str) -> list[tuple[str, str, str, str]]:
        rows = json.loads(ringdesk("audit", "--json", *words)[1])
        return [(row["by"], row["kind"], row["about"], row["detail"]) for row in rows]

    return read


Told = Callable[..., list[tuple[str, str, str, str]]]


def a_recording(rt: Runtime) -> None:
    call(rt, "northwind", "ca_1", ended_as="answered")
    ticket(rt, "northwind", "ca_1", 7, "us_ann")
    with rt.write() as tx:
        tx.add(
            Recording(
                merchant_id="northwind", id="re_1", call_id="ca_1", recording_sid="RE1", account_sid="AC1",
                kind="call", state="stored", original_key="northwind/2026/11/re_1.wav",
            )
        )  # fmt: skip
    open_storage(rt.settings.storage_url).put("northwind/2026/11/re_1.wav", io.BytesIO(b"sound" * 100))


def test_changes_of_people_are_told_with_who_made_them(amy: Browser, told: Told) -> None:
    amy.post("/api/people/us_ann/role", {"merchant": "northwind", "role": "supervisor"})
    amy.post("/api/people/us_ann/role", {"merchant": "northwind", "role": "supervisor"})
    amy.post("/api/people/us_ann/reset-password")
    amy.post("/api/people/us_ann/disable")
    amy.post("/api/people/us_ann/enable")

    assert told("--about", "ann@example.com") == [
        ("Amy", "account_enabled", "ann@example.com", ""),
        ("Amy", "account_disabled", "ann@example.com", ""),
        ("Amy", "password_reset", "ann@example.com", ""),
        ("Amy", "role_given", "ann@example.com", "agent → supervisor"),
    ]


def test_sessions_and_ones_own_password_are_told(client_of: Client, told: Told) -> None:
    first, second = client_of("ann"), client_of("ann")
    first.post("/api/account/password", {"old": PASSWORD, "new": "another long password"})
    first.post("/api/logout")

    assert second.get("/api/me").status_code == 401
    assert [kind for _, kind, _, _ in told("--about", "ann@example.com")] == [
        "signed_out",
        "password_changed",
        "signed_in",
        "signed_in",
    ]


def test_what_failed_is_not_told(amy: Browser, told: Told) -> None:
    amy.post("/api/people/us_ann/role", {"merchant": "northwind", "role": "operator"})
    amy.post("/api/people/us_carl/reset-password")

    assert [kind for _, kind, _, _ in told()] == ["signed_in"]


def test_the_shell_is_a_doer_too(ringdesk: Ringdesk, rt: Runtime, told: Told) -> None:
    a_flow(rt)
    ringdesk("teams", "add", "northwind", "days")
    ringdesk("teams", "serve", "northwind", "days", "orders")
    ringdesk("teams", "serve", "northwind", "days", "orders")
    ringdesk("teams", "rename", "northwind", "days", "mornings")

    rows = told("--merchant", "northwind")

    assert [row[1:] for row in rows] == [
        ("team_renamed", "mornings", "was days"),
        ("queue_served", "days", "orders"),
        ("team_added", "days", ""),
    ]
    assert all(row[0].endswith("the shell") for row in rows)


def test_each_play_of_a_recording_is_told_once_and_shown_on_the_ticket_to_admins(
    rt: Runtime, amy: Browser, client_of: Client, told: Told, clock: Clock
) -> None:
    a_recording(rt)
    ann = client_of("ann")
    link = ann.get("/api/tickets/northwind/7").get_json()["recordings"][0]["url"]
    ann.client.head(link, buffered=True)
    assert told("--about", "#7") == []

    for start in (0, 100, 200):
        assert ann.get(link, headers={"Range": f"bytes={start}-{start + 9}"}).status_code == 206
    clock.forward(10)
    assert ann.get(ann.get("/api/tickets/northwind/7").get_json()["recordings"][0]["url"]).status_code == 200

    assert told("--about", "#7") == [("Ann", "recording_played", "#7", "call")] * 2
    assert "Played 2 times" in amy.get("/tickets/northwind/7").get_data(as_text=True)
    assert "Played" not in ann.get("/tickets/northwind/7").get_data(as_text=True)


def test_an_account_of_two_merchants_is_told_to_both(rt: Runtime, client_of: Client, told: Told) -> None:
    person(rt, "dora", "northwind", "tailspin")
    client_of("dora")

    assert [told("--merchant", shop)[0][:2] for shop in ("northwind", "tailspin")] == [
        ("Dora", "signed_in")
    ] * 2


def test_a_day_that_is_none_is_said(ringdesk: Ringdesk) -> None:
    code, _, wrong = ringdesk("audit", "--since", "yesterday")

    assert (code, wrong) == (1, "ringdesk: 'yesterday' is no day; give one such as 2026-11-22\n")
