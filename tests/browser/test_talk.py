"""A customer and an agent talk, each in a real browser with the real Voice SDK, through all of Ringdesk."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AGENT_HERTZ, CALLER_HERTZ, rings
from tests.browser.desk import Desk, falls_silent
from tests.browser.stack import Whole
from tests.patience import PATIENCE
from tests.sound.customer import Customer
from voice.refusals import Refused

KEY_5 = (770.0, 1336.0)
OPEN_SOCKETS = "() => socketsForTest.filter((socket) => socket.readyState === WebSocket.OPEN).length"
LIVE_MICROPHONES = "() => microphonesForTest.filter((one) => one.getTracks().some((track) => track.readyState === 'live')).length"


def is_heard(page: Page, other: Desk | Customer) -> bool:
    """Whether a key pressed here sounds there; a short tone may be missed by a busy machine's ear, so it is pressed again."""
    for _ in range(5):
        page.keyboard.press("5")
        if other.hears(*KEY_5, seconds=1, enough=6) >= 6:
            return True
    return False


@pytest.mark.usefixtures("talking")
def test_they_hear_each_other_and_on_hold_only_music_is_heard(desk: Desk, customer: Customer) -> None:
    assert customer.hears(AGENT_HERTZ) >= 20
    assert desk.hears(CALLER_HERTZ) >= 20

    desk.clicks("Hold")
    desk.shows("On hold: the caller hears music")
    desk.falls_silent()
    customer.hears_something()
    assert customer.hears(AGENT_HERTZ, seconds=1.5) < 0
    assert desk.loudness() < -60

    desk.clicks("Resume")
    customer.comes_to_hear(AGENT_HERTZ)
    desk.comes_to_hear(CALLER_HERTZ)


@pytest.mark.usefixtures("talking")
def test_a_muted_agent_is_not_heard_and_hears(desk: Desk, customer: Customer) -> None:
    desk.clicks("Mute")

    desk.shows("Muted: the caller does not hear you")
    expect(desk.phone.get_by_role("button", name="Unmute")).to_have_attribute("aria-pressed", "true")
    falls_silent(customer.page)
    assert desk.hears(CALLER_HERTZ, seconds=1) >= 20

    desk.clicks("Unmute")
    customer.comes_to_hear(AGENT_HERTZ)


@pytest.mark.usefixtures("talking")
def test_keys_are_heard_both_ways(desk: Desk, customer: Customer) -> None:
    desk.clicks("Keypad")
    desk.clicks("Mute")
    falls_silent(customer.page)
    desk.phone.get_by_role("button", name="4", exact=True).click()
    expect(desk.phone.get_by_label("Keys pressed")).to_have_text("4")
    assert is_heard(desk.page, customer)
    expect(desk.phone.get_by_label("Keys pressed")).to_have_text(re.compile("^45+$"))

    customer.clicks("Mute")
    desk.falls_silent()
    assert is_heard(customer.page, desk)


@pytest.mark.usefixtures("talking")
def test_the_agent_ends_the_call_and_the_ticket_plays_both_voices(
    desk: Desk, customer: Customer, stack: Whole
) -> None:
    customer.hears(AGENT_HERTZ, seconds=2.0)
    desk.clicks("End call")

    customer.is_free()
    desk.shows("Wrap-up")
    assert "ending_triggered" in stack.facts(stack.last_call())
    desk.phone.get_by_role("link", name="Ticket").click()
    player = desk.page.locator(".player")
    expect(player.locator("audio")).to_be_attached(timeout=PATIENCE)
    assert desk.plays(player, CALLER_HERTZ, AGENT_HERTZ) >= 20
    desk.phone.get_by_role("button", name="Ready for the next call").click()
    desk.goes("Desk")
    desk.shows("Waiting for a call")


@pytest.mark.usefixtures("talking")
def test_the_caller_hangs_up(desk: Desk, customer: Customer) -> None:
    customer.clicks("Hang up")

    desk.shows("Wrap-up")
    expect(desk.page.locator("#status")).to_contain_text("Wrap-up")
    desk.clicks("Ready for the next call")
    desk.shows(re.compile("Waiting for a call"))


def test_a_caller_who_gives_up_stops_the_ring(desk: Desk, customer: Customer) -> None:
    rings(desk, customer)
    assert desk.rings_aloud()

    customer.clicks("Hang up")

    desk.shows("Waiting for a call")
    assert not desk.rings_aloud()


def test_what_a_call_needs_is_there_before_the_first_click(
    customer: Customer, new_desk: Callable[..., Desk]
) -> None:
    desk = new_desk().starts_shift()
    desk.phone.get_by_role("button", name="Done").click()  # the sound check has a microphone of its own
    desk.page.wait_for_function(f"() => ({OPEN_SOCKETS})() === 1", timeout=PATIENCE)
    assert desk.page.evaluate(LIVE_MICROPHONES) == 0
    rings(desk, customer)
    opened = desk.page.evaluate("() => microphonesForTest.length")

    desk.accepts()

    desk.comes_to_hear(CALLER_HERTZ)
    assert desk.page.evaluate("() => socketsForTest.length") == 1
    assert desk.page.evaluate("() => microphonesForTest.length") == opened + 1
    desk.clicks("End call")
    desk.page.wait_for_function(f"() => ({LIVE_MICROPHONES})() === 0", timeout=PATIENCE)


def test_who_was_not_fast_enough_lets_the_microphone_go(
    desk: Desk, customer: Customer, monkeypatch: pytest.MonkeyPatch, complaints: list[str]
) -> None:
    def claim(*_given: object) -> None:
        raise Refused("taken", "A colleague was faster.")

    rings(desk, customer)
    monkeypatch.setattr("voice.offers.claim", claim)

    desk.clicks("Accept")

    expect(desk.page.locator("#toasts")).to_contain_text("A colleague was faster.", timeout=PATIENCE)
    desk.page.wait_for_function(f"() => ({LIVE_MICROPHONES})() === 0", timeout=PATIENCE)
    monkeypatch.undo()
    complaints.clear()  # the browser tells of the 409
    desk.clicks("Decline")
