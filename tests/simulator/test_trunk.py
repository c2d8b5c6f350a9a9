"""A call from one own number to another: the application talks to itself."""

from simulator.hearing import Sound
from tests.simulator.pages import NUMBER, Shop, open_shop

ROBOT = "+15550100101"


def shop_with_robot(voice: str, robot: str, **pages: str) -> Shop:
    shop = open_shop(voice=voice, **pages)
    shop.account.add_number(ROBOT)
    shop.rest("POST", "Calls.json", To=NUMBER, From=ROBOT, Twiml=f"<Response>{robot}</Response>")
    return shop


def test_keys_and_words_of_one_document_are_those_of_the_others_caller() -> None:
    shop = shop_with_robot(
        "<Gather numDigits='2' action='/keys'/>",
        "<Pause length='1'/><Play digits='w42'/><Pause length='2'/><Say>my parcel</Say><Pause length='60'/>",
        keys="<Gather input='speech' action='/words'/>",
        words="<Say>good bye</Say>",
    )

    shop.sim.advance(60)

    assert shop.pages.last("/keys")["Digits"] == "42"
    assert shop.pages.last("/words")["SpeechResult"] == "my parcel"
    assert {call["status"] for call in shop.rest("GET", "Calls.json")["calls"]} == {"completed"}
    shop.sim.assert_quiet()


def test_the_outgoing_leg_is_answered_and_ends_with_the_incoming_one() -> None:
    shop = shop_with_robot("<Pause length='5'/><Say>hello</Say><Pause length='3'/>", "<Pause length='60'/>")

    shop.sim.advance(30)

    outgoing, incoming = shop.sim.world.legs.values()
    assert outgoing.answered_at == incoming.answered_at
    assert outgoing.ended_at == incoming.ended_at
    assert (outgoing.direction, incoming.direction) == ("outbound-api", "inbound")


def test_a_rejected_call_between_own_numbers_is_busy_at_both_ends() -> None:
    shop = shop_with_robot("<Reject reason='busy'/>", "<Pause/>")

    shop.sim.advance(10)

    assert [leg.status for leg in shop.sim.world.legs.values()] == ["busy", "busy"]


def test_an_application_that_dials_itself_does_not_do_so_for_ever() -> None:
    shop = open_shop(voice=f"<Dial timeout='5'>{NUMBER}</Dial>")

    caller = shop.sim.call(NUMBER)
    caller.ends(within=200)
    shop.sim.advance(200)

    assert len(shop.sim.world.legs) < 20
    assert [leg for leg in shop.sim.world.legs.values() if not leg.is_over] == []


def test_what_the_number_says_is_heard_at_the_other_end() -> None:
    shop = shop_with_robot(
        "<Say>welcome to the shop</Say><Pause length='9'/>",
        "<Record action='http://shop.example:8000/done' timeout='2'/>",
        done="",
    )
    shop.pages["/done"] = ""
    shop.sim.advance(15)

    outgoing = next(iter(shop.sim.world.legs.values()))
    assert [spoken.words for spoken in outgoing.said] == ["welcome to the shop"]
    assert Sound.SAY not in {line.kind for line in outgoing.ear.lines}
