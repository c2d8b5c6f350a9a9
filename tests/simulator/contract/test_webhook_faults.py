"""What goes wrong with a document: errors, fallbacks, time-outs, retries."""

from collections.abc import Callable

import pytest

from simulator.http import HttpReply, HttpRequest
from tests.simulator.pages import BASE, NUMBER, Reply, Shop, open_shop

ERROR = "application error has occurred"


def test_more_than_10_redirects_are_11215() -> None:
    shop = open_shop()
    shop.pages["/voice/incoming"] = Reply(b"", 302, headers=(("Location", "/voice/incoming"),))

    shop.sim.call(NUMBER).hears(ERROR)

    assert shop.sim.debugger.codes() == [11215]
    assert len(shop.pages.to("/voice/incoming")) == 11


@pytest.mark.parametrize(("reply", "code"), [
    (Reply(b"", 500), 11200),
    (Reply(b"", 404), 11200),
    (Reply(b"<Response>", 200), 12100),
    (Reply(b" <?xml version='1.0'?><Response/>", 200), 12100),
    (Reply(b"<Answer/>", 200), 12102),
    (Reply(b"", 200), 12100),
    (Reply(b"<Response/>", 200, type=""), 12300),
    (Reply(b"<Response/>", 200, type="application/pdf"), 12300),
    (Reply(b"<Response>" + b" " * 66_000 + b"</Response>", 200), 11750),
])  # fmt: skip
def test_a_document_that_cannot_be_run_is_a_spoken_error_and_the_end(reply: Reply, code: int) -> None:
    shop = open_shop()
    shop.pages["/voice/incoming"] = reply

    caller = shop.sim.call(NUMBER)
    caller.hears(ERROR)
    caller.ends()

    assert shop.sim.debugger.codes() == [code]
    assert caller.state == "completed"


def test_plain_text_is_read_aloud_and_twiml_in_plain_text_is_run() -> None:
    shop = open_shop()
    shop.pages["/voice/incoming"] = Reply(b"Good evening", type="text/plain")
    shop.sim.call(NUMBER).hears("Good evening")
    shop.pages["/voice/incoming"] = Reply(
        b"<Response><Say>verbs</Say></Response>", type="text/plain; charset=utf-8"
    )

    shop.sim.call(NUMBER).hears("verbs")

    shop.sim.assert_quiet()


@pytest.mark.parametrize("body", [
    "<say>small</say>",
    "<Speak>hello</Speak>",
    '<Say colour="red">hello</Say>',
])  # fmt: skip
def test_what_the_grammar_does_not_know_is_the_warning_12200_and_skipped(body: str) -> None:
    shop = open_shop(voice=body + "<Say>still here</Say>")

    shop.sim.call(NUMBER).hears("still here")

    assert shop.sim.debugger.codes() == [12200]


def fallback_shop() -> Shop:
    shop = open_shop(fallback="<Say>we are back soon</Say>")
    for number in shop.account.numbers.values():
        number.voice_fallback_url = BASE + "/fallback"
    return shop


def test_the_fallback_url_gets_the_error_and_goes_on_with_the_call() -> None:
    shop = fallback_shop()
    shop.pages["/voice/incoming"] = Reply(b"", 503)

    shop.sim.call(NUMBER).hears("we are back soon")

    form = shop.pages.last("/fallback")
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("11200", BASE + "/voice/incoming")


def test_an_error_of_an_action_goes_to_the_fallback_too() -> None:
    shop = fallback_shop()
    shop.pages["/voice/incoming"] = '<Gather action="/nowhere" actionOnEmptyResult="true" timeout="1"/>'

    shop.sim.call(NUMBER).hears("we are back soon")

    assert shop.pages.last("/fallback")["ErrorUrl"] == BASE + "/nowhere"


def test_a_failing_fallback_is_the_spoken_error() -> None:
    shop = fallback_shop()
    shop.pages["/voice/incoming"] = Reply(b"", 503)
    shop.pages["/fallback"] = Reply(b"", 503)

    shop.sim.call(NUMBER).hears(ERROR)

    assert shop.sim.debugger.codes() == [11200, 11200]


def test_an_answer_after_15_seconds_comes_too_late() -> None:
    shop = open_shop()
    shop.sim.faults.webhook("/voice/incoming", "slow", seconds=15.5)

    caller = shop.sim.call(NUMBER)
    line = caller.hears(ERROR)

    assert line.at - caller.leg.created_at == pytest.approx(15)
    assert shop.sim.debugger.codes() == [11200]
    assert len(shop.pages.to("/voice/incoming")) == 1


def test_a_slow_answer_within_15_seconds_is_in_time() -> None:
    shop = open_shop()
    shop.sim.faults.webhook("/voice/incoming", "slow", seconds=14)

    shop.sim.call(NUMBER).hears("hello")

    shop.sim.assert_quiet()


def overridden(fragment: str) -> Shop:
    shop = open_shop()
    for number in shop.account.numbers.values():
        number.voice_url = f"{BASE}/voice/incoming#{fragment}"
    return shop


def test_the_read_timeout_can_be_shortened_and_read_timeouts_retried() -> None:
    shop = overridden("ct=100&rt=2000&rc=2&rp=rt")
    shop.sim.faults.webhook("/voice/incoming", "slow", seconds=5, times=2)

    caller = shop.sim.call(NUMBER)
    line = caller.hears("hello")

    assert line.at - caller.leg.created_at == pytest.approx(4.2)
    tokens = {asked.headers["I-Twilio-Idempotency-Token"] for asked in shop.pages.asked}
    assert (len(shop.pages.to("/voice/incoming")), len(tokens)) == (3, 1)


@pytest.mark.parametrize(("fragment", "requests"), [
    ("", 1),
    ("rc=3", 1),
    ("rc=3&rp=5xx", 4),
    ("rp=5xx", 2),
    ("rc=0&rp=5xx", 1),
    ("rc=5&rp=4xx", 1),
    ("rc=2&rp=all", 3),
    ("rc=2&rp=ct,5xx", 3),
])  # fmt: skip
def test_a_500_is_retried_only_when_the_policy_says_so(fragment: str, requests: int) -> None:
    shop = overridden(fragment)
    shop.pages["/voice/incoming"] = Reply(b"", 500)

    shop.sim.call(NUMBER).hears(ERROR)

    assert len(shop.pages.to("/voice/incoming")) == requests


def test_the_total_time_ends_all_retries() -> None:
    shop = overridden("rt=1000&rc=5&rp=rt&tt=2500")
    shop.sim.faults.webhook("/voice/incoming", "lose", times=None)

    caller = shop.sim.call(NUMBER)
    line = caller.hears(ERROR)

    assert line.at - caller.leg.created_at == pytest.approx(2.5)


@pytest.mark.parametrize("fragment", ["rc=6", "ct=50", "rt=x", "rp=never"])
def test_an_override_out_of_range_is_11243_and_the_default_counts(fragment: str) -> None:
    shop = overridden(fragment)

    shop.sim.call(NUMBER).hears("hello")

    assert shop.sim.debugger.codes() == [11243]


def test_a_host_that_nobody_serves_is_11210() -> None:
    shop = open_shop(voice="<Redirect>http://elsewhere.example/x</Redirect>")

    shop.sim.call(NUMBER).hears(ERROR)

    assert shop.sim.debugger.codes() == [11210]


def test_a_host_name_with_an_underscore_is_refused() -> None:
    shop = open_shop(voice="<Redirect>http://my_shop.example/x</Redirect>")

    shop.sim.call(NUMBER).hears(ERROR)

    assert shop.sim.debugger.codes() == [11210]


def test_an_application_that_raises_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    shop = open_shop()
    shop.pages["/voice/incoming"] = lambda form: form["NoSuchField"]

    shop.sim.call(NUMBER).hears(ERROR)

    assert shop.sim.debugger.codes() == [11200]
    assert "NoSuchField" in caplog.text


def test_a_chunked_answer_without_a_body_is_11770() -> None:
    shop = open_shop(voice=Reply(b"", headers=(("Transfer-Encoding", "chunked"),)))

    shop.sim.call(NUMBER).hears("an application error has occurred")

    assert shop.sim.debugger.codes() == [11770]


@pytest.mark.parametrize(("failure", "code"), [
    ("tls", 11220), ("protocol", 11206), ("connect", 11205), ("host", 11210), ("read", 11200),
])  # fmt: skip
def test_every_way_of_not_answering_has_its_code(failure: str, code: int) -> None:
    shop = open_shop()
    shop.sim.world.port = Silent(failure)

    shop.sim.call(NUMBER).hears("an application error has occurred")

    assert shop.sim.debugger.codes()[0] == code


class Silent:
    """A port behind which nobody answers, for a reason."""

    def __init__(self, failure: str) -> None:
        self._failure = failure

    def send(self, request: HttpRequest, answer: Callable[[HttpReply], None]) -> None:
        answer(HttpReply(failure=self._failure))


def test_retries_of_one_request_have_one_token_and_the_next_request_another() -> None:
    shop = open_shop(voice="<Redirect>/next#rc=2&amp;rp=5xx</Redirect>", next=Reply(status=500))

    shop.sim.call(NUMBER).ends()

    first = shop.pages.to("/voice/incoming")[0].headers["I-Twilio-Idempotency-Token"]
    tokens = [asked.headers["I-Twilio-Idempotency-Token"] for asked in shop.pages.to("/next")]
    assert len(tokens) == 3
    assert len({*tokens}) == 1
    assert first not in tokens
