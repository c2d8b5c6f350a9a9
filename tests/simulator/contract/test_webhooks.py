"""Twilio's pages: voice/twiml (requests), usage/webhooks (overrides, security), usage/security."""

import base64
import hashlib
from typing import Any
from urllib.request import parse_http_list, parse_keqv_list

import pytest

from simulator.logins import answer_to
from simulator.signing import signature, signed_url
from tests.simulator.pages import NUMBER, Form, Reply, open_shop


def test_the_standard_parameters_are_on_every_request() -> None:
    shop = open_shop(voice="<Redirect>/next</Redirect>", next="<Say>hi</Say>")

    caller = shop.sim.call(NUMBER, from_="+12125550188")
    caller.hears("hi")

    for form in (shop.pages.last("/voice/incoming"), shop.pages.last("/next")):
        assert form["CallSid"] == caller.sid
        assert form["AccountSid"] == shop.account.sid
        assert (form["From"], form["To"]) == ("+12125550188", NUMBER)
        assert (form["Caller"], form["Called"]) == ("+12125550188", NUMBER)
        assert (form["ApiVersion"], form["Direction"]) == ("2010-04-01", "inbound")
        assert form["FromCountry"] == "US"


def test_the_first_request_rings_and_later_ones_are_in_progress() -> None:
    shop = open_shop(voice="<Say>a</Say><Redirect>/next</Redirect>", next="<Say>hi</Say>")

    shop.sim.call(NUMBER).hears("hi")

    assert shop.pages.last("/voice/incoming")["CallStatus"] == "ringing"
    assert shop.pages.last("/next")["CallStatus"] == "in-progress"


def test_a_withheld_number_comes_as_anonymous() -> None:
    shop = open_shop()

    shop.sim.call(NUMBER, from_=None).hears("hello")

    assert shop.pages.last("/voice/incoming")["From"] == "anonymous"
    assert "FromCountry" not in shop.pages.last("/voice/incoming")


@pytest.mark.parametrize("looks_up", [True, False])
def test_the_callers_name_comes_only_with_lookup(looks_up: bool) -> None:
    shop = open_shop()
    for number in shop.account.numbers.values():
        number.voice_caller_id_lookup = looks_up

    shop.sim.call(NUMBER, caller_name="A & B <Shop>").hears("hello")

    assert ("CallerName" in shop.pages.last("/voice/incoming")) is looks_up


def test_the_headers_are_twilios() -> None:
    shop = open_shop()

    shop.sim.call(NUMBER).hears("hello")

    headers = shop.pages.asked[0].headers
    assert (headers["User-Agent"], headers["Accept"]) == ("TwilioProxy/1.1", "*/*")
    assert len(headers["I-Twilio-Idempotency-Token"]) == 36


def test_a_get_carries_the_parameters_in_its_signed_query() -> None:
    shop = open_shop(voice='<Redirect method="GET">/next?a=1</Redirect>', next="<Say>hi</Say>")

    shop.sim.call(NUMBER).hears("hi")

    asked = shop.pages.to("/next")[0]
    assert (asked.method, asked.form["a"], asked.form["To"]) == ("GET", "1", NUMBER)


# Test vectors that the official validator accepts, with the token 12345.
VECTOR = {"CallSid": "CA1234567890ABCDE", "Digits": "1234", "To": "+18005551212"}


@pytest.mark.parametrize(("number", "host", "signed"), [
    ("+14158675310", "example.com", "L/OH5YylLD5NRKLltdqwSvS0BnU="),
    ("+14158675309", "mycompany.com", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
])  # fmt: skip
def test_signatures_are_the_published_ones(number: str, host: str, signed: str) -> None:
    form = {**VECTOR, "Caller": number, "From": number}

    assert signature("12345", f"https://{host}/myapp.php?foo=1&bar=2", form) == signed


@pytest.mark.parametrize(("url", "signed"), [
    ("https://user:pw@h.example:8443/x?a=1#rc=2", "https://h.example/x?a=1"),
    ("http://user:pw@h.example:8080/x#rc=2", "http://h.example:8080/x"),
])  # fmt: skip
def test_user_and_fragment_are_not_signed_and_a_port_only_over_http(url: str, signed: str) -> None:
    assert signed_url(url) == signed


def test_cookies_come_back_within_the_call_and_not_in_another() -> None:
    shop = open_shop(next="<Say>hi</Say>")
    shop.pages["/voice/incoming"] = Reply(
        b"<Response><Redirect>/next</Redirect></Response>", headers=(("Set-Cookie", "cart=42; Path=/"),)
    )

    shop.sim.call(NUMBER).hears("hi")
    shop.sim.call(NUMBER).hears("hi")

    assert shop.pages.to("/next")[0].headers["Cookie"] == "cart=42"
    assert "Cookie" not in shop.pages.to("/voice/incoming")[1].headers


def test_basic_authentication_is_sent_after_a_401_and_kept_for_the_call() -> None:
    shop = open_shop(next="<Say>hi</Say>")
    for number in shop.account.numbers.values():
        number.voice_url = "http://ann:secret@shop.example:8000/voice/incoming"
    login = "Basic " + base64.b64encode(b"ann:secret").decode()

    def door(form: Form) -> Any:
        if shop.pages.asked[-1].headers.get("Authorization") == login:
            return "<Say>come in</Say>" if form["CallStatus"] == "in-progress" else "<Say>a</Say><Redirect/>"
        return Reply(b"", 401, headers=(("WWW-Authenticate", 'Basic realm="shop"'),))

    shop.pages["/voice/incoming"] = door
    shop.sim.call(NUMBER).hears("come in")

    assert ["Authorization" in asked.headers for asked in shop.pages.to("/voice/incoming")] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (301, "GET"), (307, "POST"), (308, "POST")])
def test_redirects_are_followed(status: int, method: str) -> None:
    shop = open_shop(next="<Say>hi</Say>")
    shop.pages["/voice/incoming"] = Reply(b"", status, headers=(("Location", "/next"),))

    shop.sim.call(NUMBER).hears("hi")

    assert [asked.method for asked in shop.pages.to("/next")] == [method]


def test_a_redirected_gather_action_loses_its_digits() -> None:
    shop = open_shop(voice='<Gather action="/keys" numDigits="1"/>', next="<Say>hi</Say>")
    shop.pages["/keys"] = Reply(b"", 302, headers=(("Location", "/next"),))

    caller = shop.sim.call(NUMBER)
    caller.waits(1)
    caller.presses("1")
    caller.hears("hi")

    assert "Digits" in shop.pages.last("/keys")
    assert "Digits" not in shop.pages.last("/next")


@pytest.mark.parametrize("challenge", [
    'Digest realm="shop", nonce="n1", qop="auth", opaque="o", algorithm=MD5',
    'Digest realm="shop", nonce="n1"',
    'Digest realm="shop", nonce="n1", qop="auth,auth-int", algorithm=SHA-256',
])  # fmt: skip
def test_digest_authentication_is_answered_as_the_standard_says(challenge: str) -> None:
    asked = answer_to(challenge, "POST", "https://ann:se%20cret@shop.example/voice?a=1")

    assert asked is not None
    fields = parse_keqv_list(parse_http_list(asked.removeprefix("Digest ")))
    name = "sha256" if "SHA-256" in challenge else "md5"

    def digest(*parts: str) -> str:
        return hashlib.new(name, ":".join(parts).encode()).hexdigest()

    secret, deed = digest("ann", "shop", "se cret"), digest("POST", "/voice?a=1")
    middle = (fields["nc"], fields["cnonce"], "auth") if "qop" in fields else ()
    assert fields["response"] == digest(secret, "n1", *middle, deed)
    assert fields["username"] == "ann"


def test_a_scheme_that_twilio_does_not_know_is_not_answered() -> None:
    assert answer_to("Negotiate abc", "GET", "https://ann:pw@shop.example/") is None


def test_an_incoming_call_carries_a_token_for_calls_made_in_its_name() -> None:
    shop = open_shop()

    shop.sim.call(NUMBER).hears("hello")

    assert "parentCallInfoToken" in shop.pages.last("/voice/incoming")["CallToken"]


@pytest.mark.parametrize("location", ["mailto:me", "http://[bad", "http://shop.example:port/"])
def test_a_redirect_to_what_is_no_web_address_is_11100(location: str) -> None:
    shop = open_shop(voice=Reply(b"", 302, headers=(("Location", location),)))

    shop.sim.call(NUMBER).hears("an application error has occurred")

    assert shop.sim.debugger.codes() == [11100]
