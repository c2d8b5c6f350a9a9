"""Asking another system: what is sent, what is remembered, and where each answer leads."""

import json

import pytest

from callflows.actions import Request, Say
from callflows.check import check
from callflows.events import KeysPressed, Replied, ReplyOutcome
from callflows.faults import FlowFaults
from callflows.replies import MAX_BYTES, replied
from tests.callflows.build import Call, flow

HEAD = """fallback: message
endpoints:
  orders: {url: "https://shop.example/orders/{order}?who={caller}", timeout: 3s, bearer: shop_key}
  note: {url: "https://shop.example/notes", send: {order: "{order}", from: "{caller}"}}
"""
STEPS = """
  hello: {gather: "Your order?", digits: 1-9, save: order, next: ask}
  ask: {http: orders, say: "One moment.", save: {status: order.status, first: items.0.name}, ok: told, error: bad, timeout: late}
  told: {hangup: "It is {status}: {first}."}
  bad: {hangup: "Bad."}
  late: {hangup: "Late."}"""


def asking(steps: str = STEPS) -> Call:
    return Call(flow(steps, HEAD)).then(KeysPressed("12"))


def request_of(call: Call) -> Request:
    request = call.turn.actions[-1]
    assert isinstance(request, Request)
    return request


def test_the_words_are_said_and_the_address_is_filled_in_and_encoded() -> None:
    call = asking()

    assert call.turn.actions[0] == Say("One moment.", "en-US")
    request = request_of(call)
    assert request.url == "https://shop.example/orders/12?who=%2B12025550123"
    assert (request.method, request.bearer, request.timeout_seconds) == ("get", "shop_key", 3)
    assert "12025550123" not in repr(request)


def test_what_is_sent_makes_it_a_post() -> None:
    request = request_of(asking(STEPS.replace("http: orders", "http: note")))

    assert (request.method, request.body) == ("post", (("order", "12"), ("from", "+12025550123")))


@pytest.mark.parametrize(
    ("event", "heard"),
    [
        (Replied(ReplyOutcome.OK, (("status", "packed"), ("first", "a tent"))), "It is packed: a tent."),
        (Replied(ReplyOutcome.OK), "It is : ."),
        (Replied(ReplyOutcome.ERROR), "Bad."),
        (Replied(ReplyOutcome.TIMEOUT), "Late."),
        (Replied(ReplyOutcome.OK, (("other", "x"),)), "It is : ."),
    ],
)
def test_each_answer_has_its_way(event: Replied, heard: str) -> None:
    assert asking().then(event).said == [heard]


def test_a_timeout_is_like_an_error_when_it_is_left_out() -> None:
    assert asking(STEPS.replace(", timeout: late", "")).then(Replied(ReplyOutcome.TIMEOUT)).said == ["Bad."]


@pytest.mark.parametrize(
    ("status", "body", "outcome", "values"),
    [
        (
            200,
            {"order": {"status": " on \n its way"}, "items": [{"name": "tent"}]},
            "ok",
            ("on its way", "tent"),
        ),
        (201, {"order": {"status": 7}, "items": [{"name": True}]}, "ok", ("7", "yes")),
        (200, {"order": "gone", "items": {}}, "ok", ("", "")),
        (200, {"order": {"status": ["a"]}, "items": [{"name": None}]}, "ok", ("", "")),
        (200, [1, 2], "ok", ("", "")),
        (404, {}, "error", ()),
        (302, {}, "error", ()),
    ],
)
def test_an_answer_becomes_an_event(status: int, body: object, outcome: str, values: tuple[str, ...]) -> None:
    event = replied(request_of(asking()), status, json.dumps(body))

    assert event.outcome == outcome
    assert tuple(value for _, value in event.values) == values


@pytest.mark.parametrize("body", ["", "<html>", "[" * 100_000, b"\xff\xfe"])
def test_an_answer_that_is_no_json_is_an_error(body: str | bytes) -> None:
    assert replied(request_of(asking()), 200, body) == Replied(ReplyOutcome.ERROR)


def test_long_values_are_cut() -> None:
    event = replied(request_of(asking()), 200, json.dumps({"order": {"status": "x" * 500}}))

    assert event.values[0] == ("status", "x" * 80)
    assert MAX_BYTES == 65_536


@pytest.mark.parametrize(
    "url",
    [
        "ftp://shop.example/",
        "https://{order}.example/",
        "https://user:pass@shop.example/",
        "https://shop.example/#top",
        "//shop.example/",
        "shop.example/orders",
        "https:///orders",
        "https://shop.example{order}/",
    ],
)
def test_an_address_that_could_lead_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(FlowFaults, match="is no address to ask"):
        flow("  hello: {http: orders, ok: bye}", f'endpoints: {{orders: {{url: "{url}"}}}}')


def test_a_secret_may_be_asked_about_but_not_told() -> None:
    secret = STEPS.replace("save: order, next", "save: order, sensitive: yes, next")

    assert not [fault for fault in check(flow(secret, HEAD)) if fault.rule == "secret-told"]
