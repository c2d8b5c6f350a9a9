"""Who comes in: every address of the panel, walked; and that Twilio's signed doors and ours never overlap."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from panel import web as panel_web
from panel.door import OPEN_TO_ALL, SAFE_METHODS
from tests.panel.build import sign_in
from voice import web as voice_web
from voice.runtime import Runtime

pytestmark = pytest.mark.usefixtures("shops")

# Neither signed nor signed in, each for its reason.
PUBLIC = {
    "audio": "sounds that Twilio plays to callers",
    "healthz": "asked by supervisors of processes",
    "readyz": "asked by supervisors of processes",
    "panel.static": "style and scripts of the sign-in page",
    "panel.pages.sign_in": "the page to sign in",
    "panel.session.sign_in": "the request that signs in",
}


@pytest.fixture
def whole(rt: Runtime) -> Flask:
    """Voice and panel in one app, as create_app() joins them."""
    app = Flask("whole", static_folder=None)
    voice_web.register(app, rt)
    panel_web.register(app, rt)
    return app


def address(rule: Rule) -> str:
    """An address that this rule takes."""
    path = rule.rule
    for name in rule.arguments:
        path = re.sub(rf"<([^<>:]*:)?{name}>", lambda found: "1" if "int" in (found[1] or "") else "x", path)
    return path


def doors(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Every endpoint, method and address."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, address(rule)


def test_signed_and_signed_in_addresses_are_disjoint_and_with_the_named_ones_they_are_all(
    whole: Flask,
) -> None:
    client, signed, signed_in, public = whole.test_client(), set(), set(), set()
    for endpoint, method, path in doors(whole):
        answer = client.open(
            path, method=method, data={"CallSid": "CA" + "0" * 32} if method == "POST" else None
        )
        if answer.status_code == 403 and not answer.data:
            signed.add(endpoint)
        elif answer.status_code == 401 or answer.headers.get("Location", "").startswith("/login?next="):
            signed_in.add(endpoint)
        else:
            public.add(endpoint)
    public.update({"panel.session.sign_in"})  # answers 401 to a wrong password, but asks for no session
    signed_in -= public

    assert signed == {endpoint for endpoint, _, _ in doors(whole) if endpoint.startswith("voice.")}
    assert public == set(PUBLIC)
    assert not signed & signed_in
    assert signed | signed_in | public == {rule.endpoint for rule in whole.url_map.iter_rules()}


def test_what_is_open_to_all_is_named_once(whole: Flask) -> None:
    assert {name for name in PUBLIC if name.startswith("panel.")} == OPEN_TO_ALL


def test_every_unsafe_address_of_the_panel_wants_the_csrf_token(whole: Flask) -> None:
    client = whole.test_client()
    ann = sign_in(client, "ann")
    unsafe = [(path, method) for endpoint, method, path in doors(whole)
              if endpoint.startswith("panel.") and method not in SAFE_METHODS and endpoint not in OPEN_TO_ALL]  # fmt: skip

    refused = {path: client.open(path, method=method, json={}).get_json()["error"] for path, method in unsafe}
    wrong = {
        path: client.open(path, method=method, json={}, headers={"X-CSRF-Token": "no" + ann.csrf}).status_code
        for path, method in unsafe
    }

    assert len(unsafe) >= 14
    assert set(refused.values()) == {"csrf"}
    assert set(wrong.values()) == {403}


def test_another_sites_page_changes_nothing_even_with_cookie_and_token(whole: Flask) -> None:
    ann = sign_in(whole.test_client(), "ann")

    foreign = ann.post("/api/shift/end", headers={"Origin": "https://evil.example"})
    hidden = ann.post("/api/shift/end", headers={"Sec-Fetch-Site": "cross-site"})
    own = ann.post("/api/shift/end", headers={"Origin": "http://localhost:8000"})

    assert (foreign.status_code, hidden.status_code, own.status_code) == (403, 403, 200)
    assert "http://localhost:8000" in foreign.get_json()["message"]


def test_another_sites_page_cannot_sign_somebody_in(whole: Flask) -> None:
    answer = whole.test_client().post(
        "/api/login",
        json={"email": "ann@example.com", "password": "x"},
        headers={"Origin": "https://evil.example"},
    )

    assert answer.status_code == 403


def test_a_page_sends_to_the_sign_in_page_and_back(whole: Flask) -> None:
    answer = whole.test_client().get("/tickets?q=maya&page=2")

    assert answer.headers["Location"] == "/login?next=/tickets%3Fq%3Dmaya%26page%3D2"


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/login",
    ],
)
def test_signing_in_never_leads_to_another_site(whole: Flask, wanted: str) -> None:
    page = whole.test_client().get("/login", query_string={"next": wanted})

    assert page.status_code in (200, 400)
    if page.status_code == 200:
        assert 'data-next="/"' in page.get_data(as_text=True)


def test_every_answer_carries_the_security_headers(whole: Flask) -> None:
    client = whole.test_client()
    sign_in(client, "ann")
    answers = {path: client.open(path, method=method) for _, method, path in doors(whole)}
    answers["/no/such/page"] = client.get("/no/such/page")

    for path, answer in answers.items():
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert answer.headers["Permissions-Policy"].startswith("microphone=(self)"), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "same-origin", path
        assert answer.headers["Cache-Control"], path


def test_pages_are_kept_by_no_cache(whole: Flask) -> None:
    client = whole.test_client()
    ann = sign_in(client, "ann")

    assert ann.get("/desk").headers["Cache-Control"] == "no-store"
    assert ann.get("/api/tickets").headers["Cache-Control"] == "no-store"


def test_the_policy_names_stream_and_signalling_in_both_schemes(rt: Runtime) -> None:
    from panel.headers import policy

    production = policy(
        rt.settings.model_copy(
            update={"public_base_url": "https://desk.example", "push_url": "https://desk.example:8443"}
        )
    )
    trial = policy(rt.settings.model_copy(update={"signalling_url": "http://localhost:8002/signal"}))

    assert (
        "connect-src 'self' https://desk.example:8443 wss://desk.example:8443 https://*.twilio.com wss://*.twilio.com"
        in production
    )
    assert "http://localhost:8002 ws://localhost:8002" in trial
    assert "localhost" not in production


def test_control_characters_in_an_address_are_turned_down(whole: Flask) -> None:
    ann = sign_in(whole.test_client(), "ann")

    assert ann.get("/api/tickets?q=%00").status_code == 400
    assert ann.get("/api/tickets/north%00wind/1").status_code == 400
