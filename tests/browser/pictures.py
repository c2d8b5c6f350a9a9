"""Pictures of everything there is to see, in light, dark and at a phone's width: python -m tests.browser.pictures [FOLDER]

They go to var/pictures. With --readme only the README's picture is taken, docs/desk.png: the ringing desk of somebody of
the demo data, with callers who are known by their numbers alone.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from panel.seed import PEOPLE
from tests.browser.conftest import browser_with, new_context, rings
from tests.browser.desk import Desk
from tests.browser.history import UNNAMED, forty_calls
from tests.browser.stack import ROOT, Whole, whole
from tests.browser.walk import (
    walk_out,
    walk_past_pages,
    walk_past_states,
    walk_past_the_second_tab,
    walk_through_a_call,
    walk_with_long_names,
    walk_without_microphone,
)
from tests.browser.walk_office import (
    open_the_floor,
    walk_past_the_console,
    walk_past_the_customers_phone,
    walk_past_the_floor,
    walk_past_the_office,
)
from tests.browser.walk_supervising import walk_around_a_talk, walk_past_callbacks
from tests.browser.walk_talks import walk_through_a_call_out, walk_through_a_hand_over
from tests.sound.browser import find_chromium
from tests.sound.customer import Customer

WIDE: ViewportSize = {"width": 1280, "height": 800}
IN_SIGHT = "() => document.activeElement?.closest('[data-open]')?.scrollIntoView({ block: 'center' })"  # of a long page
LOOKS = (("light", WIDE), ("dark", WIDE), ("phone", ViewportSize(width=390, height=844)))


def main() -> int:
    """Take them all; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.pictures")
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "var" / "pictures")
    parser.add_argument("--readme", action="store_true", help="write docs/desk.png, and nothing else")
    given = parser.parse_args()
    if given.readme:
        take_for_readme(ROOT / "docs" / "desk.png")
        return 0
    given.folder.mkdir(parents=True, exist_ok=True)
    take(photographer(given.folder))
    print(f"{len(list(given.folder.glob('*.png')))} pictures in {given.folder}")
    return 0


def photographer(folder: Path) -> Callable[[str, Page], None]:
    """Takes each view in every look, and leaves the page as it was."""

    def look(name: str, page: Page) -> None:
        for scheme, size in LOOKS:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.evaluate(IN_SIGHT)
            page.screenshot(path=folder / f"{name.replace(' ', '-')}-{scheme}.png", animations="disabled")
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")

    return look


@contextmanager
def stage() -> Iterator[tuple[Whole, Browser, Browser]]:
    """Everything, with a browser for callers and one for agents."""
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as ends:
        stack = ends.enter_context(whole(Path(temporary)))
        chromium = find_chromium()
        playwright = ends.enter_context(sync_playwright())
        browsers = []
        for name, hertz in (("callers", 620.0), ("agents", 1150.0)):
            place = Path(temporary) / name
            place.mkdir()
            browsers.append(browser_with(playwright, chromium, place, hertz))
            ends.callback(browsers[-1].close)
        yield stack, browsers[0], browsers[1]


def take_for_readme(file: Path) -> None:
    """The desk of an agent of the demo data, with half a day behind her, as it rings."""
    with stage() as (stack, callers, agents):
        stack.agent("ann", "northwind", full_name=PEOPLE["northwind"][0])
        forty_calls(stack, "us_ann", UNNAMED, ("northwind",))
        customer = Customer(new_context(callers).new_page(), stack.simulator.url, "+12025550188")
        customer.switches_on()
        desk = Desk(new_context(agents, viewport=WIDE), stack, "ann", [])
        desk.starts_shift()
        desk.clicks("Done")
        rings(desk, customer)
        desk.page.wait_for_timeout(4000)  # a caller who has waited a little
        desk.page.screenshot(path=file)


def take(look: Callable[[str, Page], None]) -> None:
    """Walk past everything with a camera."""
    with stage() as (stack, callers, agents):
        complaints: list[str] = []
        stack.agent("ann", "northwind", "marlow", full_name=PEOPLE["northwind"][0])
        forty_calls(stack, "us_ann")
        customer = Customer(new_context(callers).new_page(), stack.simulator.url, "+12025557788")
        look("50 phone switched off", customer.page)
        customer.switches_on()
        desk = Desk(new_context(agents, viewport=WIDE), stack, "ann", complaints)
        walk_through_a_call(desk, customer, look)
        walk_through_a_call_out(desk, customer, look)
        rings(desk, customer)
        desk.accepts()
        stack.agent("ben", "northwind", "marlow", full_name=PEOPLE["northwind"][1])
        colleague = Desk(new_context(agents, viewport=WIDE), stack, "ben", complaints).starts_shift()
        walk_through_a_hand_over(desk, colleague, look)
        colleague.clicks("End call")
        colleague.clicks("Ready for the next call")
        stack.serves("us_ben", "advice")
        stack.supervisor("sue", full_name=PEOPLE["northwind"][2])
        office = new_context(agents, viewport=WIDE).new_page()
        open_the_floor(office, stack)
        walk_around_a_talk(office, desk, colleague, customer, PEOPLE["northwind"][:2], look)
        walk_past_callbacks(office, stack, look)
        colleague.leaves()
        walk_past_pages(desk, stack, look)
        walk_past_states(desk, stack, look)
        walk_past_the_second_tab(Desk(desk.context, stack, "ann", complaints), look)
        stack.agent("zoe", full_name="Zoë Alexandra Featherstonehaugh-Montgomery")
        denied = Desk(new_context(agents, allowed=False, viewport=WIDE), stack, "zoe", complaints)
        look("00 first day", denied.page)
        walk_without_microphone(denied, look)
        walk_past_the_customers_phone(customer, stack, look)
        walk_past_the_floor(office, stack, look)
        walk_with_long_names(desk, look)
        walk_past_the_office(office, stack, look)
        walk_past_the_console(office, stack, look)
        walk_out(new_context(agents, viewport=WIDE).new_page(), stack, look)


if __name__ == "__main__":
    sys.exit(main())
