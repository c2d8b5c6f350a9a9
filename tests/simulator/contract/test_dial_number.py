"""Twilio's pages: voice/twiml/dial, /number, /client."""

import pytest

from simulator.hearing import Sound
from tests.simulator.contract.rows import proves
from tests.simulator.pages import BASE, NUMBER, Shop, open_shop

OTHER = "+15550100199"


def forwarding(attributes: str = "", number: str = "", **pages: str) -> Shop:
    shop = open_shop(
        voice=f'<Dial action="/done" {attributes}><Number {number}>{OTHER}</Number></Dial><Say>never</Say>'
    )
    shop.pages["/done"] = "<Say>the dial is done</Say>"
    for name, page in pages.items():
        shop.pages["/" + name] = page
    return shop


def test_the_caller_hears_ringing_until_the_other_answers() -> None:
    shop = forwarding()
    phone = shop.sim.phone(OTHER)
    phone.answers(after=6)

    caller = shop.sim.call(NUMBER)
    caller.waits(5)
    before = caller.now_hears
    caller.talks_to(phone)

    assert before is not None
    assert before.kind is Sound.RINGING
    assert phone.leg.answered_at == caller.leg.created_at + 6
    shop.sim.assert_quiet()


def test_the_child_leg_names_its_parent_and_shows_the_callers_number() -> None:
    shop = forwarding()
    phone = shop.sim.phone(OTHER)
    caller = shop.sim.call(NUMBER, from_="+12125550188")
    phone.rings()

    child = shop.rest("GET", f"Calls/{phone.sid}.json")

    assert (child["parent_call_sid"], child["direction"]) == (caller.sid, "outbound-dial")
    assert (child["from"], child["to"]) == ("+12125550188", OTHER)
    assert shop.rest("GET", "Calls.json", ParentCallSid=caller.sid)["calls"][0]["sid"] == phone.sid


@proves("Dial action")
def test_when_the_other_hangs_up_the_action_tells_sid_and_seconds_of_the_child() -> None:
    shop = forwarding()
    phone = shop.sim.phone(OTHER)
    phone.answers(after=2)
    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)
    caller.waits(31)

    phone.hangs_up()
    caller.hears("the dial is done")

    form = shop.pages.last("/done")
    assert (form["DialCallStatus"], form["DialCallDuration"], form["DialBridged"]) == (
        "completed",
        "31",
        "true",
    )
    assert form["DialCallSid"] == phone.sid


def test_when_the_caller_hangs_up_the_other_is_hung_up_and_no_action_asked() -> None:
    shop = forwarding()
    phone = shop.sim.phone(OTHER)
    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)

    caller.hangs_up()

    assert phone.state == "completed"
    assert shop.pages.to("/done") == []


def test_a_caller_who_hangs_up_while_it_rings_cancels_the_child() -> None:
    shop = forwarding()
    phone = shop.sim.phone(OTHER)
    caller = shop.sim.call(NUMBER)
    phone.rings()

    caller.hangs_up()
    caller.waits(30)

    assert phone.state == "canceled"


@pytest.mark.parametrize(
    ("habit", "status"), [("busy", "busy"), ("no_answer", "no-answer"), ("fails", "failed")]
)
def test_a_dial_that_is_not_answered_tells_why(habit: str, status: str) -> None:
    shop = forwarding()
    getattr(shop.sim.phone(OTHER), habit)()

    caller = shop.sim.call(NUMBER)
    caller.hears("the dial is done")

    form = shop.pages.last("/done")
    assert (form["DialCallStatus"], form["DialBridged"]) == (status, "false")
    assert "DialCallDuration" not in form


@proves("Dial timeout")
def test_the_timeout_has_a_buffer_of_five_seconds() -> None:
    shop = forwarding('timeout="15"')
    shop.sim.phone(OTHER).no_answer()

    caller = shop.sim.call(NUMBER)
    line = caller.hears("the dial is done")

    assert line.at - caller.leg.created_at == pytest.approx(20)


def test_without_an_action_the_next_verb_follows() -> None:
    shop = open_shop(voice=f"<Dial>{OTHER}</Dial><Say>next verb</Say>")
    shop.sim.phone(OTHER).busy()

    shop.sim.call(NUMBER).hears("next verb")


def test_the_star_while_it_rings_leaves_nobody_ringing() -> None:
    shop = open_shop(
        voice='<Dial hangupOnStar="true" action="/done">+15550100199</Dial>', done="<Say>never mind</Say>"
    )
    phone = shop.sim.phone("+15550100199")
    phone.answers(after=20)
    caller = shop.sim.call(NUMBER)
    phone.rings()

    caller.presses("*")
    caller.hears("never mind")
    shop.sim.advance(60)

    assert (phone.state, shop.pages.last("/done")["DialCallStatus"]) == ("canceled", "canceled")
    assert [leg for leg in shop.sim.world.legs.values() if not leg.is_over] == []


@proves("Dial hangupOnStar")
def test_the_star_ends_the_child_only_with_hangup_on_star() -> None:
    shop = forwarding('hangupOnStar="true"')
    phone = shop.sim.phone(OTHER)
    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)

    caller.presses("*")
    caller.hears("the dial is done")

    assert phone.state == "completed"
    assert shop.pages.last("/done")["DialCallStatus"] == "completed"


@proves("Dial timeLimit")
def test_the_time_limit_ends_the_talk() -> None:
    shop = forwarding('timeLimit="60"')
    phone = shop.sim.phone(OTHER)
    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)

    caller.waits(61)

    assert phone.state == "completed"


def test_several_numbers_ring_at_once_and_the_first_to_answer_wins() -> None:
    shop = open_shop(voice=f"<Dial><Number>{OTHER}</Number><Number>+15550100198</Number></Dial>")
    slow, quick = shop.sim.phone(OTHER), shop.sim.phone("+15550100198")
    slow.answers(after=9)
    quick.answers(after=3)

    caller = shop.sim.call(NUMBER)
    caller.talks_to(quick)
    caller.waits(10)

    assert slow.state == "canceled"


@proves("Dial sequential")
def test_sequential_numbers_ring_one_after_the_other() -> None:
    shop = open_shop(
        voice=f'<Dial sequential="true" timeout="5"><Number>{OTHER}</Number><Number>+15550100198</Number></Dial>'
    )
    first, second = shop.sim.phone(OTHER), shop.sim.phone("+15550100198")
    first.no_answer()

    caller = shop.sim.call(NUMBER)
    caller.talks_to(second)

    assert first.state == "no-answer"
    assert second.leg.created_at - first.leg.created_at == pytest.approx(10)


def test_the_status_callback_of_a_number_tells_the_childs_progress() -> None:
    shop = forwarding(
        number='statusCallback="/child" statusCallbackEvent="initiated ringing answered completed"', child=""
    )
    phone = shop.sim.phone(OTHER)
    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)
    phone.hangs_up()
    caller.waits(1)

    forms = shop.pages.forms("/child")

    assert [form["CallStatus"] for form in forms] == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in forms] == ["0", "1", "2", "3"]
    assert {form["ParentCallSid"] for form in forms} == {caller.sid}


def test_the_screening_document_runs_on_the_called_party_before_the_bridge() -> None:
    shop = forwarding(
        number='url="/screen"',
        screen='<Gather numDigits="1" action="/accept"><Say>press 1 to take the call</Say></Gather><Hangup/>',
        accept="",
    )
    phone = shop.sim.phone(OTHER)
    caller = shop.sim.call(NUMBER)
    phone.rings()
    phone.hears("press 1")
    apart = not caller.is_talking_to(phone)

    phone.presses("1")
    caller.talks_to(phone)

    assert apart
    assert shop.pages.last("/accept")["CallSid"] == phone.sid
    shop.sim.assert_quiet()


def test_a_called_party_that_does_not_accept_is_hung_up() -> None:
    shop = forwarding(
        number='url="/screen"', screen='<Gather numDigits="1" action="/accept" timeout="2"/><Hangup/>'
    )
    shop.sim.phone(OTHER)

    caller = shop.sim.call(NUMBER)
    caller.hears("the dial is done")

    assert shop.pages.last("/done")["DialBridged"] == "false"


def test_dialling_out_of_a_screening_document_is_13201() -> None:
    shop = forwarding(number='url="/screen"', screen="<Dial>+15550100111</Dial>")
    phone = shop.sim.phone(OTHER)

    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)

    assert shop.sim.debugger.codes() == [13201]


@pytest.mark.parametrize(("attributes", "code"), [
    ('callerId="+15550100000"', 13214),
    ('timeout="1"', 13212),
    ('hangupOnStar="yes"', 13213),
    ('timeLimit="0"', 13216),
    ('record="always"', 13217),
    ('method="PUT"', 13210),
])  # fmt: skip
def test_a_wrong_value_is_a_warning(attributes: str, code: int) -> None:
    shop = forwarding(attributes)
    shop.sim.phone(OTHER).busy()

    shop.sim.call(NUMBER).hears("the dial is done")

    assert shop.sim.debugger.codes() == [code]


def test_a_number_has_to_be_e164() -> None:
    shop = open_shop(voice="<Dial>555-1234</Dial><Say>next</Say>")

    shop.sim.call(NUMBER).hears("next")

    assert shop.sim.debugger.codes() == [13223]


def test_a_browser_has_to_name_its_caller_id() -> None:
    shop = open_shop(**{"voice/agent": f"<Dial>{OTHER}</Dial><Say>next</Say>"})

    shop.sim.client("ann").connect().hears("next")

    assert shop.sim.debugger.codes() == [13247]


def test_an_own_number_may_be_the_caller_id() -> None:
    shop = open_shop(**{"voice/agent": f'<Dial callerId="{NUMBER}">{OTHER}</Dial>'})
    phone = shop.sim.phone(OTHER)

    leg = shop.sim.client("ann").connect()
    leg.talks_to(phone)

    assert phone.leg.from_ == NUMBER
    shop.sim.assert_quiet()


def test_redirecting_the_child_lets_the_parent_go_on_and_tells_no_duration() -> None:
    shop = forwarding(new="<Say>child elsewhere</Say><Pause length='9'/>")
    phone = shop.sim.phone(OTHER)
    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)

    shop.rest("POST", f"Calls/{phone.sid}.json", Url=BASE + "/new")
    caller.hears("the dial is done")
    phone.hears("child elsewhere")

    assert "DialCallDuration" not in shop.pages.last("/done")


def test_redirecting_the_parent_ends_the_child() -> None:
    shop = forwarding(new="<Say>parent elsewhere</Say>")
    phone = shop.sim.phone(OTHER)
    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)

    shop.rest("POST", f"Calls/{caller.sid}.json", Url=BASE + "/new")
    caller.hears("parent elsewhere")

    assert phone.state == "completed"
    assert shop.pages.to("/done") == []


def test_a_number_that_nobody_set_up_rings_out() -> None:
    shop = forwarding('timeout="5"')

    shop.sim.call(NUMBER).hears("the dial is done")

    assert shop.pages.last("/done")["DialCallStatus"] == "no-answer"
