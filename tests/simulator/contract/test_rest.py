"""Twilio's pages: usage/api and the resources, walked with twilio-python unmodified but for its address."""

import json
import logging
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from simulator import Simulator
from tests.simulator.pages import BASE, NUMBER, Shop, open_shop

OTHER = "+15550100199"

# The fields of twilio.com's own description of the API, in its order: all of them and no others.
FIELDS = {
    "calls": "sid date_created date_updated parent_call_sid account_sid to to_formatted from from_formatted "
    "phone_number_sid status start_time end_time duration price price_unit direction answered_by api_version "
    "forwarded_from group_sid caller_name queue_time trunk_sid uri subresource_uris",
    "conferences": "account_sid date_created date_updated api_version friendly_name region sid status uri "
    "subresource_uris reason_conference_ended call_sid_ending_conference",
    "participants": "account_sid call_sid label call_sid_to_coach coaching conference_sid date_created date_updated "
    "end_conference_on_exit muted hold start_conference_on_enter status queue_time uri",
    "queues": "date_updated current_size friendly_name uri account_sid average_wait_time sid date_created max_size",
    "queue_members": "call_sid date_enqueued position uri wait_time queue_sid",
    "recordings": "account_sid api_version call_sid conference_sid date_created date_updated start_time duration sid "
    "price price_unit status channels source error_code uri encryption_details subresource_uris media_url",
    "incoming_phone_numbers": "account_sid address_sid address_requirements api_version beta capabilities "
    "date_created date_updated friendly_name identity_sid phone_number origin sid sms_application_sid "
    "sms_fallback_method sms_fallback_url sms_method sms_url status_callback status_callback_method trunk_sid uri "
    "voice_receive_mode voice_application_sid voice_caller_id_lookup voice_fallback_method voice_fallback_url "
    "voice_method voice_url emergency_status emergency_address_sid emergency_address_status bundle_sid status type",
    "applications": "account_sid api_version date_created date_updated friendly_name message_status_callback sid "
    "sms_fallback_method sms_fallback_url sms_method sms_status_callback sms_url status_callback "
    "status_callback_method uri voice_caller_id_lookup voice_fallback_method voice_fallback_url voice_method "
    "voice_url public_application_connect_enabled",
}


class Door(HttpClient):  # type: ignore[misc]  # the SDK tells no types
    """The one thing that is changed of twilio-python: where its requests go."""

    def __init__(self, sim: Simulator) -> None:
        super().__init__(logging.getLogger("twilio"), is_async=False)
        self.sim = sim

    def request(self, method: str, url: str, params: Any = None, data: Any = None, headers: Any = None,
                auth: Any = None, timeout: Any = None, allow_redirects: bool = False) -> Response:  # fmt: skip
        given = {name: value for name, value in (params or data or {}).items() if value is not None}
        status, _, body = self.sim.rest(method.upper(), url, given, headers or {}, auth)
        return Response(status, body.decode())


def client_of(shop: Shop) -> Client:
    return Client(shop.account.sid, shop.account.auth_token, http_client=Door(shop.sim))


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


@pytest.mark.parametrize(("habit", "status", "code"), [
    ("busy", "busy", "486"), ("no_answer", "no-answer", "487"), ("fails", "failed", "404"),
])  # fmt: skip
def test_a_call_that_is_not_answered_ends_with_its_reason(habit: str, status: str, code: str) -> None:
    shop = open_shop(events="")
    getattr(shop.sim.phone(OTHER), habit)()

    call = client_of(shop).calls.create(
        to=OTHER, from_=NUMBER, twiml="<Response/>", status_callback=BASE + "/events",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )  # fmt: skip
    shop.sim.advance(80)

    last = shop.pages.last("/events")
    assert call.fetch().status == status
    assert [form["CallStatus"] for form in shop.pages.forms("/events")] == ["initiated", "ringing", status]
    assert (last["SequenceNumber"], last["SipResponseCode"], last["CallDuration"]) == ("2", code, "0")


def test_the_events_of_an_answered_call_count_from_zero_and_carry_seconds_and_minutes() -> None:
    shop = open_shop(events="")
    shop.sim.phone(OTHER)

    client_of(shop).calls.create(
        to=OTHER, from_=NUMBER, twiml="<Response><Pause length='61'/></Response>", status_callback=BASE + "/events",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )  # fmt: skip
    shop.sim.advance(70)

    forms = shop.pages.forms("/events")
    assert [form["CallStatus"] for form in forms] == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in forms] == ["0", "1", "2", "3"]
    assert (forms[3]["CallDuration"], forms[3]["Duration"]) == ("61", "2")
    assert {form["CallbackSource"] for form in forms} == {"call-progress-events"}
    assert "CallDuration" not in forms[2]


def test_only_completed_is_told_when_no_event_was_asked_for() -> None:
    shop = open_shop(events="")
    shop.sim.phone(OTHER)

    client_of(shop).calls.create(
        to=OTHER, from_=NUMBER, twiml="<Response/>", status_callback=BASE + "/events"
    )
    shop.sim.advance(10)

    assert [form["CallStatus"] for form in shop.pages.forms("/events")] == ["completed"]


def test_a_number_tells_the_end_of_its_incoming_calls() -> None:
    shop = open_shop(voice="<Pause/><Say>hello</Say><Pause length='29'/>")

    shop.sim.call(NUMBER).ends()

    (form,) = shop.pages.forms("/voice/status")
    assert (form["CallStatus"], form["CallDuration"], form["Duration"]) == ("completed", "30", "1")
    assert (form["SequenceNumber"], form["Direction"]) == ("0", "inbound")


def test_an_error_answer_to_a_status_callback_is_the_warning_15003() -> None:
    shop = open_shop()
    shop.pages["/voice/status"] = None

    shop.sim.call(NUMBER).ends()

    assert shop.sim.debugger.codes() == [15003]


def test_a_call_in_progress_is_redirected_at_once() -> None:
    shop = open_shop(voice="<Say loop='0'>on and on</Say>", new="<Say>now this</Say>")
    caller = shop.sim.call(NUMBER)
    caller.waits(3)

    answer = client_of(shop).calls(caller.sid).update(url=BASE + "/new")
    caller.hears("now this", within=0.1)

    assert answer.status == "in-progress"


def test_a_call_in_progress_is_ended_by_completed_and_not_by_canceled() -> None:
    shop = open_shop(voice="<Say loop='0'>on and on</Say>")
    caller = shop.sim.call(NUMBER)
    caller.waits(3)
    call = client_of(shop).calls(caller.sid)

    with pytest.raises(TwilioRestException) as refused:
        call.update(status="canceled")
    ended = call.update(status="completed")

    assert refused.value.code == 21220
    assert (ended.status, caller.state) == ("completed", "completed")


def test_a_call_cancelled_while_queued_fires_no_callbacks() -> None:
    shop = open_shop(events="")
    calls = client_of(shop).calls
    calls.create(to=OTHER, from_=NUMBER, twiml="<Response/>")
    second = calls.create(
        to="+15550100198", from_=NUMBER, twiml="<Response/>", status_callback=BASE + "/events"
    )

    canceled = second.update(status="canceled")
    shop.sim.advance(10)

    assert canceled.status == "canceled"
    assert shop.pages.to("/events") == []


def test_a_ringing_call_can_be_cancelled() -> None:
    shop = open_shop()
    phone = shop.sim.phone(OTHER)
    phone.no_answer()
    call = client_of(shop).calls.create(to=OTHER, from_=NUMBER, twiml="<Response/>")
    phone.rings()

    assert call.update(status="canceled").status == "canceled"


@pytest.mark.parametrize("change", [{"url": BASE + "/new"}, {"status": "completed"}])
def test_a_call_that_is_over_cannot_be_changed(change: dict[str, str]) -> None:
    shop = open_shop()
    caller = shop.sim.call(NUMBER)
    caller.ends()

    with pytest.raises(TwilioRestException) as refused:
        client_of(shop).calls(caller.sid).update(**change)

    assert (refused.value.status, refused.value.code) == (400, 21220)


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


def world_with_everything() -> Shop:
    shop = open_shop(voice='<Enqueue waitUrl="">orders</Enqueue>')
    shop.pages["/voice/agent"] = (
        "<Dial record='record-from-answer'><Conference waitUrl=''>r</Conference></Dial>"
    )
    shop.sim.call(NUMBER).waits(2)
    shop.sim.client("ann").connect().waits(2)
    return shop


@pytest.mark.parametrize(("key", "path"), [
    ("calls", "Calls.json"),
    ("conferences", "Conferences.json"),
    ("participants", "Conferences/{conferences}/Participants.json"),
    ("queues", "Queues.json"),
    ("queue_members", "Queues/{queues}/Members.json"),
    ("recordings", "Recordings.json"),
    ("incoming_phone_numbers", "IncomingPhoneNumbers.json"),
    ("applications", "Applications.json"),
])  # fmt: skip
def test_a_resource_has_exactly_twilios_fields(key: str, path: str) -> None:
    shop = world_with_everything()
    for other in ("conferences", "queues"):
        if "{" + other in path:
            path = path.replace("{" + other + "}", shop.rest("GET", f"{other.title()}.json")[other][0]["sid"])

    listing = shop.rest("GET", path)

    assert set(listing) == {
        key, "page", "page_size", "start", "end", "uri", "first_page_uri", "next_page_uri", "previous_page_uri",
    }  # fmt: skip
    assert set(listing[key][0]) == set(FIELDS[key].split())


def test_strings_are_strings_and_numbers_numbers() -> None:
    shop = world_with_everything()
    call = shop.rest("GET", "Calls.json")["calls"][0]
    queue = shop.rest("GET", "Queues.json")["queues"][0]
    member = shop.rest("GET", f"Queues/{queue['sid']}/Members/Front.json")

    assert isinstance(call["queue_time"], str)
    assert call["duration"] is None
    assert (queue["current_size"], queue["average_wait_time"], queue["max_size"]) == (1, 4, 1000)
    assert (member["position"], member["wait_time"]) == (1, 4)
    assert member["date_enqueued"].endswith("+0000")


def test_twilio_python_reads_every_list_page_by_page() -> None:
    shop = open_shop()
    for index in range(7):
        shop.account.add_number(f"+1555010030{index}")

    numbers = client_of(shop).incoming_phone_numbers.list(page_size=3)

    assert len(numbers) == 8
    page = shop.rest("GET", "IncomingPhoneNumbers.json", PageSize="3", Page="1")
    assert (page["page"], page["start"], page["end"]) == (1, 3, 5)
    assert page["previous_page_uri"] is not None


def test_calls_are_listed_newest_first_and_filtered() -> None:
    shop = open_shop()
    first = shop.sim.call(NUMBER, from_="+12125550111")
    first.ends()
    second = shop.sim.call(NUMBER, from_="+12125550122")
    calls = client_of(shop).calls

    assert [call.sid for call in calls.list()] == [second.sid, first.sid]
    assert [call.sid for call in calls.list(status="completed")] == [first.sid]
    assert [call.sid for call in calls.list(from_="+12125550122")] == [second.sid]
    assert [call.sid for call in calls.list(to="+12125550122")] == []


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


@pytest.mark.parametrize(("path", "params", "code"), [
    ("Queues.json", {"FriendlyName": ""}, 20002),
    ("Queues.json", {"FriendlyName": "q", "MaxSize": "5001"}, 22002),
    ("Queues.json", {"FriendlyName": "taken"}, 22003),
    ("IncomingPhoneNumbers.json", {}, 21451),
    ("IncomingPhoneNumbers.json", {"PhoneNumber": NUMBER}, 21422),
    ("IncomingPhoneNumbers.json", {"PhoneNumber": "+15550100300", "VoiceUrl": "shop"}, 21502),
    ("Calls.json", {"To": "+15550100199", "From": NUMBER, "Url": "http://a.example/", "StatusCallback": "http://a.example/",
                    "StatusCallbackEvent": "sneezed"}, 21626),
    ("Messages.json", {"To": NUMBER, "From": NUMBER, "Body": "to myself"}, 21266),
])  # fmt: skip
def test_a_resource_that_cannot_be_made_is_refused_with_its_code(
    path: str, params: dict[str, str], code: int
) -> None:
    shop = open_shop()
    shop.rest("POST", "Queues.json", FriendlyName="taken")

    status, _, body = shop.answer("POST", path, **params)

    assert (status, json.loads(body)["code"]) == (400, code)


@pytest.mark.parametrize(("params", "code"), [({"PageSize": "many"}, 20007), ({"Page": "7"}, 20001)])
def test_a_page_that_does_not_exist_is_refused(params: dict[str, str], code: int) -> None:
    status, _, body = open_shop().answer("GET", "Calls.json", **params)

    assert (status, json.loads(body)["code"]) == (400, code)


def test_a_queue_with_somebody_in_it_cannot_be_deleted() -> None:
    shop = open_shop(voice='<Enqueue waitUrl="">orders</Enqueue>')
    shop.sim.call(NUMBER).waits(1)
    sid = shop.rest("GET", "Queues.json")["queues"][0]["sid"]

    status, _, body = shop.answer("DELETE", f"Queues/{sid}.json")

    assert (status, json.loads(body)["code"]) == (400, 22004)
