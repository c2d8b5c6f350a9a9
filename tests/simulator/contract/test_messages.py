"""Twilio's page: messaging/api/message-resource."""

import json

import pytest

from simulator import Simulator, VirtualClock
from simulator.messages import segments
from tests.simulator.pages import NUMBER, open_shop

MOBILE = "+15550100177"
FIELDS = [
    "body", "num_segments", "direction", "from", "to", "date_updated", "price", "error_message", "uri", "account_sid",
    "num_media", "status", "messaging_service_sid", "sid", "date_sent", "date_created", "error_code", "price_unit",
    "api_version", "subresource_uris",
]  # fmt: skip


def test_a_message_is_created_queued_with_exactly_the_fields_of_the_spec() -> None:
    shop = open_shop()

    message = shop.rest("POST", "Messages.json", To=MOBILE, From=NUMBER, Body="Your parcel is on its way")

    assert list(message) == FIELDS
    assert (message["status"], message["direction"], message["num_segments"]) == (
        "queued",
        "outbound-api",
        "1",
    )
    assert message["sid"].startswith("SM")
    assert message["date_sent"] is None


def test_a_message_arrives_and_can_be_fetched_as_delivered() -> None:
    shop = open_shop()
    phone = shop.sim.phone(MOBILE)
    sid = shop.rest("POST", "Messages.json", To=MOBILE, From=NUMBER, Body="Your parcel")["sid"]

    assert phone.gets_text("parcel") == "Your parcel"
    assert shop.rest("GET", f"Messages/{sid}.json")["status"] == "delivered"
    assert [one["sid"] for one in shop.rest("GET", "Messages.json", To=MOBILE)["messages"]] == [sid]


def test_the_status_callback_tells_sent_and_delivered() -> None:
    shop = open_shop(sms="")

    sid = shop.rest(
        "POST",
        "Messages.json",
        To=MOBILE,
        From=NUMBER,
        Body="hi",
        StatusCallback="http://shop.example:8000/sms",
    )["sid"]
    shop.sim.advance(10)

    forms = shop.pages.forms("/sms")
    assert [form["MessageStatus"] for form in forms] == ["sent", "delivered"]
    assert {form["MessageSid"] for form in forms} == {sid}
    assert (forms[0]["From"], forms[0]["To"]) == (NUMBER, MOBILE)


@pytest.mark.parametrize(("landline", "status", "code"), [
    (False, "undelivered", 30003), (True, "failed", 30006),
])  # fmt: skip
def test_a_phone_that_takes_no_texts_tells_why(landline: bool, status: str, code: int) -> None:
    shop = open_shop(sms="")
    shop.sim.phone(MOBILE).takes_no_texts(landline=landline)

    sid = shop.rest(
        "POST",
        "Messages.json",
        To=MOBILE,
        From=NUMBER,
        Body="hi",
        StatusCallback="http://shop.example:8000/sms",
    )["sid"]
    shop.sim.advance(10)

    message = shop.rest("GET", f"Messages/{sid}.json")
    assert (message["status"], message["error_code"]) == (status, code)
    assert shop.pages.last("/sms")["ErrorCode"] == str(code)


@pytest.mark.parametrize(("params", "code"), [
    ({"From": NUMBER, "Body": "hi"}, 21604),
    ({"To": MOBILE, "Body": "hi"}, 21603),
    ({"To": MOBILE, "From": NUMBER}, 21602),
    ({"To": MOBILE, "From": NUMBER, "Body": "x" * 1601}, 21617),
    ({"To": "5550100", "From": NUMBER, "Body": "hi"}, 21211),
    ({"To": MOBILE, "From": "+15550100888", "Body": "hi"}, 21606),
    ({"To": MOBILE, "From": NUMBER, "Body": "hi", "StatusCallback": "shop"}, 21609),
])  # fmt: skip
def test_a_message_that_cannot_be_sent_is_refused(params: dict[str, str], code: int) -> None:
    shop = open_shop()

    status, _, body = shop.answer("POST", "Messages.json", **params)

    assert (status, json.loads(body)["code"]) == (400, code)


def test_a_recipient_who_answered_stop_is_not_written_to() -> None:
    shop = open_shop()
    shop.sim.phone(MOBILE).unsubscribes(NUMBER)

    status, _, body = shop.answer("POST", "Messages.json", To=MOBILE, From=NUMBER, Body="hi")

    assert (status, json.loads(body)["code"]) == (400, 21610)


def test_a_message_can_be_redacted_and_deleted_when_it_is_complete() -> None:
    shop = open_shop()
    sid = shop.rest("POST", "Messages.json", To=MOBILE, From=NUMBER, Body="secret")["sid"]
    assert shop.answer("DELETE", f"Messages/{sid}.json")[0] == 400
    shop.sim.advance(10)

    assert shop.rest("POST", f"Messages/{sid}.json", Body="")["body"] == ""
    assert shop.answer("DELETE", f"Messages/{sid}.json")[0] == 204
    assert shop.answer("GET", f"Messages/{sid}.json")[0] == 404


def test_a_scheduled_message_waits_for_its_moment_and_can_be_called_off() -> None:
    shop = open_shop()
    phone = shop.sim.phone(MOBILE)
    later = {"To": MOBILE, "MessagingServiceSid": "MG" + "0" * 32, "ScheduleType": "fixed"}
    sid = shop.rest("POST", "Messages.json", Body="one", SendAt="2025-11-21T05:00:00Z", **later)["sid"]
    shop.rest("POST", "Messages.json", Body="two", SendAt="2025-11-21T05:10:00Z", **later)

    assert shop.rest("POST", f"Messages/{sid}.json", Status="canceled")["status"] == "canceled"
    shop.sim.advance(3600)

    assert phone.texts == ["two"]


@pytest.mark.parametrize(("body", "count"), [
    ("a" * 160, 1), ("a" * 161, 2), ("€" * 80, 1), ("€" * 81, 2), ("ж" * 70, 1), ("ж" * 71, 2), ("ж" * 135, 3),
])  # fmt: skip
def test_a_long_text_is_counted_in_segments(body: str, count: int) -> None:
    assert segments(body) == count


def test_only_so_many_messages_and_calls_are_remembered() -> None:
    shop = open_shop()
    sim = Simulator(shop.pages, shop.account, VirtualClock(), keep_calls=5)

    for number in range(12):
        path = f"/2010-04-01/Accounts/{shop.account.sid}/Messages.json"
        sim.rest(
            "POST",
            path,
            {"To": MOBILE, "From": NUMBER, "Body": str(number)},
            auth=(shop.account.sid, shop.account.auth_token),
        )

    assert [message.body for message in sim.world.messages.all.values()] == ["7", "8", "9", "10", "11"]
