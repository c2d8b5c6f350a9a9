"""What the phone does when the telephone network turns its token away."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import CALLER_HERTZ, rings
from tests.browser.desk import Desk
from tests.browser.stack import Whole
from tests.patience import PATIENCE
from tests.sound.customer import Customer

OPEN = "(socket) => socket.readyState === WebSocket.OPEN"


def test_a_token_that_ran_out_is_replaced_and_the_next_call_connects(
    new_desk: Callable[..., Desk], customer: Customer, stack: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("panel.api.desk.LIFE_SECONDS", 4)
    desk = new_desk().starts_shift()
    desk.page.wait_for_function(f"() => socketsForTest.some({OPEN})", timeout=PATIENCE)
    monkeypatch.undo()

    desk.page.wait_for_function(
        f"() => socketsForTest.length === 2 && ({OPEN})(socketsForTest[1])", timeout=PATIENCE
    )
    rings(desk, customer)
    desk.accepts()
    desk.comes_to_hear(CALLER_HERTZ)
    assert desk.page.evaluate("() => socketsForTest.length") == 2


def test_a_phone_that_no_token_helps_says_so_and_does_not_ask_in_a_loop(
    new_desk: Callable[..., Desk], customer: Customer, stack: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("panel.api.desk.access_token", lambda *_given, **_more: "a.b.c")
    desk, asked = new_desk(), []
    desk.page.on("request", lambda sent: asked.append(sent.url) if sent.url.endswith("/api/token") else None)
    desk.starts_shift()
    rings(desk, customer)

    desk.clicks("Accept")

    desk.shows("You are away: no connection")
    desk.shows("The phone's sign-in was not accepted.")
    assert stack.row(f"us_{desk.name}").state == "away"
    assert len(asked) <= 4
    customer.hears_something()
