"""Looking after people by the panel: who may do what to whom, and what it does."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.panel.build import PASSWORD, Browser, call, person, ring, sign_in, waiting
from voice.models import Agent, Membership, Offer, User
from voice.runtime import Runtime

pytestmark = pytest.mark.usefixtures("shops")

Client = Callable[[str], Browser]


@pytest.fixture
def amy(rt: Runtime, client_of: Client) -> Browser:
    """Admin of Northwind."""
    person(rt, "amy", "northwind", role="admin", desk=False)
    return client_of("amy")


def role_of(rt: Runtime, user_id: str, merchant_id: str = "northwind") -> str | None:
    with rt.store.read() as tx:
        row = tx.get(Membership, (merchant_id, user_id))
        return row.role if row is not None else None


NEW = {"email": "mia@northwind.example", "name": "Mia Hart", "merchant": "northwind", "role": "agent"}


def test_an_admin_adds_an_agent_who_signs_in_with_the_password_that_was_told(
    amy: Browser, app: Flask, rt: Runtime
) -> None:
    answer = amy.post("/api/people", NEW)

    told = answer.get_json()
    assert answer.status_code == 201
    mia = app.test_client().post("/api/login", json={"email": NEW["email"], "password": told["password"]})
    assert mia.get_json()["user"]["merchants"] == [
        {"id": "northwind", "name": "Northwind Outdoor", "role": "agent"}
    ]
    assert mia.get_json()["user"]["has_desk"] is True


@pytest.mark.parametrize(
    ("changed", "status", "says"),
    [
        ({"email": "ann@example.com"}, 400, "There is an account 'ann@example.com' already."),
        ({"email": "nonsense"}, 400, "'nonsense' is no e-mail address."),
        ({"name": "  "}, 400, "A name has 1 to 80 characters."),
        ({"role": "boss"}, 400, "'boss' is no role."),
        ({"role": "operator"}, 403, "Operators are appointed and changed by operators alone."),
        ({"merchant": "tailspin"}, 404, "There is no such merchant."),
    ],
)
def test_a_faulty_wish_is_refused_whole(
    amy: Browser, rt: Runtime, changed: dict[str, str], status: int, says: str
) -> None:
    answer = amy.post("/api/people", NEW | changed)

    assert (answer.status_code, answer.get_json()["message"]) == (status, says)
    with rt.store.read() as tx:
        assert tx.scalar(select(User).where(User.name == "Mia Hart")) is None


def test_a_role_works_at_the_next_request(amy: Browser, client_of: Client) -> None:
    ann = client_of("ann")
    assert ann.get("/api/floor").status_code == 403

    amy.post("/api/people/us_ann/role", {"merchant": "northwind", "role": "supervisor"})

    assert ann.get("/api/floor").status_code == 200
    amy.post("/api/people/us_ann/role", {"merchant": "northwind", "role": "none"})
    assert ann.get("/api/me").get_json()["user"]["merchants"] == []


def test_a_disabled_account_is_out_at_the_next_request_off_shift_and_its_ring_withdrawn(
    amy: Browser, client_of: Client, rt: Runtime
) -> None:
    ann = client_of("ann")
    call(rt, "northwind", "ca_1")
    waiting(rt, "northwind", "ca_1")
    offer_id = ring(rt, "northwind", "ca_1", "us_ann")

    assert amy.post("/api/people/us_ann/disable").status_code == 200

    assert ann.get("/api/desk").status_code == 401
    with rt.store.read() as tx:
        assert tx.get_one(Agent, "us_ann").state == "offline"
        assert tx.get_one(Offer, ("northwind", offer_id)).state == "withdrawn"
    amy.post("/api/people/us_ann/enable")
    assert client_of("ann").get("/api/desk").get_json()["state"] == "offline"


def test_a_new_password_signs_out_everywhere_and_the_old_one_is_void(
    amy: Browser, app: Flask, client_of: Client
) -> None:
    ann = client_of("ann")

    told = amy.post("/api/people/us_ann/reset-password").get_json()["password"]

    assert ann.get("/api/me").status_code == 401
    tries = [
        app.test_client().post("/api/login", json={"email": "ann@example.com", "password": one}).status_code
        for one in (PASSWORD, told)
    ]
    assert tries == [401, 200]


def test_sessions_of_others_are_seen_and_ended_one_by_one(amy: Browser, client_of: Client) -> None:
    first, second = client_of("ann"), client_of("ann")
    rows = amy.get("/api/people/us_ann/sessions").get_json()["sessions"]

    amy.post("/api/people/us_ann/sessions/end", {"session": rows[0]["id"]})
    left = sorted(one.get("/api/me").status_code for one in (first, second))
    amy.post("/api/people/us_ann/sessions/end", {})

    assert len(rows) == 2
    assert left == [200, 401]
    assert [one.get("/api/me").status_code for one in (first, second)] == [401, 401]


@pytest.mark.parametrize("deed", ["disable", "reset-password", "role"])
def test_nobody_shuts_themselves_out(amy: Browser, rt: Runtime, deed: str) -> None:
    answer = amy.post(f"/api/people/us_amy/{deed}", {"merchant": "northwind", "role": "agent"})

    assert (answer.status_code, answer.get_json()["error"]) == (409, "not_now")
    assert role_of(rt, "us_amy") == "admin"


@pytest.mark.parametrize("deed", ["disable", "enable", "reset-password", "sessions/end"])
def test_an_account_that_also_works_elsewhere_cannot_be_taken_over(
    amy: Browser, rt: Runtime, client_of: Client, deed: str
) -> None:
    person(rt, "dora", "northwind", "tailspin")
    dora = client_of("dora")

    answer = amy.post(f"/api/people/us_dora/{deed}")

    assert (answer.status_code, answer.get_json()["error"]) == (403, "not_yours")
    assert dora.get("/api/me").status_code == 200
    assert "tailspin" not in amy.get("/api/people").get_data(as_text=True)
    assert "tailspin" not in amy.get("/people/us_dora").get_data(as_text=True).lower()


@pytest.mark.parametrize("deed", ["disable", "reset-password", "role", "sessions/end"])
def test_an_admin_does_nothing_to_an_operator(amy: Browser, rt: Runtime, deed: str) -> None:
    person(rt, "olga", "northwind", role="operator", desk=False)

    answer = amy.post(f"/api/people/us_olga/{deed}", {"merchant": "northwind", "role": "agent"})

    if deed == "sessions/end":
        answer = amy.post("/api/people/us_olga/sessions/end")
    assert answer.status_code == 403
    assert role_of(rt, "us_olga") == "operator"


def test_an_operator_appoints_operators(rt: Runtime, client_of: Client) -> None:
    person(rt, "olga", "northwind", role="operator", desk=False)

    answer = client_of("olga").post("/api/people/us_ann/role", {"merchant": "northwind", "role": "operator"})

    assert (answer.status_code, role_of(rt, "us_ann")) == (200, "operator")


@pytest.mark.parametrize("name", ["ann", "sue"])
def test_agents_and_supervisors_look_after_nobody(client_of: Client, rt: Runtime, name: str) -> None:
    browser = client_of(name)

    assert browser.get("/api/people").status_code == 403
    assert browser.get("/people").status_code == 403
    assert browser.post("/api/people", NEW).status_code == 403
    assert browser.post("/api/people/us_bob/disable").status_code == 403
    assert "/people" not in browser.get("/tickets").get_data(as_text=True)


# --- one's own account --------------------------------------------------------------------------------------------


def test_ones_own_password_is_changed_and_other_browsers_are_signed_out(
    app: Flask, client_of: Client
) -> None:
    here, there = client_of("ann"), client_of("ann")

    answer = here.post("/api/account/password", {"old": PASSWORD, "new": "a completely new one"})

    assert answer.status_code == 200
    assert [one.get("/api/me").status_code for one in (here, there)] == [200, 401]
    again = app.test_client().post(
        "/api/login", json={"email": "ann@example.com", "password": "a completely new one"}
    )
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("wrong", "a completely new one", "wrong_password"), (PASSWORD, "short", "faulty")],
)
def test_a_password_is_not_changed_by_a_guess_or_into_a_short_one(
    client_of: Client, old: str, new: str, code: str
) -> None:
    ann = client_of("ann")

    answer = ann.post("/api/account/password", {"old": old, "new": new})

    assert (answer.status_code, answer.get_json()["error"]) == (400, code)
    assert client_of("ann").get("/api/me").status_code == 200


def test_guesses_at_ones_own_password_are_slowed_down(client_of: Client) -> None:
    ann = client_of("ann")

    codes = [
        ann.post("/api/account/password", {"old": "wrong", "new": "x" * 12}).status_code for _ in range(7)
    ]

    assert codes[:5] == [400] * 5
    assert codes[-1] == 429


def test_ones_sessions_are_listed_and_ended_and_a_strangers_are_not_there(client_of: Client) -> None:
    here, there, other = client_of("ann"), client_of("ann"), client_of("bob")
    mine = here.get("/api/account/sessions").get_json()["sessions"]
    (bobs,) = other.get("/api/account/sessions").get_json()["sessions"]
    (elsewhere,) = [one["id"] for one in mine if not one["is_this"]]

    stranger = here.post("/api/account/sessions/end", {"session": bobs["id"]})
    prefix = here.post("/api/account/sessions/end", {"session": elsewhere[:1]})
    assert here.post("/api/account/sessions/end", {"session": elsewhere}).status_code == 200

    assert (len(mine), stranger.status_code, prefix.status_code) == (2, 404, 404)
    assert [one.get("/api/me").status_code for one in (here, there, other)] == [200, 401, 200]


def test_signing_out_everywhere_ends_this_browser_too(app: Flask, client_of: Client) -> None:
    here, there = client_of("ann"), client_of("ann")

    here.post("/api/account/sign-out-everywhere")

    assert [one.get("/api/me").status_code for one in (here, there)] == [401, 401]
    assert sign_in(app.test_client(), "ann").get("/account").status_code == 200
