"""One phone in each browser: other tabs follow, and say where it is."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import AGENT_HERTZ, CALLER_HERTZ, rings
from tests.browser.desk import Desk, falls_silent
from tests.patience import PATIENCE
from tests.sound.customer import Customer


def test_a_second_tab_says_where_the_phone_is_and_works_it(
    desk: Desk, customer: Customer, new_desk: Callable[..., Desk]
) -> None:
    second = new_desk(desk, same_browser=True)
    second.shows("The phone is in another tab of this browser.")
    rings(desk, customer)
    assert desk.rings_aloud()
    assert not second.rings_aloud()

    second.accepts()

    desk.comes_to_hear(CALLER_HERTZ)
    customer.comes_to_hear(AGENT_HERTZ)
    second.clicks("Mute")
    falls_silent(customer.page)
    desk.shows("Muted: the caller does not hear you")
    second.clicks("End call")
    customer.is_free()


def test_the_phone_moves_to_another_tab_on_a_click(
    desk: Desk, customer: Customer, new_desk: Callable[..., Desk]
) -> None:
    second = new_desk(desk, same_browser=True)

    second.clicks("Move it here")

    desk.shows("The phone is in another tab of this browser.")
    expect(second.phone).not_to_contain_text("another tab", timeout=PATIENCE)
    rings(second, customer)
    assert second.rings_aloud()
    assert not desk.rings_aloud()
    desk.accepts()
    second.comes_to_hear(CALLER_HERTZ)


def test_another_browser_does_not_take_a_talk_away_unasked(
    desk: Desk, customer: Customer, talking: None, new_desk: Callable[..., Desk]
) -> None:
    other = new_desk(desk)
    other.shows("Your phone is in another browser.")
    assert customer.hears(AGENT_HERTZ, seconds=1) >= 20

    other.clicks("Talk here")

    other.comes_to_hear(CALLER_HERTZ)
    desk.shows("Your phone is")
    customer.comes_to_hear(AGENT_HERTZ)
