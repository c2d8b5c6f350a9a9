"""The pages in a real browser: the desk rings, one tab has the phone, and everybody can read and reach everything."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from tests.panel.build import PASSWORD, account, bump, call, person, shop, ticket
from tests.panel.rings import offer_to, read, talk_of
from tests.panel.site import Site, site
from tests.patience import PATIENCE
from tests.recordings.processes import until
from voice.models import Agent, Offer, Participation
from voice.moves import move

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
TWILIO = "wss://voice-js.roaming.twilio.com/"
PICTURES = os.environ.get("PICTURES")  # a folder that keeps a screenshot of each page looked at


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as served:
        shop(served.rt, "northwind", "Northwind Outfitters")
        shop(served.rt, "marlow", "Marlow & Daughters Fine Furniture and Upholstery")
        person(served.rt, "ann", "northwind", "marlow", state="offline")
        account(served.rt)
        yield served


@pytest.fixture
def faults() -> list[str]:
    """What browsers complained of: errors on the console, broken policies, requests to strangers."""
    return []


@pytest.fixture
def desk(browser: Browser, here: Site, faults: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens Ann's desk in a browser; in the same browser when given one."""
    contexts: list[BrowserContext] = []

    def open_desk(context: BrowserContext | None = None, **options: Any) -> Page:
        known = context is not None
        if context is None:
            context = browser.new_context(**options)
            contexts.append(context)
        page = context.new_page()
        watch(page, here, faults)
        page.goto(f"{here.address}/desk")
        if not known:
            page.fill("#email", "ann@example.com")
            page.fill("#password", PASSWORD)
            page.get_by_role("button", name="Sign in").click()
        expect(page.locator("#phone [data-do], #phone h2").first).to_be_visible()
        return page

    yield open_desk
    for context in contexts:
        context.close()
    assert faults == []


def watch(page: Page, here: Site, faults: list[str]) -> None:
    def note(kind: str, text: str) -> None:
        # No Twilio is here: the phone tries to reach it from the start of the shift, and the browser says it cannot.
        if kind in ("error", "warning") and TWILIO not in text:
            faults.append(f"{kind}: {text}")

    page.on("console", lambda said: note(said.type, said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    ours = (here.address, here.rt.settings.push_address)
    page.on(
        "request",
        lambda sent: None if sent.url.startswith(ours) else faults.append(f"a stranger: {sent.url}"),
    )


def middle_of(page: Page, selector: str) -> int:
    """How far down it is, in pixels; asked at one moment, for the page may draw it anew meanwhile."""
    middle = "(one) => { const box = document.querySelector(one).getBoundingClientRect(); return box.y + box.height / 2; }"
    down: float = page.evaluate(middle, f"{selector} summary")
    return round(down)


def test_nothing_is_redrawn_under_a_button_that_is_pressed(desk: Callable[..., Page]) -> None:
    page = desk()
    page.get_by_role("button", name="Start shift").hover()
    page.mouse.down()
    put_off = page.evaluate(
        """async () => {
            const { isPressed } = await import("/assets/pressed.js");
            window.drawn = 0;
            return isPressed(() => { window.drawn += 1; }) && window.drawn === 0;
        }"""
    )
    page.mouse.up()

    assert put_off
    page.wait_for_function("window.drawn === 1", timeout=PATIENCE)
    expect(page.locator("#status")).to_contain_text("Available")


def test_the_desk_starts_a_shift_rings_confirms_and_declines(desk: Callable[..., Page], here: Site) -> None:
    page = desk()
    page.locator("#phone").get_by_role("button", name="Start shift").click()
    expect(page.locator("#status")).to_contain_text("Available")

    offer_to(here.rt)

    card = page.locator("#phone")
    expect(card).to_contain_text("Northwind Outfitters")
    expect(card).to_contain_text("+1 202-555-0188")
    expect(page.get_by_role("alert").filter(has_text="Incoming call for Northwind")).to_have_count(1)
    expect(card.locator("[data-bar]")).to_have_count(1)  # drawn once the server has the desk's confirmation
    expect(page).to_have_title("☎ +1 202-555-0188 for Northwind Outfitters — Desk · Ringdesk")
    assert read(here.rt, Offer.state) == "ringing"

    card.get_by_role("button", name="Decline").click()

    expect(card).to_contain_text("Waiting for a call")
    expect(page).to_have_title("Desk · Ringdesk")
    assert read(here.rt, Offer.state) == "declined"


def test_the_tab_tells_of_the_ring_on_whichever_page_the_agent_opens_meanwhile(
    desk: Callable[..., Page], here: Site
) -> None:
    page = desk()
    page.locator("#phone").get_by_role("button", name="Start shift").click()
    expect(page.locator("#status")).to_contain_text("Available")
    offer_to(here.rt)
    expect(page).to_have_title("☎ +1 202-555-0188 for Northwind Outfitters — Desk · Ringdesk")

    page.get_by_role("link", name="Tickets", exact=True).click()

    expect(page.locator("#main[data-page=tickets]")).to_be_visible()
    expect(page).to_have_title("☎ +1 202-555-0188 for Northwind Outfitters — Tickets · Ringdesk")
    page.locator("#phone").get_by_role("button", name="Decline").click()
    expect(page).to_have_title("Tickets · Ringdesk")


def test_the_phone_lives_on_while_pages_change_and_the_stream_stays_one(
    desk: Callable[..., Page], here: Site
) -> None:
    page = desk()
    bump(here.rt, "us_ann", state="available")
    offer_to(here.rt)
    expect(page.locator("#phone")).to_contain_text("Incoming call")
    page.evaluate("() => { window.mark = document.getElementById('phone') }")

    for name, heading in (
        ("Tickets", "Tickets"),
        ("Missed", "Missed calls and voicemails"),
        ("Desk", "Desk"),
    ):
        page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_attached()
        expect(page.locator("#phone").get_by_role("button", name="Accept")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Missed calls and voicemails")).to_be_visible()

    assert page.evaluate("() => window.mark === document.getElementById('phone')")
    assert len(here.push.streams) == 1


def test_one_tab_has_the_phone_and_the_next_takes_over_when_it_closes(
    desk: Callable[..., Page], here: Site
) -> None:
    first = desk()
    second = desk(first.context)
    bump(here.rt, "us_ann", state="available")
    here.rt.nudge("desks")
    for page in (first, second):
        expect(page.locator("#phone")).to_contain_text("Waiting for a call")
    assert len(here.push.streams) == 1

    first.close()
    offer_to(here.rt)

    expect(second.locator("#phone")).to_contain_text("Incoming call")
    expect(second.locator("#phone [data-bar]")).to_have_count(1)


def test_a_click_in_any_tab_is_the_desks(desk: Callable[..., Page], here: Site) -> None:
    first = desk()
    second = desk(first.context)

    second.locator("#phone").get_by_role("button", name="Start shift").click()

    expect(first.locator("#phone")).to_contain_text("Waiting for a call")


def test_a_lost_server_is_said_and_forgotten_when_it_is_back(
    desk: Callable[..., Page], here: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk()
    page.clock.install()
    monkeypatch.setattr(here.push.streams, "ping", lambda _now: None)
    page.clock.run_for(14_000)
    expect(page.locator("#stale")).to_contain_text("No word from the server")

    bump(here.rt, "us_ann", state="away", reason="lunch")
    here.rt.nudge("desks")

    expect(page.locator("#phone")).to_contain_text("You are away: lunch")
    page.clock.run_for(1_000)
    expect(page.locator("#stale")).to_be_hidden()


def test_a_page_hidden_for_ten_minutes_stays_available(desk: Callable[..., Page], here: Site) -> None:
    """Pongs answer pings of the stream, so they do not depend on timers that browsers slow down in hidden pages."""
    page = desk()
    bump(here.rt, "us_ann", state="available", seen_at=here.rt.now() - 9)
    page.clock.install()  # from here on no timer of the page runs at all
    page.clock.pause_at(page.evaluate("() => Date.now() + 1000"))
    before = read(here.rt, Agent.seen_at)

    with page.expect_response("**/pong", timeout=PATIENCE):
        pass

    assert until(lambda: float(str(read(here.rt, Agent.seen_at))) > float(str(before)), seconds=10)
    assert read(here.rt, Agent.state) == "available"


def test_the_ticket_of_a_call_opens_by_itself_when_it_is_written(
    desk: Callable[..., Page], here: Site
) -> None:
    call(here.rt, "northwind", "ca_1", ended_as="answered")
    with here.rt.write() as tx:
        tx.add(
            Participation(
                merchant_id="northwind",
                id="pa_1",
                call_id="ca_1",
                offer_id="of_1",
                waiting_id=None,
                agent_id="us_ann",
                state="ended",
                assignment=1,
                room="r",
                leg_sid="CAleg",
                began_at=1.0,
                joined_at=2.0,
                ended_at=3.0,
            )
        )
    bump(here.rt, "us_ann", state="wrap_up", until_at=here.rt.now() + 300)
    page = desk()

    page.locator("#phone").get_by_role("link", name="Ticket").click()
    expect(page.get_by_text("The ticket is being written")).to_be_visible()
    ticket(here.rt, "northwind", "ca_1", 7)

    expect(page.get_by_role("heading", name="+1 202-555-0188")).to_be_visible()
    assert page.url == f"{here.address}/tickets/northwind/7"
    expect(page.get_by_role("button", name="Ready for the next call")).to_be_visible()


def test_an_agent_chooses_during_a_call_what_comes_after_it(desk: Callable[..., Page], here: Site) -> None:
    rt = here.rt
    offer_to(rt)
    talk_of(rt)
    bump(rt, "us_ann", state="on_call")
    page = desk()
    status = page.locator("#status")

    def chooses(name: str) -> None:
        status.locator("summary").click()
        expect(status.get_by_text("After this call")).to_be_visible(timeout=PATIENCE)
        status.get_by_role("button", name=name).click()

    expect(status).to_contain_text("On a call", timeout=PATIENCE)
    chooses("Away: lunch")
    expect(status.locator("summary")).to_contain_text("then lunch", timeout=PATIENCE)
    expect(page.locator("#phone").get_by_role("button", name="End call")).to_be_visible()
    chooses("End shift")
    expect(status.locator("summary")).to_contain_text("then off shift", timeout=PATIENCE)
    assert (read(rt, Agent.state), read(rt, Agent.next_state)) == ("on_call", "offline")
    chooses("Available")
    expect(status.locator("summary")).not_to_contain_text("then", timeout=PATIENCE)
    assert (read(rt, Agent.state), read(rt, Agent.next_state)) == ("on_call", "")
    chooses("Away: training")
    expect(status.locator("summary")).to_contain_text("then training", timeout=PATIENCE)
    page.set_viewport_size({"width": 390, "height": 800})
    assert middle_of(page, "#status") == middle_of(page, "#person")  # both fit into one line of a phone

    with rt.write() as tx:
        agent, talk = tx.scalars(select(Agent)).one(), tx.scalars(select(Participation)).one()
        talk.state, talk.ended_at = "ended", rt.now()
        move(tx, rt, agent.id, "released")
    rt.nudge("desks")

    expect(page.locator("#phone")).to_contain_text("You are away: training", timeout=PATIENCE)


def test_notes_that_take_longer_get_more_time_until_the_most_is_reached(
    desk: Callable[..., Page], here: Site
) -> None:
    rt = here.rt
    more, longest = rt.settings.wrap_up_more_seconds, rt.settings.wrap_up_longest_seconds
    began = rt.now()
    ends = began + longest - 1.5 * more
    bump(rt, "us_ann", state="wrap_up", since_at=began, until_at=ends)
    page = desk()
    give, clock = page.get_by_role("button", name="More time"), page.locator("#phone .clock [data-until]")

    for ends_at in (ends + more, began + longest):
        give.click(timeout=PATIENCE)
        expect(clock).to_have_attribute("data-until", str(ends_at), timeout=PATIENCE)

    expect(give).to_have_count(0)
    assert read(rt, Agent.until_at) == began + longest


def test_signing_out_leads_to_the_sign_in_page_and_closes_the_stream(
    desk: Callable[..., Page], here: Site
) -> None:
    page = desk()

    page.locator("#person summary").click()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_every_page_is_readable_and_reachable(
    browser: Browser, desk: Callable[..., Page], here: Site, scheme: str, width: int
) -> None:
    """axe-core finds nothing (WCAG 2.2 A and AA) and no page scrolls sideways, in light and dark, wide and narrow."""
    rt = here.rt
    for number, ended_as in enumerate(
        ("answered", "abandoned", "voicemail", "forwarded", "completed_in_flow"), 1
    ):
        call(
            rt,
            "marlow",
            f"ca_t{number}",
            ended_as=ended_as,
            ended_at=rt.now(),
            waited_seconds=31.0,
            caller_name="Jean-Baptiste Alexandre Fontaine-Beauregard",
        )
        ticket(rt, "marlow", f"ca_t{number}", number, agent_id="us_ann")
        with rt.write() as tx:
            rt.journal.write(tx, "marlow", f"ca_t{number}", "call_started", rt.now())
    page = desk(color_scheme=scheme, viewport={"width": width, "height": 800})
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        told = page.evaluate(
            "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        )
        found[name] = [
            f"{one['id']}: {node['html'][:160]} {json.dumps(node['any'])[:300]}"
            for one in told["violations"]
            for node in one["nodes"]
        ]
        if page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found[name].append("scrolls sideways")
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png")

    look("off shift")
    bump(rt, "us_ann", state="available")
    rt.nudge("desks")
    expect(page.locator("#phone")).to_contain_text("Waiting for a call")
    page.locator("#status summary").click()
    look("available")
    page.keyboard.press("Escape")
    offer_to(rt)
    expect(page.locator("#phone")).to_contain_text("Incoming call")
    look("ringing")
    talk_of(rt, held_at=rt.now())
    bump(rt, "us_ann", state="on_hold", next_state="away:lunch")
    rt.nudge("desks")
    expect(page.locator("#phone")).to_contain_text("On hold")
    look("on hold")
    for path in ("tickets", "tickets?q=zzz", "missed", "tickets/marlow/1", "tickets/marlow/3"):
        page.goto(f"{here.address}/{path}")
        expect(page.locator("#phone")).to_contain_text("On hold")
        look(path.replace("/", " ").replace("?", " "))
    page.context.clear_cookies()
    page.goto(f"{here.address}/login")
    look("sign in")

    assert {name: told for name, told in found.items() if told} == {}
