"""Twilio's pages: iam/api/account, iam/test-credentials, usage/api/usage-record, stun-turn/api."""

import json
from typing import Any

import pytest

from simulator.rest.trial import MAGIC
from tests.simulator.contract.rest import client_of
from tests.simulator.pages import BASE, NUMBER, Shop, open_shop

OTHER = "+15550100199"
TOKEN_FIELDS = {"account_sid", "date_created", "date_updated", "ice_servers", "password", "ttl", "username"}
USAGE_FIELDS = {
    "account_sid", "api_version", "as_of", "category", "count", "count_unit", "description", "end_date", "price",
    "price_unit", "start_date", "subresource_uris", "uri", "usage", "usage_unit",
}  # fmt: skip


def all_accounts(shop: Shop, method: str, **params: Any) -> Any:
    answer = shop.sim.rest(
        method, "/2010-04-01/Accounts.json", params, auth=(shop.account.sid, shop.account.auth_token)
    )
    return json.loads(answer.body)


def below(
    shop: Shop, sub: Any, method: str, path: str, auth: tuple[str, str] | None = None, **params: Any
) -> Any:
    own = (shop.account.sid, shop.account.auth_token)
    return shop.sim.rest(method, f"/2010-04-01/Accounts/{sub['sid']}{path}", params, auth=auth or own)


def test_a_sub_account_has_its_own_token_and_numbers_and_signs_its_own_webhooks() -> None:
    shop = open_shop()
    sub = all_accounts(shop, "POST", FriendlyName="Northwind")
    own = (sub["sid"], sub["auth_token"])

    below(shop, sub, "POST", "/IncomingPhoneNumbers.json", PhoneNumber="+15550100300", VoiceUrl=BASE + "/sub")
    shop.pages["/sub"] = "<Say>hello from below</Say>"
    account = shop.sim.world.accounts[sub["sid"]]
    shop.pages.account = account
    leg = shop.sim.world.exchange.incoming(account, "+15550100300", "+15550107788", None, "")
    shop.sim.advance(5)

    assert shop.pages.last("/sub")["AccountSid"] == sub["sid"]
    assert json.loads(below(shop, sub, "GET", "/Calls.json", auth=own).body)["calls"][0]["sid"] == leg.sid
    assert sub["owner_account_sid"] != sub["sid"]


def test_the_parents_credentials_open_the_sub_account_and_not_the_other_way_round() -> None:
    shop = open_shop()
    sub = all_accounts(shop, "POST")

    assert below(shop, sub, "GET", "/Calls.json").status == 200
    upward = shop.sim.rest(
        "GET", f"/2010-04-01/Accounts/{shop.account.sid}/Calls.json", {}, auth=(sub["sid"], sub["auth_token"])
    )
    assert upward.status == 401
    assert [one["sid"] for one in all_accounts(shop, "GET")["accounts"]] == [shop.account.sid, sub["sid"]]


def test_a_suspended_sub_account_answers_nobody_and_takes_no_calls_until_it_is_active_again() -> None:
    shop = open_shop()
    sub = all_accounts(shop, "POST")
    own = (sub["sid"], sub["auth_token"])
    below(shop, sub, "POST", "/IncomingPhoneNumbers.json", PhoneNumber="+15550100300", VoiceUrl=BASE + "/sub")

    below(shop, sub, "POST", ".json", Status="suspended")
    refused = below(shop, sub, "GET", "/Calls.json", auth=own)
    account = shop.sim.world.accounts[sub["sid"]]
    leg = shop.sim.world.exchange.incoming(account, "+15550100300", "+15550107788", None, "")

    assert (refused.status, json.loads(refused.body)["code"]) == (401, 20005)
    assert (leg.status, shop.sim.debugger.codes()) == ("busy", [10003])
    below(shop, sub, "POST", ".json", Status="active")
    assert below(shop, sub, "GET", "/Calls.json", auth=own).status == 200


def test_tokens_name_twilios_servers() -> None:
    token = open_shop().rest("POST", "Tokens.json", Ttl="600")

    assert set(token) == TOKEN_FIELDS
    assert token["ttl"] == "600"
    assert token["ice_servers"][0]["urls"] == "stun:global.stun.twilio.com:3478"
    assert token["ice_servers"][1]["username"] == token["username"]


def test_usage_counts_calls_minutes_and_messages() -> None:
    shop = open_shop(voice="<Say>hello</Say><Pause length='100'/>")
    for seconds in (30, 90):
        caller = shop.sim.call(NUMBER)
        caller.waits(seconds)
        caller.hangs_up()
    shop.rest("POST", "Messages.json", To=OTHER, From=NUMBER, Body="hi")

    records = {one["category"]: one for one in shop.rest("GET", "Usage/Records.json")["usage_records"]}
    yesterday = shop.rest("GET", "Usage/Records.json", Category="calls", EndDate="-1days")["usage_records"]

    assert set(records["calls"]) == USAGE_FIELDS
    assert (records["calls"]["count"], records["calls"]["usage"]) == ("2", "3")
    assert (records["calls-outbound"]["count"], records["sms"]["count"]) == ("0", "1")
    assert yesterday[0]["count"] == "0"


# ---- test credentials ----------------------------------------------------------------------------------


def on_trial(shop: Shop, method: str, path: str, **params: Any) -> tuple[int, Any]:
    shop.account.test_sid, shop.account.test_token = "AC" + "7" * 32, "test token"
    answer = shop.sim.rest(
        method,
        f"/2010-04-01/Accounts/{shop.account.test_sid}/{path}",
        params,
        auth=(shop.account.test_sid, "test token"),
    )
    return answer.status, json.loads(answer.body)


GOOD = {
    "/Calls.json": {"To": OTHER, "From": "+15005550006", "Url": BASE + "/out"},
    "/Messages.json": {"To": OTHER, "From": "+15005550006", "Body": "hi"},
    "/IncomingPhoneNumbers.json": {"PhoneNumber": "+15005550006"},
}


@pytest.mark.parametrize("path", GOOD)
def test_test_credentials_answer_like_the_real_thing_and_do_nothing(path: str) -> None:
    shop = open_shop(out="")
    phone = shop.sim.phone(OTHER)

    status, body = on_trial(shop, "POST", path[1:], **GOOD[path])
    shop.sim.advance(60)

    assert (status, body["account_sid"]) == (201, "AC" + "7" * 32)
    assert (phone.state, phone.texts, shop.pages.asked) == ("idle", [], [])
    assert shop.rest("GET", "Calls.json")["calls"] == []


@pytest.mark.parametrize(("path", "name", "number", "code"), [
    (path, name, number, code)
    for path, names in MAGIC.items() for name, numbers in names.items() for number, code in numbers.items()
])  # fmt: skip
def test_magic_numbers_are_refused_with_their_codes(path: str, name: str, number: str, code: int) -> None:
    status, body = on_trial(open_shop(), "POST", path[1:], **{**GOOD[path], name: number})

    assert (status, body["code"]) == (400, code)


def test_the_magic_codes_are_those_of_the_catalogue() -> None:
    codes = {code for names in MAGIC.values() for numbers in names.values() for code in numbers.values()}

    assert codes == {
        21211, 21212, 21214, 21215, 21216, 21217, 21408, 21421, 21422, 21606, 21610, 21611, 21612, 21614,
    }  # fmt: skip


@pytest.mark.parametrize(("method", "path"), [("GET", "Calls.json"), ("POST", "Queues.json")])
def test_test_credentials_open_nothing_else(method: str, path: str) -> None:
    status, body = on_trial(open_shop(), method, path)

    assert (status, body["code"]) == (403, 20008)


# ---- twilio-python -------------------------------------------------------------------------------------


def test_twilio_python_works_unmodified_but_for_the_address() -> None:
    """Every resource that a contact centre uses, through the official library."""
    shop = open_shop(
        voice='<Enqueue waitUrl="">orders</Enqueue>', out="<Pause length='60'/>", next="<Pause length='60'/>"
    )
    twilio = client_of(shop)
    caller = shop.sim.call(NUMBER)
    phone = shop.sim.phone(OTHER)
    caller.waits(1)

    (queue,) = twilio.queues.list()
    member = twilio.queues(queue.sid).members("Front").update(url=BASE + "/next")
    call = twilio.calls.create(
        to=OTHER, from_=NUMBER, url=BASE + "/out", status_callback_event=["ringing", "completed"]
    )
    phone.rings()
    shop.sim.advance(5)
    recording = twilio.calls(call.sid).recordings.create(recording_channels="dual")
    shop.sim.advance(3)
    paused = (
        twilio.calls(call.sid).recordings("Twilio.CURRENT").update(status="paused", pause_behavior="skip")
    )
    shop.sim.advance(5)
    ended = twilio.calls(call.sid).update(status="completed")
    shop.sim.advance(5)
    joined = twilio.conferences("talk").participants.create(
        from_=NUMBER, to=OTHER, label="customer", beep="false"
    )
    shop.sim.advance(5)
    held = twilio.conferences(joined.conference_sid).participants("customer").update(hold=True, muted=True)
    room = twilio.conferences(joined.conference_sid).update(status="completed")
    message = twilio.messages.create(to=OTHER, from_=NUMBER, body="thank you")
    number = twilio.incoming_phone_numbers.list(phone_number=NUMBER)[0].update(voice_url=BASE + "/x")
    application = twilio.applications.create(friendly_name="desk", voice_url=BASE + "/desk")
    sub = twilio.api.accounts.create(friendly_name="Northwind")

    assert (member.call_sid, member.position) == (caller.sid, 0)
    assert (recording.channels, paused.status, ended.status) == (2, "paused", "completed")
    assert (held.hold, held.muted, room.status, room.reason_conference_ended) == (
        True, True, "completed", "conference-ended-via-api",
    )  # fmt: skip
    assert twilio.messages(message.sid).fetch().status in ("queued", "sent", "delivered")
    assert (number.voice_url, twilio.applications(application.sid).fetch().friendly_name) == (
        BASE + "/x",
        "desk",
    )
    assert twilio.recordings(recording.sid).fetch().duration == "3"
    assert twilio.recordings(recording.sid).delete() is True
    assert {record.category for record in twilio.usage.records.list()} >= {"calls", "sms"}
    assert twilio.tokens.create().ttl == "86400"
    assert sub.sid in {one.sid for one in twilio.api.accounts.list()}
    assert [call.status for call in twilio.calls.stream(limit=10)]
