"""Twilio's pages: voice/twiml/enqueue, /leave, and the Queue noun's waiting room."""

import pytest

from simulator.handset import Caller
from simulator.hearing import Sound
from tests.simulator.contract.rows import proves
from tests.simulator.pages import NUMBER, Shop, open_shop, wav

ENQUEUE = '<Enqueue waitUrl="/wait" action="/after">orders</Enqueue>'


def waiting_room(wait: str = "<Say>please hold</Say><Pause length='9'/>", **pages: str) -> Shop:
    return open_shop(voice=ENQUEUE, wait=wait, after="<Say>you are out</Say>", **pages)


def waits(shop: Shop) -> Caller:
    caller = shop.sim.call(NUMBER)
    caller.waits(1)
    return caller


def test_the_queue_is_made_on_demand_for_1000_calls() -> None:
    shop = waiting_room()
    waits(shop)

    queue = shop.rest("GET", "Queues.json")["queues"][0]

    assert (queue["friendly_name"], queue["max_size"], queue["current_size"]) == ("orders", 1000, 1)


@proves("Enqueue waitUrl")
def test_wait_url_is_asked_again_whenever_its_document_runs_out() -> None:
    shop = waiting_room("<Pause length='10'/>")
    caller = waits(shop)

    caller.waits(34)

    assert [int(form["QueueTime"]) for form in shop.pages.forms("/wait")] == [0, 10, 20, 30]
    shop.sim.assert_quiet()


def test_each_request_of_the_waiting_room_tells_the_place_in_the_queue() -> None:
    shop = waiting_room("<Pause length='10'/>")
    first = waits(shop)
    waits(shop)
    second_place = shop.pages.last("/wait")
    first.hangs_up()
    shop.sim.advance(10)

    assert (second_place["QueuePosition"], second_place["CurrentQueueSize"]) == ("2", "2")
    assert (second_place["MaxQueueSize"], second_place["AvgQueueTime"]) == ("1000", "0")
    assert shop.pages.last("/wait")["QueuePosition"] == "1"
    assert second_place["QueueSid"].startswith("QU")


def test_a_wait_document_that_takes_no_time_is_asked_once_a_second() -> None:
    shop = waiting_room("")
    waits(shop)

    shop.sim.advance(9)

    assert len(shop.pages.to("/wait")) == 11


def test_an_empty_wait_url_is_silence_and_no_request() -> None:
    shop = open_shop(voice='<Enqueue waitUrl="">orders</Enqueue>')
    caller = waits(shop)

    assert caller.now_hears is not None
    assert caller.now_hears.kind is Sound.SILENCE


def test_without_a_wait_url_there_is_music() -> None:
    shop = open_shop(voice="<Enqueue>orders</Enqueue>")

    waits(shop).hears_music()


def test_wait_url_may_answer_with_a_sound_that_is_played_again_and_again() -> None:
    shop = waiting_room()
    shop.pages["/wait"] = wav(3)
    caller = waits(shop)
    caller.waits(10)

    assert len(shop.pages.to("/wait")) == 4


@proves("Enqueue action")
def test_leave_goes_on_with_the_action_and_its_document() -> None:
    shop = waiting_room("<Say>bye</Say><Leave/>")

    waits(shop).hears("you are out")

    after = shop.pages.last("/after")
    assert (after["QueueResult"], after["QueueTime"]) == ("leave", "0")
    assert after["QueueSid"].startswith("QU")


def test_without_an_action_the_next_verb_follows() -> None:
    shop = open_shop(voice='<Enqueue waitUrl="/wait">orders</Enqueue><Say>next</Say>', wait="<Leave/>")

    waits(shop).hears("next")


def test_keys_pressed_in_the_waiting_room_reach_its_gather() -> None:
    shop = waiting_room(
        '<Gather numDigits="1" action="/keys"><Say>press 1 to leave a message</Say></Gather>', keys="<Leave/>"
    )

    caller = shop.sim.call(NUMBER)
    caller.hears("press 1")
    caller.presses("1")
    caller.hears("you are out")

    assert shop.pages.last("/keys")["QueuePosition"] == "1"


def test_hang_up_of_the_waiting_room_ends_the_call() -> None:
    shop = waiting_room("<Hangup/>")

    caller = waits(shop)

    assert caller.state == "completed"
    assert shop.pages.last("/after")["QueueResult"] == "hangup"


def test_a_caller_who_hangs_up_is_reported_to_the_action_at_once() -> None:
    shop = waiting_room()
    caller = waits(shop)
    caller.waits(11)

    caller.hangs_up()

    after = shop.pages.last("/after")
    assert (after["QueueResult"], after["CallStatus"], after["QueueTime"]) == ("hangup", "completed", "12")
    assert "you are out" not in [line.text for line in caller.transcript]


def test_a_rest_redirect_asks_the_action_and_runs_only_the_new_document() -> None:
    shop = waiting_room(new="<Say>new document</Say>")
    caller = waits(shop)

    shop.rest("POST", f"Calls/{caller.sid}.json", Url="http://shop.example:8000/new")
    caller.hears("new document")
    caller.ends()

    assert shop.pages.last("/after")["QueueResult"] == "redirected"
    assert "you are out" not in [line.text for line in caller.transcript]
    assert shop.rest("GET", "Queues.json")["queues"][0]["current_size"] == 0


def test_a_full_queue_goes_on_at_once_with_queue_full() -> None:
    shop = waiting_room()
    waits(shop)
    queue = shop.rest("GET", "Queues.json")["queues"][0]
    shop.rest("POST", f"Queues/{queue['sid']}.json", MaxSize="1")

    caller = shop.sim.call(NUMBER)
    caller.hears("you are out", within=1)

    assert shop.pages.last("/after")["QueueResult"] == "queue-full"
    assert "QueueSid" not in shop.pages.last("/after")
    assert shop.sim.debugger.codes() == [14207]


def test_a_failing_wait_document_is_the_result_error() -> None:
    shop = waiting_room()
    shop.pages["/wait"] = None

    waits(shop).hears("you are out")

    assert shop.pages.last("/after")["QueueResult"] == "error"
    assert shop.sim.debugger.codes() == [11200]


def test_verbs_that_do_not_belong_into_a_waiting_room_are_refused() -> None:
    shop = waiting_room("<Dial>+15550100199</Dial><Pause length='5'/>")

    caller = waits(shop)

    assert caller.state == "in-progress"
    assert shop.sim.debugger.codes() == [12200]


@pytest.mark.parametrize(("name", "code"), [("", 14204), ("q" * 65, 14205)])
def test_a_queue_name_has_1_to_64_characters(name: str, code: int) -> None:
    shop = open_shop(voice=f'<Enqueue action="/after">{name}</Enqueue>', after="<Say>you are out</Say>")

    waits(shop).hears("you are out")

    assert shop.sim.debugger.codes() == [code]
    assert shop.pages.last("/after")["QueueResult"] == "error"


def test_queues_of_different_names_are_different() -> None:
    shop = waiting_room()
    waits(shop)
    shop.pages["/voice/incoming"] = '<Enqueue waitUrl="/wait">returns</Enqueue>'
    waits(shop)

    sizes = {
        queue["friendly_name"]: queue["current_size"] for queue in shop.rest("GET", "Queues.json")["queues"]
    }

    assert sizes == {"orders": 1, "returns": 1}
