"""Two people with the real Voice SDK in real browsers talk through the mixer."""

import pytest

from simulator.sound.audible import Tone
from simulator.sound.protocol import (
    CameIn,
    Ended,
    HangUp,
    Hear,
    Hush,
    Open,
    Pressed,
    Refuse,
    Ring,
    Say,
    Talk,
    Tell,
    Told,
)
from tests.sound.conftest import AGENT_HERTZ, CALLER_HERTZ
from tests.sound.hearing import comes_to_hear
from tests.sound.kernel import APP_SID, Kernel
from tests.sound.phone import Phone, new_leg

KEY_5 = (770.0, 1336.0)


@pytest.fixture
def talking(caller: Phone, agent: Phone, kernel: Kernel) -> None:
    """The caller called, the agent was rung and accepted, both are in one room."""
    caller.starts()
    agent.starts()
    caller.calls(To="+15550001111")
    agent.is_rung(From="+15550100", To="client:agent")
    agent.accepts()
    kernel.send(Talk(caller.leg, (agent.leg,)), Talk(agent.leg, (caller.leg,)))
    agent.hears_something()
    caller.hears_something()


def test_a_browsers_call_arrives_with_its_identity_app_and_params(caller: Phone) -> None:
    caller.starts()

    came_in = caller.calls(To="+15550001111", note="Zoë & Co")

    assert came_in.identity == "caller"
    assert came_in.app_sid == APP_SID
    assert came_in.params == {"To": "+15550001111", "note": "Zoë & Co"}
    assert caller.page.evaluate("phone.sid()") == caller.leg


def test_a_rung_phone_sees_who_calls_and_the_custom_parameters(agent: Phone) -> None:
    agent.starts()

    told = agent.is_rung(From="+15550100", To="client:agent", Params="ticket=T-17&name=Zo%C3%AB+%26+Co")

    assert told["parameters"]["From"] == "+15550100"
    assert told["custom"] == {"ticket": "T-17", "name": "Zoë & Co"}


@pytest.mark.usefixtures("talking")
def test_both_hear_each_other(caller: Phone, agent: Phone) -> None:
    assert caller.hears(AGENT_HERTZ) >= 20
    assert agent.hears(CALLER_HERTZ) >= 20


@pytest.mark.usefixtures("talking")
def test_a_muted_microphone_is_not_heard(caller: Phone, agent: Phone) -> None:
    agent.does("mute", True)

    caller.falls_silent()
    assert caller.loudness() < -60
    assert agent.hears(CALLER_HERTZ, seconds=1) >= 20

    agent.does("mute", False)
    caller.hears_something()


@pytest.mark.usefixtures("talking")
def test_who_hears_whom_is_settled_one_way_at_a_time(caller: Phone, agent: Phone, kernel: Kernel) -> None:
    kernel.send(Talk(caller.leg, ()))

    caller.falls_silent()
    assert caller.loudness() < -60
    assert agent.hears(CALLER_HERTZ, seconds=1) >= 20


@pytest.mark.usefixtures("talking")
def test_on_hold_neither_hears_the_other_and_the_caller_hears_the_hold_sound(
    caller: Phone, agent: Phone, kernel: Kernel
) -> None:
    kernel.send(Hear(caller.leg, "hold", (Tone(440, 1.0),), loop=True), Hush(agent.leg))

    agent.falls_silent()
    assert caller.hears(440.0) >= 20
    assert agent.loudness() < -60

    kernel.send(Talk(caller.leg, (agent.leg,)), Talk(agent.leg, (caller.leg,)))
    agent.hears_something()
    assert caller.hears(AGENT_HERTZ, seconds=1) >= 20


@pytest.mark.usefixtures("talking")
def test_keys_pressed_on_either_side_are_reported_once_each_and_heard(
    caller: Phone, agent: Phone, kernel: Kernel
) -> None:
    caller.does("press", "12w3#*")
    agent.does("press", "90")

    for digit in "123#*":
        kernel.await_event(Pressed, leg=caller.leg, digits=digit)
    for digit in "90":
        kernel.await_event(Pressed, leg=agent.leg, digits=digit)
    agent.does("mute", True)
    agent.does("press", "5")
    assert caller.hears(*KEY_5, seconds=1, enough=6) >= 6
    kernel.await_event(Pressed, leg=agent.leg, digits="5")
    assert [event for event in kernel.pending() if isinstance(event, Pressed)] == []


def test_keys_sent_as_a_message_are_reported_too(caller: Phone, kernel: Kernel) -> None:
    caller.starts()
    caller.calls()

    caller.does("pressByMessage", "4w2")

    kernel.await_event(Pressed, leg=caller.leg, digits="4")
    kernel.await_event(Pressed, leg=caller.leg, digits="2")


@pytest.mark.usefixtures("talking")
def test_either_side_can_hang_up(caller: Phone, agent: Phone, kernel: Kernel) -> None:
    caller.does("hangUp")
    kernel.await_event(Ended, leg=caller.leg, why="hung_up")
    kernel.send(HangUp(agent.leg))

    agent.is_told("disconnect")
    assert "call error" not in agent.was_told()


def test_a_call_refused_is_an_error_on_the_phone(caller: Phone, kernel: Kernel) -> None:
    caller.starts()
    caller.page.evaluate("phone.connect({})")
    kernel.send(Refuse(kernel.await_event(CameIn).invite, 31486, "Busy Here"))

    assert caller.is_told("call error") == 31005
    caller.is_told("disconnect")


def test_declining_and_giving_up_are_told_to_the_other_side(agent: Phone, kernel: Kernel) -> None:
    agent.starts()
    agent.is_rung(From="+15550100")
    agent.does("reject")
    kernel.await_event(Ended, leg=agent.leg, why="declined")

    agent.is_rung(times=2, From="+15550100")
    kernel.send(HangUp(agent.leg))
    agent.is_told("cancel")


def test_a_phone_that_is_not_there_cannot_be_rung(kernel: Kernel) -> None:
    kernel.send(Ring("CA" + "f" * 32, "nobody", {}))

    kernel.await_event(Ended, leg="CA" + "f" * 32, why="unreachable")


@pytest.mark.usefixtures("talking")
def test_a_dropped_socket_is_taken_up_again_and_the_sound_goes_on(
    caller: Phone, agent: Phone, kernel: Kernel
) -> None:
    agent.does("dropSocket")

    assert agent.is_told("reconnecting") == 53001
    agent.is_told("reconnected")
    assert caller.hears(AGENT_HERTZ, seconds=1) >= 20
    assert [event for event in kernel.pending() if isinstance(event, Ended)] == []
    agent.does("hangUp")
    kernel.await_event(Ended, leg=agent.leg, why="hung_up")


@pytest.mark.usefixtures("talking")
def test_a_closed_page_hangs_up_and_a_killed_one_vanishes(
    caller: Phone, agent: Phone, kernel: Kernel
) -> None:
    caller.page.goto("about:blank")
    kernel.await_event(Ended, leg=caller.leg, why="hung_up")

    agent.kill()
    kernel.await_event(Ended, leg=agent.leg, why="vanished")


@pytest.mark.usefixtures("talking")
def test_messages_go_both_ways(agent: Phone, kernel: Kernel) -> None:
    agent.does("say", {"a": 1})
    assert kernel.await_event(Told, leg=agent.leg).content == '{"a": 1}'
    agent.is_told("messageSent")

    kernel.send(Tell(agent.leg, "hello", content_type="text/plain"))
    assert agent.is_told("message") == "hello"


@pytest.mark.usefixtures("talking")
def test_three_in_a_room_hear_the_two_others(caller: Phone, agent: Phone, kernel: Kernel) -> None:
    third = new_leg()
    kernel.send(Open(third), Say(third, (Tone(880, 30),)))
    kernel.send(Talk(caller.leg, (agent.leg, third)), Talk(agent.leg, (caller.leg, third)))

    comes_to_hear(caller.page, AGENT_HERTZ, 880.0)
    assert caller.hears(AGENT_HERTZ, 880.0) >= 20
    assert agent.hears(CALLER_HERTZ, 880.0) >= 20
    kernel.send(HangUp(third))
