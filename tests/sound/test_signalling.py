"""The Voice SDK and its server beyond the plain call: tokens, tabs, drops, lost sound."""

import os
import signal
import threading

from playwright.sync_api import Error

from simulator.sound.protocol import Answered, CameIn, Ended, HangUp, Registered, Ring, Talk
from tests.sound.conftest import AGENT_HERTZ, CALLER_HERTZ
from tests.sound.kernel import APP_SID, Kernel, token
from tests.sound.phone import Phone, new_leg


def test_registering_and_unregistering_are_told(agent: Phone, kernel: Kernel) -> None:
    agent.starts()
    kernel.await_event(Registered, identity="agent", on=True)

    agent.page.evaluate("phone.unregister()")

    kernel.await_event(Registered, identity="agent", on=False)


def test_a_phone_that_may_not_be_called_registers_and_is_not_rung(agent: Phone, kernel: Kernel) -> None:
    voice = {"outgoing": {"application_sid": APP_SID}}
    agent.token = token("agent", grants={"identity": "agent", "voice": voice})
    agent.starts()
    leg = new_leg()

    kernel.send(Ring(leg, "agent", {}))

    kernel.await_event(Ended, leg=leg, why="unreachable")
    agent.calls()


def test_a_bad_token_is_refused_with_its_code(agent: Phone) -> None:
    agent.token = "a.b.c"
    try:
        agent.starts()
        registered = True
    except Error:
        registered = False

    assert not registered
    assert agent.is_told("error") == 20101


def test_a_token_that_runs_out_ends_the_registration_and_a_fresh_one_brings_it_back(agent: Phone) -> None:
    agent.token = token("agent", seconds=5)
    agent.starts()

    agent.is_told("tokenWillExpire")
    assert agent.is_told("error") == 20104
    agent.is_told("unregistered")
    agent.does("updateToken", token("agent"))
    agent.page.evaluate("phone.register()")
    agent.is_told("registered", times=2)


def test_a_new_token_during_a_call_disturbs_nobody(caller: Phone, agent: Phone, kernel: Kernel) -> None:
    caller.starts()
    agent.starts()
    caller.calls()
    agent.is_rung()
    agent.accepts()
    kernel.send(Talk(caller.leg, (agent.leg,)), Talk(agent.leg, (caller.leg,)))

    agent.does("updateToken", token("agent", seconds=1800))

    caller.hears_something()
    assert caller.hears(AGENT_HERTZ, seconds=1) >= 20
    assert agent.page.evaluate("phone.status()") == "open"
    assert not any(isinstance(event, CameIn | Ended) for event in kernel.pending())
    caller.does("hangUp")
    kernel.await_event(Ended, leg=caller.leg)


def test_of_two_tabs_the_first_to_answer_has_the_call(
    agent: Phone, second_tab: Phone, kernel: Kernel
) -> None:
    agent.starts()
    second_tab.starts()
    agent.is_rung()
    second_tab.is_told("incoming")

    second_tab.does("accept")

    kernel.await_event(Answered, leg=agent.leg)
    agent.is_told("cancel")
    second_tab.is_told("accept")
    kernel.send(HangUp(agent.leg))
    second_tab.is_told("disconnect")


def test_a_phone_whose_socket_drops_while_it_rings_can_be_rung_again(agent: Phone, kernel: Kernel) -> None:
    agent.starts()
    agent.is_rung()
    agent.does("dropSocket")
    kernel.await_event(Ended, leg=agent.leg, why="unreachable")
    agent.is_told("registered", times=2)

    agent.is_rung(times=2)
    agent.accepts()


def test_giving_up_before_the_answer_ends_the_call(caller: Phone, kernel: Kernel) -> None:
    caller.starts()
    caller.page.evaluate("phone.connect({})")
    came_in = kernel.await_event(CameIn)

    caller.does("hangUp")

    kernel.await_event(Ended, leg=came_in.invite, why="hung_up")


def test_sound_that_was_lost_comes_back_over_a_fresh_connection(
    caller: Phone, agent: Phone, kernel: Kernel
) -> None:
    caller.starts()
    agent.starts()
    caller.calls()
    agent.is_rung()
    agent.accepts()
    kernel.send(Talk(caller.leg, (agent.leg,)), Talk(agent.leg, (caller.leg,)))
    caller.hears_something()
    caller.page.wait_for_function("phone.age() > 6000")

    _sleeps(kernel, 7.0)
    assert caller.is_told("reconnecting", seconds=15) == 53405

    caller.is_told("reconnected", seconds=15)
    caller.hears_something()
    assert caller.hears(AGENT_HERTZ, seconds=1) >= 20
    assert agent.hears(CALLER_HERTZ, seconds=1) >= 20
    assert not any(isinstance(event, Ended) for event in kernel.pending())
    kernel.send(HangUp(caller.leg), HangUp(agent.leg))


def test_an_unanswered_call_can_be_taken_by_another_device(
    agent: Phone, second_tab: Phone, kernel: Kernel
) -> None:
    agent.starts()
    second_tab.starts(allowIncomingWhileBusy=False)
    second_tab.page.evaluate("phone.unregister()")
    leg = new_leg()
    kernel.send(Ring(leg, "agent", {"CallSid": leg, "From": "+15550100"}))
    agent.is_told("incoming")

    second_tab.does("takeOver", agent.page.evaluate("phone.connectToken()"))

    kernel.await_event(Answered, leg=leg)
    second_tab.is_told("accept")
    kernel.send(HangUp(leg))
    second_tab.is_told("disconnect")


def _sleeps(kernel: Kernel, seconds: float) -> None:
    """The media process stands still for so long, as on a machine that is out of breath."""
    pid = kernel.media.process.pid
    os.kill(pid, signal.SIGSTOP)
    threading.Timer(seconds, os.kill, (pid, signal.SIGCONT)).start()
