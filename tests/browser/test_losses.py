"""What goes wrong in the middle of a talk, and how the caller is kept."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import AGENT_HERTZ, CALLER_HERTZ
from tests.browser.desk import Desk
from tests.browser.stack import Whole
from tests.patience import PATIENCE
from tests.sound.customer import Customer
from voice import vanishing


@pytest.mark.usefixtures("talking")
def test_a_dropped_socket_is_taken_up_again_and_the_talk_goes_on(
    desk: Desk, customer: Customer, stack: Whole
) -> None:
    desk.drops_sockets()

    desk.shows("It is being taken up again")
    expect(desk.phone.locator(".notice")).to_have_count(0, timeout=PATIENCE)
    assert customer.hears(AGENT_HERTZ, seconds=1) >= 20
    assert "agent_vanished" not in stack.facts(stack.last_call())
    desk.clicks("End call")
    customer.is_free()


@pytest.mark.usefixtures("talking")
def test_after_a_reload_the_desk_is_back_in_the_same_call(
    desk: Desk, customer: Customer, stack: Whole
) -> None:
    call = stack.last_call()

    desk.reloads()

    desk.talks()
    customer.comes_to_hear(AGENT_HERTZ)
    desk.comes_to_hear(CALLER_HERTZ)
    assert stack.last_call().id == call.id
    assert "requeued" not in stack.facts(call)
    desk.clicks("Mute")
    desk.shows("Muted")


@pytest.mark.usefixtures("talking")
def test_when_the_tab_is_killed_the_caller_hears_music_and_the_next_tab_takes_the_call_again(
    desk: Desk, customer: Customer, new_desk: Callable[..., Desk], stack: Whole
) -> None:
    desk.is_killed()
    for _ in range(20):
        if customer.hears(AGENT_HERTZ, seconds=0.5) < 0:
            break
    customer.hears_something()

    again = new_desk(desk, same_browser=True)

    again.talks()
    again.comes_to_hear(CALLER_HERTZ)
    customer.comes_to_hear(AGENT_HERTZ)
    facts = stack.facts(stack.last_call())
    assert "agent_vanished" in facts
    assert "agent_rejoined" in facts


def test_when_nobody_comes_back_the_caller_is_offered_to_a_colleague(
    desk: Desk,
    customer: Customer,
    new_desk: Callable[..., Desk],
    talking: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vanishing, "REJOIN_SECONDS", 1.0)
    colleague = new_desk().starts_shift()

    desk.is_killed()

    colleague.is_rung()
    colleague.shows("Lost in the middle of a talk")
    colleague.accepts()
    colleague.comes_to_hear(CALLER_HERTZ)
    customer.comes_to_hear(AGENT_HERTZ)
