"""Flows in a real browser: the picture, versions and differences, the way of a call, and the way back with a question."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from callflows.read import read_flow
from callflows.tools.scene import Scene
from tests.callflows.build import rehearse
from tests.panel.build import account, call, person, shop, ticket
from tests.panel.looking import look
from tests.panel.site import Site, site
from tests.panel.visitors import Visitors
from voice import models
from voice.publish import publish_files
from voice.runtime import Runtime

FLOW = Path(__file__).parents[2] / "callflows" / "merchants" / "northwind.yaml"
CHANGED = (
    ("press 1. For advice", "press 1. For good advice"),
    ("max_wait: 10m", "max_wait: 5m"),
    ("    no_match: orders_line\n", "    no_match: advice_line\n"),
)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as served:
        shop(served.rt, "northwind", "Northwind Outfitters")
        shop(served.rt, "marlow", "Marlow & Daughters Fine Furniture and Upholstery")
        account(served.rt)
        person(served.rt, "amy", "northwind", "marlow", role="admin", desk=False)
        person(served.rt, "sue", "northwind", role="supervisor", desk=False)
        publish_files(served.rt, [FLOW], "start")
        text = FLOW.read_text("utf-8")
        for old, new in CHANGED:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "northwind.yaml").write_text(text, "utf-8")
        publish_files(
            served.rt, [tmp_path / "northwind.yaml"], "mia@northwind.example", "callers waited too long"
        )
        a_call(served.rt, text)
        yield served


def a_call(rt: Runtime, text: str) -> None:
    """Somebody pressed a wrong key, then 2, nobody had time, and a message was left: as the journal has it."""
    flow = read_flow(text, "northwind.yaml")
    began = rt.now() - 1200
    played = rehearse(flow, Scene(began, staffing={"*": "all_busy"}), ["7", "2", "timeout", "Please call me"])
    call(rt, "northwind", "ca_way", caller="+12025550123", ended_as="voicemail", started_at=began)
    with rt.write() as tx:
        row = tx.get_one(models.Call, ("northwind", "ca_way"))
        row.flow_digest, row.ended_at = flow.digest, rt.now()
        for number, stretch in enumerate(played.stretches):
            facts = [(note.kind.value, {"step": note.step, **note.data}) for note in stretch.turn.notes]
            began_with = (
                [("call_started", {"caller": row.caller, "dialled": row.dialled})] if number == 0 else []
            )
            rt.journal.write_turn(tx, "northwind", "ca_way", number, stretch.at, [*began_with, *facts])
        rt.journal.write(
            tx, "northwind", "ca_way", "call_ended", rt.now(), ended_as="voicemail", hung_up_by="flow"
        )
    ticket(rt, "northwind", "ca_way", 17, None, subject="Voicemail from +1 202-555-0123")


@pytest.fixture
def open_page(visitors: Visitors) -> Callable[..., Page]:
    return partial(visitors.opens, who="amy")


def test_an_admin_looks_at_a_change_and_goes_back(open_page: Callable[..., Page], here: Site) -> None:
    page = open_page("flows")
    page.get_by_role("link", name="Northwind Outfitters").click()
    page.locator(".flow-picture a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#step-greeting")).to_be_in_viewport()
    expect(page.locator(".changes")).to_contain_text("max_wait 10m 5m")
    expect(page.locator(".changes")).to_contain_text("exit no_match orders_line advice_line")
    expect(page.locator(".sessions")).to_contain_text("callers waited too long")
    page.locator(".sessions a").nth(1).click()
    expect(page.get_by_text("An earlier version, or a draft")).to_be_visible()
    page.get_by_label("Why").fill("too short")

    page.get_by_role("button", name="Let this version answer").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("Calls in progress stay on the flow they began with.")
    asked.get_by_role("button", name="Let it answer").click()

    expect(page.locator(".ticket-head .badge.answered")).to_have_text("Live")
    expect(page.locator(".sessions li").first).to_contain_text("went back to it")
    expect(page.locator(".sessions li").first).to_contain_text("amy@example.com · too short")
    with here.rt.store.read() as tx:
        assert (
            tx.get_one(models.Merchant, "northwind").live_digest
            == read_flow(FLOW.read_text("utf-8"), "n").digest
        )


def test_who_looked_too_long_is_told(open_page: Callable[..., Page], here: Site, tmp_path: Path) -> None:
    page = open_page("flows/northwind")
    page.locator(".sessions a").nth(1).click()
    expect(page.get_by_label("Why")).to_be_visible()
    (tmp_path / "third").mkdir()
    third = tmp_path / "third" / "northwind.yaml"
    third.write_text(FLOW.read_text("utf-8").replace("Goodbye", "So long"), "utf-8")
    publish_files(here.rt, [third], "mia@northwind.example")

    page.get_by_role("button", name="Let this version answer").click()
    page.get_by_role("dialog").get_by_role("button", name="Let it answer").click()

    expect(page.get_by_role("alert").filter(has_text="Somebody published meanwhile")).to_be_visible()


def test_a_supervisor_reads_the_way_of_a_call_and_changes_nothing(open_page: Callable[..., Page]) -> None:
    page = open_page("tickets/northwind/17", who="sue")
    page.get_by_role("link", name="Way through the flow").click()

    expect(page.get_by_role("heading", name="Way through the flow")).to_be_visible()
    met = page.locator(".flow-picture .met .name")
    expect(met).to_have_count(7)
    expect(page.locator(".flow-picture .line.walked")).to_have_count(6)
    turns = page.locator(".moments .turn, .moments li")
    expect(turns.nth(1)).to_contain_text("The caller pressed 7")
    expect(page.locator(".moments")).to_contain_text(
        "For an order that is on its way, press 1. For good advice"
    )
    page.get_by_text("What we answered").first.click()
    expect(page.locator("pre.document").first).to_contain_text("/voice/turn/…")
    assert "+12025550123" not in page.locator("#main").inner_html().replace("+1 202-555-0123", "")
    page.goto(page.url.partition("/calls/")[0])
    page.locator(".sessions a").nth(1).click()
    expect(page.get_by_text("An earlier version, or a draft")).to_be_visible()
    expect(page.get_by_role("button", name="Let this version answer")).to_have_count(0)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_everybody_can_read_and_reach_them(open_page: Callable[..., Page], scheme: str, width: int) -> None:
    page = open_page("flows", color_scheme=scheme, viewport={"width": width, "height": 800})
    found = {"flows": look(page, f"flows {scheme} {width}")}
    pages = {"way": "flows/northwind/calls/ca_way", "flow": "flows/northwind", "empty flow": "flows/marlow"}
    for name, path in list(pages.items())[: 3 if scheme == "light" else 1]:
        page.goto(f"{page.url.split('/flows')[0]}/{path}")
        expect(page.locator("h1").first).to_be_visible()
        page.evaluate("for (const one of document.querySelectorAll('#main details')) one.open = true")
        found[name] = look(page, f"{name} {scheme} {width}")

    assert {name: told for name, told in found.items() if told} == {}
