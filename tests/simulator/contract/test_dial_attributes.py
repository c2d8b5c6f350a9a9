"""Twilio's pages: voice/twiml/dial, /number, /client, /sip: the attributes one by one."""

import pytest

from simulator.hearing import Sound
from tests.simulator.contract.rows import proves
from tests.simulator.pages import BASE, NUMBER, Shop, open_shop

OTHER = "+15550100199"
EVENTS = 'statusCallback="/child" statusCallbackEvent="initiated ringing answered completed"'


def dialling(noun: str, attributes: str = "", **pages: str) -> Shop:
    return open_shop(
        voice=f'<Dial action="/done" {attributes}>{noun}</Dial>', done="<Say>done</Say>", **pages
    )


@proves("Dial answerOnBridge")
def test_with_answer_on_bridge_the_caller_hears_ringing_unanswered_until_the_bridge() -> None:
    shop = dialling(OTHER, 'answerOnBridge="true"')
    phone = shop.sim.phone(OTHER)
    phone.answers(after=6)

    caller = shop.sim.call(NUMBER)
    caller.waits(5)
    state, heard = caller.state, caller.now_hears
    caller.talks_to(phone)

    assert (state, heard.kind if heard else None) == ("ringing", Sound.RINGING)
    assert caller.leg.answered_at == phone.leg.answered_at
    shop.sim.assert_quiet()


def test_with_answer_on_bridge_the_screening_is_not_heard_by_the_caller() -> None:
    shop = dialling(
        f'<Number url="/screen">{OTHER}</Number>', 'answerOnBridge="true"', screen="<Pause length='4'/>"
    )
    phone = shop.sim.phone(OTHER)
    caller = shop.sim.call(NUMBER)
    caller.waits(5)

    assert (phone.state, caller.state) == ("in-progress", "ringing")


def test_an_unanswered_dial_with_answer_on_bridge_asks_its_action_ringing() -> None:
    shop = dialling(OTHER, 'answerOnBridge="true"')
    shop.sim.phone(OTHER).busy()

    shop.sim.call(NUMBER).hears("done")

    assert shop.pages.last("/done")["CallStatus"] == "ringing"


@proves("Dial method")
def test_the_action_is_asked_by_the_method() -> None:
    shop = dialling(OTHER, 'method="GET"')
    shop.sim.phone(OTHER).busy()

    shop.sim.call(NUMBER).hears("done")

    assert shop.pages.to("/done")[0].method == "GET"


@proves("Dial callerId")
@pytest.mark.parametrize("caller_id", ["+15550107788", NUMBER, "client:shop"])
def test_the_caller_id_is_the_calls_from_or_to_an_own_number_or_a_client(caller_id: str) -> None:
    shop = dialling(OTHER, f'callerId="{caller_id}"')
    phone = shop.sim.phone(OTHER)

    shop.sim.call(NUMBER)
    phone.rings()

    assert phone.leg.from_ == caller_id
    shop.sim.assert_quiet()


@proves("Dial trim", "Dial recordingTrack", "Dial recordingStatusCallbackMethod")
@pytest.mark.parametrize(("attribute", "code"), [
    ('ringTone="xx"', 13220), ('sequential="perhaps"', 13218), ('answerOnBridge="perhaps"', 13219),
    ('record="true" trim="much"', 13699), ('record="true" recordingTrack="third"', 13217),
    ('record="true" recordingStatusCallback="mailto:me"', 13256),
    ('record="true" recordingStatusCallback="/r" recordingStatusCallbackMethod="PUT"', 13256),
    ('referMethod="PUT"', 13210),
])  # fmt: skip
def test_a_wrong_value_is_a_warning_and_the_default_counts(attribute: str, code: int) -> None:
    shop = dialling(OTHER, attribute)
    shop.sim.phone(OTHER).busy()

    shop.sim.call(NUMBER).hears("done")

    assert shop.sim.debugger.codes() == [code]


@proves("Dial ringTone")
def test_a_ring_tone_of_a_country_is_taken() -> None:
    shop = dialling(OTHER, 'ringTone="de"')
    phone = shop.sim.phone(OTHER)

    shop.sim.call(NUMBER).talks_to(phone)

    shop.sim.assert_quiet()


@proves("Number sendDigits")
def test_digits_are_sent_to_the_called_party_before_the_bridge() -> None:
    shop = dialling(f'<Number sendDigits="ww12W3">{OTHER}</Number>')
    phone = shop.sim.phone(OTHER)

    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)

    line = next(line for line in phone.transcript if line.kind is Sound.KEYS)
    assert line.text == "ww12W3"
    assert (line.until or 0) - line.at == pytest.approx(0.5 * 2 + 0.25 * 3 + 1.0)
    assert shop.sim.now >= (line.until or 0)


@proves("Number url", "Number method", "Client url", "Client method", "Sip url", "Sip method")
@pytest.mark.parametrize(("noun", "to"), [
    (f'<Number url="/screen" method="GET">{OTHER}</Number>', OTHER),
    ('<Client url="/screen" method="GET">ann</Client>', "client:ann"),
    ('<Sip url="/screen" method="GET">sip:ann@pbx.example</Sip>', "sip:ann@pbx.example"),
])  # fmt: skip
def test_the_screening_document_is_asked_by_its_method_for_the_called_leg(noun: str, to: str) -> None:
    shop = dialling(noun, screen="<Say>a call for you</Say>")
    phone = shop.sim.phone(to)

    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)

    (asked,) = shop.pages.to("/screen")
    assert (asked.method, asked.form["CallSid"], asked.form["To"]) == ("GET", phone.sid, to)
    assert asked.form["ParentCallSid"] == caller.sid
    assert asked.form["Direction"] == "outbound-dial"


@proves(
    "Number statusCallback", "Number statusCallbackEvent", "Number statusCallbackMethod", "Client statusCallback",
    "Client statusCallbackEvent", "Client statusCallbackMethod", "Sip statusCallback", "Sip statusCallbackEvent",
    "Sip statusCallbackMethod",
)  # fmt: skip
@pytest.mark.parametrize(("noun", "to"), [
    (f'<Number {EVENTS} statusCallbackMethod="GET">{OTHER}</Number>', OTHER),
    (f'<Client {EVENTS} statusCallbackMethod="GET">ann</Client>', "client:ann"),
    (f'<Sip {EVENTS} statusCallbackMethod="GET">sip:ann@pbx.example</Sip>', "sip:ann@pbx.example"),
])  # fmt: skip
def test_the_status_callback_of_a_noun_tells_its_own_leg(noun: str, to: str) -> None:
    shop = dialling(noun, child="")
    phone = shop.sim.phone(to)
    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)
    phone.hangs_up()
    caller.hears("done")

    asked = shop.pages.to("/child")
    assert [one.form["CallStatus"] for one in asked] == ["initiated", "ringing", "in-progress", "completed"]
    assert {one.method for one in asked} == {"GET"}
    assert {one.form["CallSid"] for one in asked} == {phone.sid}


@pytest.mark.parametrize(("noun", "code"), [
    (f'<Number method="PUT">{OTHER}</Number>', 13221),
    (f'<Number sendDigits="1,2">{OTHER}</Number>', 13222),
    ("<Sip>ann at pbx</Sip>", 13243),
    ('<Sip method="PUT">sip:ann@pbx.example</Sip>', 13241),
    ("<Sim>DE00000000000000000000000000000001</Sim>", 13258),
    ("<WhatsApp>+15550100199</WhatsApp>", 12400),
    ("<Say>hello</Say>", 13215),
    ("<Conference></Conference>", 13237),
])  # fmt: skip
def test_a_noun_that_cannot_be_dialled_is_told(noun: str, code: int) -> None:
    shop = dialling(noun, 'timeout="5"')
    for to in (OTHER, "sip:ann@pbx.example"):
        shop.sim.phone(to).busy()

    shop.sim.call(NUMBER).hears("done")

    assert code in shop.sim.debugger.codes()
    assert shop.pages.last("/done")["DialBridged"] == "false"


@proves("Parameter name", "Parameter value")
def test_a_clients_identity_and_parameters_may_be_nested() -> None:
    shop = dialling(
        '<Client><Identity>ann</Identity><Parameter name="order" value="4711 &amp; more"/></Client>'
    )
    phone = shop.sim.phone("client:ann")

    shop.sim.call(NUMBER)
    phone.rings()

    assert phone.leg.to == "client:ann"
    assert phone.leg.parameters == {"order": "4711 & more"}
    shop.sim.assert_quiet()


def test_ten_parties_at_most_ring_at_once() -> None:
    numbers = [f"+1555010{index:04d}" for index in range(12)]
    shop = dialling("".join(f"<Number>{number}</Number>" for number in numbers))

    shop.sim.call(NUMBER)
    shop.sim.advance(1)

    assert len(shop.rest("GET", "Calls.json", Status="ringing")["calls"]) == 10


def test_a_dial_of_nobody_fails_at_once() -> None:
    shop = dialling("")

    shop.sim.call(NUMBER).hears("done", within=1)

    assert shop.pages.last("/done")["DialCallStatus"] == "failed"


def test_refer_is_for_sip_legs_only() -> None:
    shop = open_shop(voice='<Refer action="/x"><Sip>sip:ann@pbx.example</Sip></Refer><Say>next</Say>')

    shop.sim.call(NUMBER).hears("next")

    assert shop.sim.debugger.codes() == [13801]


def test_a_child_leg_that_is_redirected_keeps_its_own_status_callback() -> None:
    shop = dialling(f"<Number {EVENTS}>{OTHER}</Number>", child="", new="<Say>elsewhere</Say>")
    phone = shop.sim.phone(OTHER)
    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)

    shop.rest("POST", f"Calls/{phone.sid}.json", Url=BASE + "/new")
    phone.hears("elsewhere")
    phone.ends()

    assert shop.pages.last("/child")["CallStatus"] == "completed"
