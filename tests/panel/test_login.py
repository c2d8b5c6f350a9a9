"""Signing in, staying signed in, and being signed out."""

import statistics
import time
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from panel.passwords import hash_password
from panel.throttle import LONGEST_WAIT, Throttle
from panel.web import register
from tests.panel.build import PASSWORD, Clock, cookie_of, sign_in
from voice.models import LoginSession, Membership, User
from voice.runtime import Runtime

pytestmark = pytest.mark.usefixtures("shops")


def test_an_agent_signs_in_and_is_known(app: Flask) -> None:
    ann = sign_in(app.test_client(), "ann")

    me = ann.get("/api/me").get_json()

    assert me["user"]["name"] == "Ann"
    assert me["user"]["merchants"] == [{"id": "northwind", "name": "Northwind Outdoor", "role": "agent"}]
    assert me["csrf"] == ann.csrf


def test_the_address_may_be_written_in_any_case(app: Flask) -> None:
    answer = app.test_client().post("/api/login", json={"email": " Ann@Example.COM ", "password": PASSWORD})

    assert answer.status_code == 200


def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(app: Flask) -> None:
    answer = app.test_client().post("/api/login", json={"email": "ann@example.com", "password": PASSWORD})

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("ringdesk=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_the_token_itself_is_kept_nowhere(app: Flask, rt: Runtime) -> None:
    client = app.test_client()
    sign_in(client, "ann")
    token = cookie_of(client)

    with rt.store.read() as tx:
        row = tx.scalars(select(LoginSession)).one()

    assert token not in (row.token_hash, row.csrf)
    assert len(token) >= 43


@pytest.mark.parametrize(("email", "password"), [
    ("ann@example.com", "wrong horse battery"), ("nobody@example.com", PASSWORD), ("ann@example.com", ""),
    ("ann@example.com", "x" * 1000), ("", ""), ("gone@example.com", PASSWORD)])  # fmt: skip
def test_every_wrong_login_gets_the_same_answer(app: Flask, rt: Runtime, email: str, password: str) -> None:
    with rt.write() as tx:
        kept = tx.scalars(select(User.password_hash)).first()
        tx.add(
            User(
                id="us_gone",
                email="gone@example.com",
                name="Gone",
                password_hash=kept,
                created_at=0.0,
                disabled_at=1.0,
            )
        )

    answer = app.test_client().post("/api/login", json={"email": email, "password": password})

    assert answer.status_code == 401
    assert answer.get_json() == {
        "error": "wrong_login",
        "message": "This e-mail address and password do not belong together.",
    }
    assert "Set-Cookie" not in answer.headers


def test_an_unknown_account_takes_as_long_as_a_wrong_password(app: Flask, rt: Runtime) -> None:
    with rt.write() as tx:
        tx.execute(
            update(User).where(User.email == "ann@example.com").values(password_hash=hash_password(PASSWORD))
        )

    def seconds(email: str) -> float:
        taken = []
        for number in range(3):
            began = time.process_time()  # the work done, however busy the machine is
            app.test_client().post(
                "/api/login", json={"email": email, "password": f"wrong password {number}"}
            )
            taken.append(time.process_time() - began)
        return statistics.median(taken)

    seconds("warm@example.com")
    known, unknown = seconds("ann@example.com"), seconds("nobody@example.com")

    assert 0.5 < known / unknown < 2.0


def test_the_old_session_ends_when_somebody_signs_in_again(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "ann")
    first = cookie_of(client)
    sign_in(client, "ann")

    other = app.test_client()
    other.set_cookie("ringdesk", first)

    assert client.get("/api/me").status_code == 200
    assert other.get("/api/me").status_code == 401


def test_a_token_that_somebody_planted_is_never_taken_up(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("ringdesk", "planted")
    sign_in(client, "ann")

    assert cookie_of(client) != "planted"


def test_an_idle_session_ends_after_twelve_hours(app: Flask, clock: Clock) -> None:
    ann = sign_in(app.test_client(), "ann")
    clock.forward(12 * 3600 - 1)
    assert ann.get("/api/me").status_code == 200

    clock.forward(12 * 3600 - 1)
    assert ann.get("/api/me").status_code == 200
    clock.forward(3)

    assert ann.get("/api/me").status_code == 401


def test_nobody_uses_a_session_for_more_than_twenty_four_hours(app: Flask, clock: Clock) -> None:
    ann = sign_in(app.test_client(), "ann")
    for _ in range(23):
        clock.forward(3600)
        assert ann.get("/api/me").status_code == 200

    clock.forward(3601)

    assert ann.get("/api/me").status_code == 401


def test_a_session_that_nobody_used_ends(app: Flask, clock: Clock) -> None:
    ann = sign_in(app.test_client(), "ann")

    clock.forward(12 * 3600 + 1)

    assert ann.get("/api/me").status_code == 401


def test_signing_out_ends_the_session_at_once_for_every_copy_of_the_cookie(app: Flask) -> None:
    client = app.test_client()
    ann = sign_in(client, "ann")
    thief = app.test_client()
    thief.set_cookie("ringdesk", cookie_of(client))

    assert ann.post("/api/logout").status_code == 200

    assert thief.get("/api/me").status_code == 401


def test_a_closed_account_is_out_at_its_next_request(app: Flask, rt: Runtime) -> None:
    ann = sign_in(app.test_client(), "ann")
    with rt.write() as tx:
        tx.execute(update(User).where(User.email == "ann@example.com").values(disabled_at=rt.now()))

    assert ann.get("/api/me").status_code == 401


def test_a_membership_taken_away_works_at_the_next_request(app: Flask, rt: Runtime) -> None:
    ann = sign_in(app.test_client(), "ann")
    with rt.write() as tx:
        tx.delete(tx.get_one(Membership, ("northwind", "us_ann")))

    assert ann.get("/api/me").get_json()["user"]["merchants"] == []


def test_who_guesses_waits_longer_each_time_and_the_owner_elsewhere_does_not(app: Flask) -> None:
    stranger = app.test_client()
    answers = [
        stranger.post("/api/login", json={"email": "ann@example.com", "password": f"guess {number} of many"},
                      environ_base={"REMOTE_ADDR": "198.51.100.7"}) for number in range(8)
    ]  # fmt: skip

    assert [answer.status_code for answer in answers[:5]] == [401] * 5
    assert answers[5].status_code == 429
    assert int(answers[5].headers["Retry-After"]) >= 1
    assert sign_in(app.test_client(), "ann").get("/api/me").status_code == 200


def test_the_right_password_works_again_after_the_wait(app: Flask, clock: Clock) -> None:
    client = app.test_client()
    for number in range(6):
        client.post("/api/login", json={"email": "ann@example.com", "password": f"guess {number} of many"})
    clock.forward(LONGEST_WAIT)

    assert sign_in(client, "ann").get("/api/me").status_code == 200


def test_the_wait_doubles_and_stays_bounded() -> None:
    throttle, now, waits = Throttle(), 0.0, []
    for _ in range(20):
        throttle.failed("ann", "198.51.100.7", now)
        waits.append(throttle.wait("ann", "198.51.100.7", now))
        now += waits[-1]

    assert waits[:8] == [0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 4.0, 8.0]
    assert max(waits) == LONGEST_WAIT


def test_one_address_that_tries_many_accounts_waits_as_a_whole() -> None:
    throttle = Throttle()
    for number in range(40):
        throttle.failed(f"account{number}", "198.51.100.7", 0.0)

    assert throttle.wait("ann", "198.51.100.7", 0.0) > 0
    assert throttle.wait("ann", "203.0.113.9", 0.0) == 0


def test_the_throttle_forgets_the_oldest_rather_than_grow() -> None:
    throttle = Throttle(room=100)
    for number in range(1000):
        throttle.failed(f"account{number}", f"198.51.100.{number}", 0.0)

    assert len(throttle._failures) == 100


def test_the_cookie_is_pinned_to_the_host_when_the_address_is_https(rt: Runtime) -> None:
    settings = rt.settings.model_copy(update={"public_base_url": "https://desk.example.com"})
    secure = Flask("https", static_folder=None)
    register(secure, replace(rt, settings=settings))

    answer = secure.test_client().post(
        "/api/login",
        json={"email": "ann@example.com", "password": PASSWORD},
        base_url="https://desk.example.com",
    )

    assert answer.headers["Set-Cookie"].startswith("__Host-ringdesk=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
