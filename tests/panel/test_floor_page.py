"""The floor in a real browser: it follows the stream, sorts, filters, and says what is too long without colour."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from callflows.session import Session
from tests.journeys.northwind import FLOW
from tests.panel.build import account, bump, call, person, ring, shop, waiting
from tests.panel.floor_shop import day_of
from tests.panel.looking import look
from tests.panel.site import Site, site
from tests.panel.visitors import Visitors
from tests.patience import PATIENCE
from voice.models import Agent, Audit, FlowVersion, Participation, Waiting
from voice.moves import bump_desks
from voice.runtime import Runtime

LONG = "Marlow & Daughters Fine Furniture and Upholstery"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as served:
        shop(served.rt, "northwind", "Northwind Outfitters")
        shop(served.rt, "marlow", LONG)
        account(served.rt)
        for name in ("ann", "ben", "cleo"):
            person(served.rt, name, "northwind")
        person(served.rt, "sue", "northwind", "marlow", role="supervisor", desk=False)
        yield served


@pytest.fixture
def open_floor(visitors: Visitors) -> Callable[..., Page]:
    def opened(query: str = "", **options: Any) -> Page:
        page = visitors.opens(f"floor{query}", "sue", **options)
        expect(page.locator("#floor-pulse")).to_have_text("Live")
        return page

    return opened


def joins(rt: Runtime, call_id: str, ago: float = 0.0, merchant_id: str = "northwind", **values: Any) -> None:
    """A caller who joined a queue some seconds ago, as a turn leaves it."""
    call(rt, merchant_id, call_id, **values)
    waiting_id = waiting(rt, merchant_id, call_id)
    entered_at = rt.now() - ago
    session = Session("d" * 64, "greeting", 0, entered_at)
    with rt.write() as tx:
        tx.execute(
            update(Waiting)
            .where(Waiting.id == waiting_id)
            .values(entered_at=entered_at, rank_at=entered_at, session=session.dump())
        )
        rt.journal.write(tx, merchant_id, call_id, "enqueued", entered_at, queue="order_status")


def two_queues(rt: Runtime) -> None:
    """The flow by which the shop's callers are led knows of another queue."""
    text = FLOW.replace("queues:\n", "queues:\n  order_status: {}\n  repairs: {ring: 20s}\n")
    with rt.write() as tx:
        tx.add(
            FlowVersion(
                merchant_id="northwind", digest="d" * 64, text=text, published_at=0, published_by="test"
            )
        )


def state_of(rt: Runtime, agent_id: str) -> str:
    with rt.store.read() as tx:
        return tx.get_one(Agent, agent_id).state


def told(rt: Runtime) -> list[str]:
    """What the audit knows of the floor's deeds, in order."""
    with rt.store.read() as tx:
        deeds = select(Audit).where(Audit.kind != "signed_in").order_by(Audit.id)
        return [f"{row.kind}: {row.detail}" for row in tx.scalars(deeds)]


def rows(page: Page, table: str) -> list[list[str]]:
    return [
        [cell.inner_text().strip() for cell in row.locator("th, td").all()]
        for row in page.locator(f"[data-table={table}] tbody tr").all()
    ]


def test_the_page_shows_a_caller_who_waits_and_an_agents_change_by_itself(
    open_floor: Callable[..., Page], here: Site
) -> None:
    page = open_floor()
    expect(page.get_by_role("heading", name="Nobody waits")).to_be_visible()
    page.wait_for_timeout(2_100)  # nothing was told in the last two seconds: a change is not put off

    joins(here.rt, "ca_1", caller_name="Maya Lin")

    caller = page.locator("[data-table=waiting] tbody tr")
    expect(caller).to_contain_text("Maya Lin")
    expect(caller).to_contain_text("order status")

    ring(here.rt, "northwind", "ca_1", "us_ann")
    here.rt.nudge("desks")

    expect(caller).to_contain_text("Ringing at Ann")
    ann = page.locator("[data-table=agents] tbody tr").filter(has_text="Ann")
    expect(ann).to_contain_text("+1 202-555-0188")


def test_a_wait_that_becomes_too_long_stands_out_in_words_while_nothing_else_happens(
    open_floor: Callable[..., Page], here: Site
) -> None:
    joins(here.rt, "ca_1", ago=12.0)
    page = open_floor()
    queue = page.locator("[data-table=queues] tbody tr").filter(has_text="order status").first
    expect(queue.get_by_text("over 20 s")).to_be_hidden()

    expect(queue.get_by_text("over 20 s")).to_be_visible(timeout=40_000)

    expect(page.locator("[data-table=waiting]").get_by_text("over 20 s")).to_be_visible()
    expect(page.locator("#floor-said")).to_have_text("The wait is too long in order status")


def test_the_figures_are_told_with_their_formula(open_floor: Callable[..., Page], here: Site) -> None:
    day_of(here.rt, "northwind", "order_status", answered=(4, 10, 40), abandoned=(2, 60), missed=1)
    page = open_floor()

    tile = page.locator(".tile.level")
    expect(tile.locator(".figure")).to_have_text("50%")
    expect(tile).to_contain_text("answered in time 2 ÷ (answered 3 + abandoned 2 − short abandons 1)")
    expect(tile).to_contain_text("In time: within 20 s. Short: gone before 5 s.")
    expect(page.locator(".tiles")).to_contain_text("0:18")


def test_merchant_and_queue_are_chosen_and_kept_in_the_address(
    open_floor: Callable[..., Page], here: Site
) -> None:
    joins(here.rt, "ca_1", caller_name="Maya")
    joins(here.rt, "ca_2", merchant_id="marlow", caller_name="Jean")
    day_of(here.rt, "marlow", "repairs", answered=(5,))
    page = open_floor()
    expect(page.locator("[data-table=waiting] tbody tr")).to_have_count(2)

    page.get_by_role("combobox", name="Merchant").select_option("marlow")

    expect(page.locator("[data-table=waiting] tbody tr")).to_have_count(1)
    expect(page.locator("[data-table=waiting]")).to_contain_text("Jean")
    expect(page.locator("[data-table=agents]")).to_be_hidden()
    page.get_by_role("combobox", name="Queue").select_option("marlow/repairs")
    expect(page.get_by_role("heading", name="Nobody waits")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Nobody waits")).to_be_visible()
    assert [row[0] for row in rows(page, "queues")] == ["repairs"]


def test_a_table_is_sorted_by_the_column_that_is_clicked_and_stays_so(
    open_floor: Callable[..., Page], here: Site
) -> None:
    for number, name in enumerate(("Carla", "Abe", "Bea")):
        joins(here.rt, f"ca_{number}", ago=10.0 - number, caller=f"+1202555018{number}", caller_name=name)
    page = open_floor()
    places = page.locator("[data-table=waiting] tbody tr > :first-child")
    expect(places).to_have_text(["place 1", "place 2", "place 3"], timeout=PATIENCE)  # the longest wait first

    head = page.locator("[data-table=waiting] th").filter(has_text="Place")
    head.get_by_role("button").click()
    head.get_by_role("button").click()

    expect(places).to_have_text(["place 3", "place 2", "place 1"], timeout=PATIENCE)
    expect(head).to_have_attribute("aria-sort", "descending")
    joins(here.rt, "ca_9", caller_name="Dan")
    expect(page.locator("[data-table=waiting] tbody tr")).to_have_count(4)
    assert [row[0] for row in rows(page, "waiting")] == ["4", "3", "2", "1"]


def test_agents_are_narrowed_by_state_and_callers_and_agents_by_what_is_typed(
    open_floor: Callable[..., Page], here: Site
) -> None:
    joins(here.rt, "ca_1", caller="+12025550188", caller_name="Maya Lin")
    joins(here.rt, "ca_2", caller="+12025550199")
    ring(here.rt, "northwind", "ca_1", "us_ann")
    page = open_floor()
    find = page.get_by_label("Find an agent or a caller")

    page.get_by_label("State of agents").select_option("ringing")
    assert [row[0] for row in rows(page, "agents")] == ["Ann"]
    page.get_by_label("State of agents").select_option("on_hold")
    expect(page.get_by_text("No agent fits what is shown.")).to_be_visible()
    page.get_by_label("State of agents").select_option("")
    find.fill("555 0199")
    assert [row[1] for row in rows(page, "waiting")] == ["+1 202-555-0199"]
    find.fill("maya")
    assert [row[1] for row in rows(page, "waiting")] == ["+1 202-555-0188 Maya Lin"]
    find.fill("cleo")
    assert [row[0] for row in rows(page, "agents")] == ["Cleo"]
    expect(page.get_by_text("No waiting caller fits what is shown.")).to_be_visible()


def test_what_can_be_done_to_an_agent_is_readable_and_reachable_by_keyboard(
    open_floor: Callable[..., Page], here: Site
) -> None:
    joins(here.rt, "ca_1")
    ring(here.rt, "northwind", "ca_1", "us_ann")
    page = open_floor()
    manage = page.get_by_role("button", name="Manage Ann")
    manage.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Ann")
    expect(dialog.get_by_role("button", name="Take the ring back")).to_be_visible()
    assert look(page, "floor dialog") == []
    dialog.get_by_role("button", name="Take the ring back").click()
    expect(page.get_by_role("dialog", name="Take the ring back from Ann?")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()

    expect(page.locator("#toasts")).to_contain_text("Ann is not rung any more. The caller keeps the place.")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(manage).to_be_focused()


def test_a_waiting_caller_is_moved_after_the_dialog(open_floor: Callable[..., Page], here: Site) -> None:
    two_queues(here.rt)
    joins(here.rt, "ca_1", ago=40.0)
    ring(here.rt, "northwind", "ca_1", "us_ann")
    page = open_floor()
    move, dialog = page.get_by_role("button", name="Move +1 202-555-0188"), page.get_by_role("dialog")
    caller, toasts = page.locator("[data-table=waiting] tbody tr"), page.locator("#toasts")
    expect(caller).to_contain_text("Ringing at Ann", timeout=PATIENCE)

    move.click()
    expect(dialog).to_contain_text("order status · place 1", timeout=PATIENCE)
    expect(dialog.get_by_role("button", name="Ann")).to_have_count(
        0
    )  # who is rung for somebody cannot be had
    dialog.get_by_role("button", name="repairs").click()
    expect(toasts).to_contain_text("The caller waits in repairs now, as long as before.", timeout=PATIENCE)
    expect(dialog).to_be_hidden(timeout=PATIENCE)
    expect(caller).to_contain_text("Waiting", timeout=PATIENCE)
    expect(caller).to_contain_text("repairs")

    move.click()
    dialog.get_by_role("button", name="Cleo").click(timeout=PATIENCE)
    expect(toasts).to_contain_text("Cleo is rung for this caller.", timeout=PATIENCE)
    expect(caller).to_contain_text("Ringing at Cleo", timeout=PATIENCE)
    assert told(here.rt) == ["caller_moved: from order_status to the queue repairs", "caller_moved: to Cleo"]


def test_an_agent_who_hangs_is_set_free_after_the_question(
    open_floor: Callable[..., Page], here: Site
) -> None:
    bump(here.rt, "us_ben", state="on_call", since_at=here.rt.now() - 5)
    page = open_floor()
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="Manage Ben").click()
    dialog.get_by_role("button", name="Set free").click(
        timeout=PATIENCE
    )  # comes when he has hung long enough
    expect(dialog).to_contain_text("Set Ben free?", timeout=PATIENCE)
    dialog.get_by_role("button", name="Back").click()
    expect(dialog.get_by_role("button", name="Away: lunch")).to_be_visible(timeout=PATIENCE)
    dialog.get_by_role("button", name="Set free").click()
    assert state_of(here.rt, "us_ben") == "on_call"
    dialog.get_by_role("button", name="Set free").click()

    expect(page.locator("#toasts")).to_contain_text("Ben is free again.", timeout=PATIENCE)
    ben = page.locator("[data-table=agents] tbody tr").filter(has_text="Ben")
    expect(ben).to_contain_text("Available", timeout=PATIENCE)
    assert told(here.rt) == ["work_ended: was busy without a call"]


def test_a_wrap_up_is_ended_after_the_question(open_floor: Callable[..., Page], here: Site) -> None:
    bump(here.rt, "us_cleo", state="wrap_up", until_at=here.rt.now() + 600)
    page = open_floor()
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="Manage Cleo").click()
    dialog.get_by_role("button", name="End the wrap-up").click(timeout=PATIENCE)
    expect(dialog).to_contain_text("End the wrap-up of Cleo?", timeout=PATIENCE)
    assert state_of(here.rt, "us_cleo") == "wrap_up"
    dialog.get_by_role("button", name="End the wrap-up").click()

    expect(page.locator("#toasts")).to_contain_text("The wrap-up of Cleo is ended.", timeout=PATIENCE)
    cleo = page.locator("[data-table=agents] tbody tr").filter(has_text="Cleo")
    expect(cleo).to_contain_text("Available", timeout=PATIENCE)
    assert told(here.rt) == ["work_ended: wrap-up"]


def test_a_page_that_hears_nothing_says_how_old_its_picture_is(
    open_floor: Callable[..., Page], here: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_floor()
    page.clock.install()
    monkeypatch.setattr(here.push.floors, "step", lambda _rt, _now: None)

    page.clock.run_for(14_000)

    expect(page.locator("#floor-pulse")).to_contain_text("Last update 0:1")


def test_the_stream_ends_when_the_floor_is_left_and_begins_again_with_it(
    open_floor: Callable[..., Page], here: Site
) -> None:
    page = open_floor()
    assert len(here.push.floors) == 1
    pages = page.get_by_role("navigation", name="Pages", exact=True)

    pages.get_by_role("link", name="Tickets").click()
    expect(page.get_by_role("heading", name="Tickets", level=1)).to_be_visible()
    page.wait_for_function("() => true")
    pages.get_by_role("link", name="Floor").click()

    expect(page.locator("#floor-pulse")).to_have_text("Live")
    assert len(here.push.floors) == 1


@pytest.mark.parametrize(("scheme", "width"), [("light", 1500), ("dark", 1280), ("light", 390)])
def test_the_floor_is_readable_and_reachable(
    open_floor: Callable[..., Page], here: Site, scheme: str, width: int
) -> None:
    rt = here.rt
    day_of(rt, "northwind", "order_status", answered=(4, 10, 40), abandoned=(2, 60), missed=1, voicemails=2)
    day_of(rt, "northwind", "advice_on_equipment", answered=(9,) * 12)
    day_of(rt, "marlow", "repairs_and_upholstery", answered=(5, 6, 400))
    page = open_floor(color_scheme=scheme, viewport={"width": width, "height": 800})
    found = {"quiet": look(page, f"floor quiet {scheme} {width}")}
    person(rt, "jean-baptiste alexandre fontaine-beauregard", "marlow", state="wrap_up")
    bump(rt, "us_ben", state="away", reason="lunch")
    bump(rt, "us_cleo", state="on_call", next_state="away:lunch")
    joins(rt, "ca_1", ago=130.0, caller_name="Jean-Baptiste Alexandre Fontaine-Beauregard")
    joins(rt, "ca_2", ago=31.0)
    joins(rt, "ca_3", ago=4.0, merchant_id="marlow", caller="")
    ring(rt, "northwind", "ca_1", "us_ann")
    call(rt, "northwind", "ca_4", caller_name="Maya Lin")
    with rt.write() as tx:
        tx.add(
            Participation(
                merchant_id="northwind",
                id="pa_4",
                call_id="ca_4",
                offer_id="of_4",
                waiting_id=None,
                agent_id="us_cleo",
                state="talking",
                assignment=1,
                room="r",
                leg_sid="CAleg",
                began_at=rt.now() - 200,
                joined_at=rt.now() - 198,
            )
        )
        bump_desks(tx, rt, "us_cleo")
    rt.nudge("desks")
    expect(page.locator("[data-table=waiting] tbody tr")).to_have_count(3)
    expect(page.locator("[data-table=agents]")).to_contain_text("Maya Lin")
    found["busy"] = look(page, f"floor busy {scheme} {width}")

    assert {name: told for name, told in found.items() if told} == {}
