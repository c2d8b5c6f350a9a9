"""Out of hours: a customer leaves a message by speaking, and it is heard on its ticket."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import CALLER_HERTZ
from tests.browser.desk import Desk
from tests.browser.stack import LANTERN, Whole
from tests.patience import PATIENCE
from tests.sound.customer import Customer
from voice import models


def test_a_message_that_was_spoken_out_of_hours_is_heard_on_its_ticket(
    customer: Customer, new_desk: Callable[..., Desk], stack: Whole
) -> None:
    desk = new_desk()
    with stack.rt.write() as tx:
        tx.add(models.Membership(merchant_id="lantern", user_id=f"us_{desk.name}", role="agent"))

    customer.dials(LANTERN)
    customer.talks()
    customer.comes_to_hear(1000)  # the tone after the announcement
    customer.page.wait_for_timeout(3_000)  # the message itself
    customer.presses("#")
    customer.is_free()

    desk.goes("Missed")
    voicemail = desk.page.locator("tbody tr").filter(has_text="Lantern Books")
    for _ in range(20):
        if voicemail.get_by_role("link").count():
            break
        desk.page.wait_for_timeout(500)
        desk.page.reload()
    expect(voicemail).to_contain_text("Voicemail")
    voicemail.get_by_role("link").click()
    player = desk.page.locator(".player").filter(has_text="Voicemail")
    expect(player.locator("audio")).to_be_visible(timeout=PATIENCE)
    expect(player.locator(".wave")).to_be_visible(timeout=PATIENCE)
    assert desk.hears_message(player, CALLER_HERTZ) >= 20
    sound = player.locator("audio")
    assert sound.evaluate("async (sound) => { await sound.play(); return sound.duration }") > 1.5
    player.get_by_role("button", name="1.5×").click()
    assert sound.evaluate("(sound) => sound.playbackRate") == 1.5
    player.locator(".wave").click(position={"x": 2, "y": 10})
    assert sound.evaluate("(sound) => sound.currentTime / sound.duration") < 0.3
