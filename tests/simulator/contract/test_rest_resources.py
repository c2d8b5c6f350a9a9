"""Every resource has Twilio's fields, lists page by page, and refuses what Twilio refuses."""

import json

import pytest

from tests.simulator.contract.rest import client_of, world_with_everything
from tests.simulator.pages import NUMBER, open_shop

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
