"""Twilio's page: voice/twiml/queue."""

from simulator.handset import Caller, ClientLeg
from simulator.hearing import Sound
from tests.simulator.contract.rows import proves
from tests.simulator.pages import BASE, NUMBER, Shop, open_shop


def shop_with_queue(queue: str = "", dial: str = "", **pages: str) -> Shop:
    shop = open_shop(
        voice='<Enqueue waitUrl="/wait" action="/after">orders</Enqueue>',
        wait="<Say>please hold</Say><Pause length='9'/>",
        after="<Say>how was it</Say><Pause length='5'/>",
        done="<Say>next one</Say><Pause length='5'/>",
        **pages,
    )
    shop.pages["/voice/agent"] = f'<Dial action="/done" {dial}><Queue {queue}>orders</Queue></Dial>'
    return shop


def waits(shop: Shop) -> Caller:
    caller = shop.sim.call(NUMBER)
    caller.hears("please hold")
    return caller


def takes(shop: Shop) -> ClientLeg:
    return shop.sim.client("ann").connect()


def test_the_first_caller_of_the_queue_is_connected() -> None:
    shop = shop_with_queue()
    first = waits(shop)
    second = waits(shop)

    agent = takes(shop)
    agent.talks_to(first)

    assert second.hears_nothing_of(agent)
    shop.sim.assert_quiet()


def test_both_actions_are_asked_when_the_agent_hangs_up() -> None:
    shop = shop_with_queue()
    caller = waits(shop)
    caller.waits(20)
    agent = takes(shop)
    agent.talks_to(caller)
    during = shop.pages.to("/after")
    agent.waits(30)

    agent.hangs_up()
    caller.hears("how was it")

    after = shop.pages.last("/after")
    assert during == []
    assert (after["QueueResult"], after["QueueTime"]) == ("bridged", "20")
    assert shop.pages.to("/done") == []


def test_when_the_caller_hangs_up_the_agents_dial_goes_on() -> None:
    shop = shop_with_queue()
    caller = waits(shop)
    caller.waits(20)
    agent = takes(shop)
    agent.talks_to(caller)
    agent.waits(30)

    caller.hangs_up()
    agent.hears("next one")

    done = shop.pages.last("/done")
    assert (done["DialCallStatus"], done["DialCallDuration"], done["QueueTime"]) == ("completed", "30", "20")
    assert done["DequeingCallSid"] == agent.sid
    assert shop.pages.last("/after")["QueueResult"] == "bridged"


def test_an_empty_queue_is_waited_for_until_somebody_joins() -> None:
    shop = shop_with_queue()
    waits(shop).hangs_up()
    agent = takes(shop)
    agent.waits(10)
    ringing = agent.now_hears

    caller = shop.sim.call(NUMBER)
    agent.talks_to(caller)

    assert ringing is not None
    assert ringing.kind is Sound.RINGING


def test_an_empty_queue_is_given_up_after_the_timeout() -> None:
    shop = shop_with_queue(dial='timeout="20"')
    waits(shop).hangs_up()

    agent = takes(shop)
    line = agent.hears("next one")

    assert line.at - agent.leg.created_at == 20
    assert shop.pages.last("/done")["DialCallStatus"] == "no-answer"


def test_a_queue_that_does_not_exist_is_an_error() -> None:
    shop = shop_with_queue()

    takes(shop).hears("next one")

    assert shop.pages.last("/done")["DialCallStatus"] == "failed"


@proves("Queue url")
def test_the_whisper_is_heard_by_the_caller_before_the_bridge() -> None:
    shop = shop_with_queue('url="/whisper"', whisper="<Say>this call is recorded</Say>")
    caller = waits(shop)
    agent = takes(shop)

    caller.hears("this call is recorded")
    apart = not agent.is_talking_to(caller)
    agent.talks_to(caller)

    form = shop.pages.last("/whisper")
    assert apart
    assert (form["CallSid"], form["DequeingCallSid"]) == (caller.sid, agent.sid)


def test_redirecting_the_bridged_caller_lets_the_agent_go_on() -> None:
    shop = shop_with_queue(new="<Say>somewhere else</Say>")
    caller = waits(shop)
    agent = takes(shop)
    agent.talks_to(caller)

    shop.rest("POST", f"Calls/{caller.sid}.json", Url=BASE + "/new")
    caller.hears("somewhere else")
    agent.hears("next one")

    assert shop.pages.last("/after")["QueueResult"] == "redirected-from-bridged"


def test_two_agents_take_two_different_callers() -> None:
    shop = shop_with_queue()
    first, second = waits(shop), waits(shop)

    one, other = takes(shop), shop.sim.client("ben").connect()
    one.talks_to(first)
    other.talks_to(second)

    assert one.hears_nothing_of(second)
    assert other.hears_nothing_of(first)


def test_a_caller_who_hangs_up_during_the_whisper_leaves_the_agent_unbridged() -> None:
    shop = shop_with_queue('url="/whisper"', whisper="<Say>this call is recorded for training</Say>")
    caller = waits(shop)
    agent = takes(shop)
    caller.hears("this call is recorded")

    caller.hangs_up()
    agent.hears("next one")

    assert shop.pages.last("/done")["DialBridged"] == "false"
