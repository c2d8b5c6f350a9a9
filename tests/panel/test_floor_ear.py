"""The bar of a supervisor who is in a talk: what is clicked last counts, and no click is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.panel.build import account, bump, call, person, shop, waiting
from tests.panel.site import Site, site
from tests.panel.visitors import Visitors
from tests.patience import PATIENCE
from voice.models import Participation, Supervision

A_PHONE = """async () => {
    const { SdkLine } = await import("/assets/phone_sdk.js");
    window.Twilio = {};
    window.mutes = [];
    Object.assign(SdkLine.prototype, {
        openMicrophone() {}, closeMicrophone() {}, hangUp() {}, async connect() {},
        mute(muted) { window.mutes.push(muted); },
    });
}"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as served:
        shop(served.rt, "northwind", "Northwind Outfitters")
        account(served.rt)
        person(served.rt, "ann", "northwind")
        person(served.rt, "sue", "northwind", role="supervisor", desk=False)
        call(served.rt, "northwind", "ca_1")
        bump(served.rt, "us_ann", state="on_call")
        with served.rt.write() as tx:
            tx.add(
                Participation(
                    merchant_id="northwind",
                    id="pa_1",
                    call_id="ca_1",
                    waiting_id=None,
                    offer_id=None,
                    agent_id="us_ann",
                    state="talking",
                    assignment=1,
                    room="room_1",
                    leg_sid="CA" + "1" * 32,
                    began_at=served.rt.now(),
                    joined_at=served.rt.now(),
                )
            )
        yield served


@pytest.fixture
def floor(visitors: Visitors) -> Page:
    """The floor, on which Sue has barged in to the talk of Ann."""
    page = visitors.opens("floor", "sue")
    page.evaluate(A_PHONE)
    page.get_by_role("button", name="Listen to Ann", exact=True).click(timeout=PATIENCE)
    page.locator("#floor-ear").get_by_role("button", name="Barge in").click(timeout=PATIENCE)
    expect(page.locator("#floor-ear")).to_contain_text("You are in the call of Ann", timeout=PATIENCE)
    page.wait_for_function("window.mutes.at(-1) === false", timeout=PATIENCE)
    return page


def test_a_snapshot_from_before_the_click_does_not_open_the_microphone(floor: Page, here: Site) -> None:
    floor.route("**/api/supervision/ca_1", lambda route: route.fulfill(json={"offer": "sv_1"}))
    floor.locator("#floor-ear").get_by_role("button", name="Listen").click()
    floor.wait_for_function("window.mutes.at(-1) === true", timeout=PATIENCE)
    call(here.rt, "northwind", "ca_2")
    waiting(here.rt, "northwind", "ca_2")
    bump(here.rt, "us_ann")
    here.rt.nudge("desks")
    expect(floor.locator("[data-table=waiting] tbody tr")).to_be_visible(timeout=PATIENCE)

    assert floor.evaluate("window.mutes.at(-1)") is True


def test_a_click_on_leave_is_not_lost_when_the_phone_tells_of_itself_meanwhile(
    floor: Page, here: Site
) -> None:
    floor.locator("#floor-ear").get_by_role("button", name="Leave").hover()
    floor.mouse.down()
    floor.evaluate("""async () => (await import("/assets/floor_ear.js")).ear.hear("ca_1", "barged")""")
    floor.mouse.up()

    expect(floor.locator("#floor-ear")).to_be_hidden(timeout=PATIENCE)
    with here.rt.store.read() as tx:
        assert tx.scalar(select(Supervision.state)) == "ended"
