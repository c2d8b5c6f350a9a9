"""People and account in a real browser: adding, closing with a question first, signing out elsewhere."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.panel.build import account, person, shop
from tests.panel.looking import look
from tests.panel.site import Site, site
from tests.panel.visitors import Visitors
from voice.models import User


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as served:
        shop(served.rt, "northwind", "Northwind Outfitters")
        shop(served.rt, "marlow", "Marlow & Daughters Fine Furniture and Upholstery")
        account(served.rt)
        person(served.rt, "ann", "northwind")
        person(served.rt, "jean-baptiste alexandre fontaine-beauregard", "marlow", role="supervisor")
        person(served.rt, "amy", "northwind", "marlow", role="admin", desk=False)
        yield served


@pytest.fixture
def open_page(visitors: Visitors) -> Callable[..., Page]:
    return partial(visitors.opens, who="amy")


def test_somebody_is_added_and_the_password_is_told_once(open_page: Callable[..., Page]) -> None:
    page = open_page("people")
    page.get_by_text("Add somebody").click()
    form = page.locator(".adding form")
    form.get_by_label("Name").fill("Mia Hart")
    form.get_by_label("E-mail address").fill("ann@example.com")
    form.get_by_role("button").click()
    expect(form.get_by_role("alert")).to_have_text("There is an account 'ann@example.com' already.")
    form.get_by_label("E-mail address").fill("mia@northwind.example")
    form.get_by_label("Merchant").select_option("northwind")
    form.get_by_label("Role").select_option("supervisor")

    form.get_by_role("button").click()

    told = page.get_by_role("dialog", name="The password of mia@northwind.example")
    expect(told).to_be_visible()
    assert len(told.locator("output").inner_text()) == 27
    told.get_by_role("button").click()
    expect(page.locator(".rows")).to_contain_text("Mia Hart")
    assert page.locator("output").inner_text() == ""


def test_an_account_is_closed_only_after_a_question(open_page: Callable[..., Page], here: Site) -> None:
    def is_disabled() -> bool:
        with here.rt.store.read() as tx:
            return tx.scalars(select(User.disabled_at).where(User.id == "us_ann")).one() is not None

    page = open_page("people")
    page.get_by_role("link", name="Ann").click()
    page.get_by_role("button", name="Disable").click()
    question = page.get_by_role("dialog", name="Disable Ann?")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    assert not is_disabled()

    page.get_by_role("button", name="Disable").click()
    question.get_by_role("button", name="Disable").click()

    expect(page.get_by_role("button", name="Enable")).to_be_visible()
    assert is_disabled()


def test_other_browsers_are_signed_out_from_ones_account(open_page: Callable[..., Page]) -> None:
    other = open_page("account")
    page = open_page("account")
    expect(page.locator(".sessions li")).to_have_count(2)

    page.locator(".sessions").get_by_role("button").click()

    expect(page.locator(".sessions li")).to_have_count(1)
    other.reload()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_pages_about_people_are_readable_and_reachable(
    open_page: Callable[..., Page], here: Site, scheme: str, width: int
) -> None:
    page = open_page("people", color_scheme=scheme, viewport={"width": width, "height": 800})
    found = {"people": look(page, f"people {scheme} {width}")}
    page.get_by_text("Add somebody").click()
    found["adding"] = look(page, f"people adding {scheme} {width}")
    for name, path in (("person", "people/us_ann"), ("oneself", "people/us_amy"), ("account", "account")):
        page.goto(f"{here.address}/{path}")
        expect(page.locator("h1")).to_be_visible()
        found[name] = look(page, f"{name} {scheme} {width}")
    page.goto(f"{here.address}/people/us_ann")
    page.get_by_role("button", name="New password").click()
    found["question"] = look(page, f"question {scheme} {width}")

    assert {name: told for name, told in found.items() if told} == {}
