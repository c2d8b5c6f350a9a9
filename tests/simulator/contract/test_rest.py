"""Twilio's pages: usage/api and the resources, walked with twilio-python unmodified but for its address."""

import json

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.simulator.contract.rest import OTHER, client_of, world_with_everything
from tests.simulator.pages import BASE, NUMBER, open_shop


def test_a_created_call_is_queued_then_rings_then_runs_its_document() -> None:
    shop = open_shop(out="<Say>good day, this is the shop</Say>")
    phone = shop.sim.phone(OTHER)
    phone.answers(after=4)

    call = client_of(shop).calls.create(to=OTHER, from_=NUMBER, url=BASE + "/out")
    queued = call.status
    phone.hears("good day")
    phone.ends()

    assert (queued, call.direction, call.queue_time) == ("queued", "outbound-api", "0")
    done = call.fetch()
    assert (done.status, done.duration) == ("completed", "2")
    assert done.start_time is not None
    form = shop.pages.last("/out")
    assert (form["Direction"], form["CallStatus"], form["To"]) == ("outbound-api", "in-progress", OTHER)
    shop.sim.assert_quiet()


def test_twiml_may_stand_in_the_request() -> None:
    shop = open_shop()
    phone = shop.sim.phone(OTHER)

    client_of(shop).calls.create(to=OTHER, from_=NUMBER, twiml="<Response><Say>directly</Say></Response>")

    phone.hears("directly")


def test_a_relative_action_of_a_document_without_a_url_is_11100() -> None:
    shop = open_shop()
    shop.sim.phone(OTHER)

    twiml = "<Response><Gather action='/x' actionOnEmptyResult='true' timeout='1'/></Response>"
    client_of(shop).calls.create(to=OTHER, from_=NUMBER, twiml=twiml)
    shop.sim.advance(10)

    assert shop.sim.debugger.codes() == [11100]


def test_calls_beyond_one_a_second_are_queued_and_say_how_long() -> None:
    shop = open_shop()
    calls = client_of(shop).calls
    twiml = "<Response><Pause/></Response>"

    made = [calls.create(to=f"+1555010020{index}", from_=NUMBER, twiml=twiml) for index in range(4)]
    shop.sim.advance(1.5)

    assert [call.queue_time for call in made] == ["0", "1000", "2000", "3000"]
    assert [call.fetch().status for call in made] == ["ringing", "ringing", "queued", "queued"]


@pytest.mark.parametrize(("change", "code"), [
    ({"To": ""}, 21201),
    ({"From": ""}, 21213),
    ({"To": "call me"}, 21211),
    ({"To": NUMBER}, 21211),
    ({"From": "+15550999999"}, 21210),
    ({"From": "me"}, 21212),
    ({"Url": ""}, 21205),
    ({"Url": "not a url"}, 21205),
    ({"Timeout": "601"}, 21208),
    ({"Method": "PUT"}, 21209),
    ({"Url": "", "ApplicationSid": "AP1"}, 21218),
    ({"Url": "", "Twiml": "<Response>" + "x" * 4000 + "</Response>"}, 20422),
    ({"Url": "", "Twiml": "<Response>"}, 12100),
])  # fmt: skip
def test_a_call_that_cannot_be_made_is_refused_with_its_code(change: dict[str, str], code: int) -> None:
    shop = open_shop()
    params = {"To": OTHER, "From": NUMBER, "Url": BASE + "/out", **change}

    answer = shop.answer("POST", "Calls.json", **params)

    body = json.loads(answer.body)
    assert (answer.status, body["code"], body["status"]) == (400, code, 400)
    assert body["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert shop.rest("GET", "Calls.json")["calls"] == []


def test_without_good_credentials_everything_is_401_with_code_20003() -> None:
    shop = open_shop()
    url = f"/2010-04-01/Accounts/{shop.account.sid}/Calls.json"
    sid = shop.account.sid

    for auth in (
        None,
        (sid, "wrong"),
        (sid, ""),
        ("SK" + "0" * 32, "x"),
        ("AC" + "0" * 32, shop.account.auth_token),
    ):
        answer = shop.sim.rest("GET", url, auth=auth)
        assert (answer.status, json.loads(answer.body)["code"]) == (401, 20003)
    assert (
        shop.sim.rest("GET", url, auth=(shop.account.api_key_sid, shop.account.api_key_secret)).status == 200
    )


@pytest.mark.parametrize(("method", "path", "status", "code"), [
    ("GET", "Calls/CA0.json", 404, 20404),
    ("GET", "Nothing.json", 404, 20404),
    ("DELETE", "Queues.json", 405, 20004),
    ("GET", "Queues/QU0/Members.json", 404, 20404),
    ("GET", "Conferences/CF0.json", 404, 20404),
    ("GET", "Recordings/RE0.json", 404, 20404),
])  # fmt: skip
def test_what_is_not_there_is_404_and_what_cannot_be_done_405(
    method: str, path: str, status: int, code: int
) -> None:
    answer = open_shop().answer(method, path)

    assert (answer.status, json.loads(answer.body)["code"]) == (status, code)


def test_only_a_call_that_is_over_can_be_deleted() -> None:
    shop = open_shop()
    caller = shop.sim.call(NUMBER)

    early = shop.answer("DELETE", f"Calls/{caller.sid}.json")
    caller.ends()

    assert (early.status, json.loads(early.body)["code"]) == (400, 20009)
    assert shop.answer("DELETE", f"Calls/{caller.sid}.json").status == 204
    assert shop.answer("GET", f"Calls/{caller.sid}.json").status == 404


def test_queues_are_made_changed_and_deleted_when_empty() -> None:
    shop = world_with_everything()
    queues = client_of(shop).queues

    made = queues.create(friendly_name="returns", max_size=5000)
    changed = made.update(friendly_name="refunds", max_size=10)

    assert (made.max_size, changed.friendly_name, changed.max_size) == (5000, "refunds", 10)
    assert made.delete()
    with pytest.raises(TwilioRestException):
        queues.create(friendly_name="orders")
    with pytest.raises(TwilioRestException):
        next(queue for queue in queues.list() if queue.friendly_name == "orders").delete()
    with pytest.raises(TwilioRestException):
        queues.create(friendly_name="big", max_size=5001)


def test_of_two_who_take_the_same_member_the_second_finds_nobody() -> None:
    shop = world_with_everything()
    shop.pages["/bridge"] = "<Say>this way</Say><Pause length='9'/>"
    queue = next(iter(client_of(shop).queues.list()))
    call_sid = queue.members.list()[0].call_sid

    taken = queue.members(call_sid).update(url=BASE + "/bridge")
    with pytest.raises(TwilioRestException) as refused:
        queue.members(call_sid).update(url=BASE + "/bridge")
    shop.sim.advance(1)

    assert taken.call_sid == call_sid
    assert (refused.value.status, refused.value.code) == (404, 20404)
    assert len(shop.pages.to("/bridge")) == 1


def test_front_takes_the_one_who_waits_longest() -> None:
    shop = world_with_everything()
    shop.pages["/bridge"] = "<Pause length='9'/>"
    first = shop.rest("GET", "Calls.json", Status="in-progress")["calls"][-1]["sid"]
    shop.sim.call(NUMBER).waits(1)
    queue = next(iter(client_of(shop).queues.list()))

    assert queue.members("Front").update(url=BASE + "/bridge").call_sid == first
    assert queue.fetch().current_size == 1


def test_a_number_is_bought_pointed_elsewhere_and_given_back() -> None:
    shop = open_shop(other="<Say>other page</Say>")
    numbers = client_of(shop).incoming_phone_numbers

    bought = numbers.create(phone_number="+15550100777", voice_url=BASE + "/other")
    shop.sim.call("+15550100777").hears("other page")
    changed = bought.update(voice_url=BASE + "/voice/incoming", friendly_name="main line")
    shop.sim.call("+15550100777").hears("hello")

    assert changed.friendly_name == "main line"
    assert numbers.list(phone_number="+15550100777")[0].sid == bought.sid
    assert bought.delete()
    assert numbers.list(phone_number="+15550100777") == []


def test_an_application_of_a_number_overrides_its_voice_url() -> None:
    shop = open_shop(**{"voice/agent": "<Say>the application's page</Say>"})
    number = client_of(shop).incoming_phone_numbers.list()[0]

    number.update(voice_application_sid=shop.account.app_sid)

    shop.sim.call(NUMBER).hears("the application's page")


def test_a_number_without_a_page_fails_at_once() -> None:
    shop = open_shop()
    shop.account.add_number("+15550100778")

    caller = shop.sim.call("+15550100778")

    assert (caller.state, caller.leg.seconds) == ("failed", 0)
    shop.sim.assert_quiet()


def test_applications_are_made_changed_and_deleted() -> None:
    shop = open_shop()
    applications = client_of(shop).applications

    made = applications.create(friendly_name="desk", voice_url=BASE + "/a", status_callback=BASE + "/s")
    changed = made.update(voice_url=BASE + "/b", voice_method="GET")

    assert (made.friendly_name, changed.voice_url, changed.voice_method) == ("desk", BASE + "/b", "GET")
    assert made.delete()
    assert len(applications.list()) == 1


def test_a_recorded_call_reports_its_recording_with_its_end() -> None:
    shop = open_shop(events="", recorded="")
    shop.sim.phone(OTHER)

    call = client_of(shop).calls.create(
        to=OTHER, from_=NUMBER, twiml="<Response><Pause length='7'/></Response>", record=True,
        recording_channels="dual", recording_status_callback=BASE + "/recorded", status_callback=BASE + "/events",
        trim="do-not-trim",
    )  # fmt: skip
    shop.sim.advance(20)

    recorded, ended = shop.pages.last("/recorded"), shop.pages.last("/events")
    assert (recorded["RecordingSource"], recorded["RecordingChannels"]) == ("OutboundAPI", "2")
    assert (recorded["CallSid"], recorded["RecordingDuration"]) == (call.sid, "7")
    assert (ended["RecordingSid"], ended["RecordingDuration"]) == (recorded["RecordingSid"], "7")


def test_a_queue_with_somebody_in_it_cannot_be_deleted() -> None:
    shop = open_shop(voice='<Enqueue waitUrl="">orders</Enqueue>')
    shop.sim.call(NUMBER).waits(1)
    sid = shop.rest("GET", "Queues.json")["queues"][0]["sid"]

    status, _, body = shop.answer("DELETE", f"Queues/{sid}.json")

    assert (status, json.loads(body)["code"]) == (400, 22004)
