"""Teams, merchants and the log in a real browser: what is destroyed is asked for first, and each is told afterwards."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.northwind import FLOW
from tests.panel.build import account, call, person, shop, waiting
from tests.panel.looking import look
from tests.panel.site import Site, site
from tests.panel.visitors import Visitors
from voice.models import FlowVersion, Merchant, Number, QueueMember
from voice.runtime import Runtime

LONG = "jean-baptiste alexandre fontaine-beauregard"


def a_flow(rt: Runtime) -> None:
    """Northwind's flow is live, under a number; it has the queue orders."""
    with rt.write() as tx:
        tx.add(
            FlowVersion(merchant_id="northwind", digest="d" * 64, text=FLOW, published_at=0, published_by="t")
        )
        tx.get_one(Merchant, "northwind").live_digest = "d" * 64
        tx.add(Number(merchant_id="northwind", e164="+12025550100", twilio_account_id="acc"))
    account(rt)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as served:
        shop(served.rt, "northwind", "Northwind Outfitters")
        shop(served.rt, "marlow", "Marlow & Daughters Fine Furniture and Upholstery")
        a_flow(served.rt)
        person(served.rt, "ann", "northwind")
        person(served.rt, LONG, "northwind")
        person(served.rt, "ola", "northwind", "marlow", role="operator", desk=False)
        yield served


@pytest.fixture
def open_page(visitors: Visitors) -> Callable[..., Page]:
    return partial(visitors.opens, who="ola")


def takes_orders(here: Site, agent_id: str) -> bool:
    with here.rt.store.read() as tx:
        return tx.get(QueueMember, ("northwind", "orders", agent_id)) is not None


def test_a_team_is_made_gets_a_queue_and_an_agent_and_is_removed_after_a_question(
    open_page: Callable[..., Page], here: Site
) -> None:
    page = open_page("teams")
    form = page.locator(".adding form")
    form.get_by_label("Name").fill("day shift")
    form.get_by_label("Merchant").select_option("northwind")
    form.get_by_role("button").click()
    expect(form.get_by_role("alert")).to_contain_text("'day shift' is no team's name")
    form.get_by_label("Name").fill("days")
    form.get_by_role("button").click()
    page.get_by_role("link", name="days").click()
    page.get_by_role("button", name="Give this queue to the team").click()
    expect(page.get_by_role("button", name="Take away the queue orders")).to_be_visible()
    page.get_by_label("Another agent").select_option("us_ann")
    page.get_by_role("button", name="Put in this agent").click()
    expect(page.get_by_role("button", name="Take out Ann")).to_be_visible()
    assert takes_orders(here, "us_ann")

    page.get_by_role("button", name="Remove the team").click()
    question = page.get_by_role("dialog", name="Remove the team days?")
    expect(question).to_contain_text("Its agent takes no more calls of orders")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    assert takes_orders(here, "us_ann")
    page.get_by_role("button", name="Remove the team").click()
    question.get_by_role("button", name="Remove").click()

    expect(page.get_by_text("No teams yet")).to_be_visible()
    assert not takes_orders(here, "us_ann")
    page.get_by_role("link", name="Log").click()
    expect(
        page.get_by_role("list", name="What was done, the latest first").get_by_role("listitem").first
    ).to_contain_text("Ola removed the team days")


def test_a_team_is_renamed_with_all_that_it_has(open_page: Callable[..., Page], here: Site) -> None:
    page = open_page("teams")
    page.locator(".adding form").get_by_label("Name").fill("days")
    page.locator(".adding form").get_by_label("Merchant").select_option("northwind")
    page.locator(".adding form").get_by_role("button").click()
    page.get_by_role("link", name="days").click()
    page.get_by_role("button", name="Put in this agent").click()
    expect(page.get_by_role("button", name="Take out Ann")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("mornings")

    page.get_by_role("button", name="Rename").click()

    page.get_by_role("link", name="mornings").click()
    expect(page.get_by_role("button", name="Take out Ann")).to_be_visible()


def test_a_merchant_is_disabled_after_a_question_that_tells_who_is_on_the_line(
    open_page: Callable[..., Page], here: Site
) -> None:
    call(here.rt, "northwind", "ca_1")
    waiting(here.rt, "northwind", "ca_1")
    page = open_page("merchants")
    page.get_by_role("button", name="Disable Northwind Outfitters").click()
    question = page.get_by_role("dialog", name="Disable Northwind Outfitters?")
    expect(question).to_contain_text("1 call is in progress, 1 waiting for an agent; it ends as begun.")

    question.get_by_role("button", name="Disable").click()

    expect(page.get_by_role("button", name="Enable Northwind Outfitters")).to_be_visible()
    here.rt.books.refresh()
    assert "+12025550100" not in here.rt.books.page.numbers
    page.get_by_role("button", name="Enable Northwind Outfitters").click()
    expect(page.get_by_role("button", name="Disable Northwind Outfitters")).to_be_visible()
    here.rt.books.refresh()
    assert "+12025550100" in here.rt.books.page.numbers


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_pages_beside_people_are_readable_and_reachable(
    open_page: Callable[..., Page], here: Site, scheme: str, width: int
) -> None:
    page = open_page("teams", color_scheme=scheme, viewport={"width": width, "height": 800})
    found = {"no teams": look(page, f"no teams {scheme} {width}")}
    form = page.locator(".adding form")
    form.get_by_label("Name").fill("days-and-nights-and-everything-in-betwee")
    form.get_by_label("Merchant").select_option("northwind")
    form.get_by_role("button").click()
    page.get_by_role("link", name="days-and-nights").click()
    page.get_by_label("Another agent").select_option(f"us_{LONG}")
    page.get_by_role("button", name="Put in this agent").click()
    expect(page.get_by_role("button", name="Take out Jean")).to_be_visible()
    page.get_by_role("button", name="Give this queue to the team").click()
    expect(page.get_by_role("button", name="Take away the queue orders")).to_be_visible()
    found["team"] = look(page, f"team {scheme} {width}")
    call(here.rt, "northwind", "ca_1")
    for name in ("teams", "merchants", "log", "log?q=nobody@example.com", "people"):
        page.goto(f"{here.address}/{name}")
        expect(page.locator("h1")).to_be_visible()
        found[name] = look(page, f"{name.replace('?', ' ')} {scheme} {width}")

    assert {name: told for name, told in found.items() if told} == {}
