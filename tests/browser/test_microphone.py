"""Without a microphone nobody is available, and the desk says how to get it back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CALLER_HERTZ, rings
from tests.browser.desk import Desk
from tests.browser.stack import Whole
from tests.patience import PATIENCE
from tests.sound.customer import Customer


def test_who_denies_the_microphone_stays_off_shift_with_help(
    new_desk: Callable[..., Desk], stack: Whole
) -> None:
    desk = new_desk(allowed=False)

    desk.clicks("Start shift")

    desk.shows("The microphone is not allowed")
    desk.shows("Click the symbol left of the address.")
    assert stack.row(f"us_{desk.name}").state == "offline"

    desk.context.grant_permissions(["microphone"])
    desk.clicks("Start shift")
    desk.shows("Waiting for a call")


def test_who_takes_the_microphone_back_is_away_until_it_is_given_again(desk: Desk, stack: Whole) -> None:
    desk.is_spoilt = True
    desk.context.clear_permissions()
    desk.reloads()

    desk.shows("The microphone is not allowed")
    expect(desk.page.locator("#status")).to_contain_text("Away · no microphone", timeout=PATIENCE)
    assert stack.row(f"us_{desk.name}").state == "away"

    desk.context.grant_permissions(["microphone"])
    desk.clicks("Take calls again")
    desk.shows("Waiting for a call")


def test_the_sound_check_shows_the_voice_and_rings(desk: Desk) -> None:
    check = desk.phone.get_by_role("region", name="Sound check")
    expect(check).to_be_visible()
    loud = "() => Number(document.querySelector('.check .scale i').style.getPropertyValue('--level')) > 0.5"
    desk.page.wait_for_function(loud, timeout=PATIENCE)

    check.get_by_role("button", name="Done").click()

    expect(check).to_be_hidden()
    desk.clicks("Sound check")
    expect(check).to_be_visible()


def test_a_page_hidden_for_ten_minutes_stays_available_and_is_taken_into_a_call(
    desk: Desk, customer: Customer, stack: Whole
) -> None:
    """A hidden page's timers may stand still; answers to the server's pings, rings and calls must not need them."""
    page = desk.page
    desk.freezes()
    with page.expect_response("**/pong", timeout=PATIENCE):
        pass
    page.clock.fast_forward("10:00")
    assert stack.row(f"us_{desk.name}").state == "available"

    rings(desk, customer)
    page.clock.resume()
    desk.accepts()
    desk.comes_to_hear(CALLER_HERTZ)


def test_the_phone_signs_in_anew_at_half_of_its_tokens_life(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, asked = desk.page, []
    desk.is_spoilt = True
    page.clock.install()
    page.on("request", lambda sent: asked.append(sent.url) if sent.url.endswith("/api/token") else None)
    desk.signs_in_again()
    assert len(asked) == 1
    page.clock.run_for(60_000)
    assert len(asked) == 1

    monkeypatch.setattr("panel.api.desk.LIFE_SECONDS", 4)
    desk.signs_in_again()
    with page.expect_response("**/api/token", timeout=PATIENCE):
        page.clock.run_for(25_000)


def test_in_a_call_a_token_is_renewed_only_when_ten_minutes_are_left(desk: Desk) -> None:
    """A new token makes the SDK sign in again, which may cost a second of sound."""
    is_due = """async () => {
      const { isDue } = await import("/assets/phone_tokens.js");
      const token = { from: 0, until: 14400 };
      return [isDue(token, false, 7199), isDue(token, false, 7200), isDue(token, true, 13799), isDue(token, true, 13801)];
    }"""

    assert desk.page.evaluate(is_due) == [False, True, False, True]
