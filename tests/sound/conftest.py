"""Two browsers with different tones in their microphones, and a media process between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.sound.browser import FLAGS, microphone, tone_wav
from tests.sound.hearing import listen_in
from tests.sound.kernel import Kernel, token
from tests.sound.phone import Phone
from tests.sound.site import Site

CALLER_HERTZ, AGENT_HERTZ = 620.0, 1150.0


@pytest.fixture(scope="session")
def running_kernel() -> Iterator[Kernel]:
    kernel = Kernel()
    with kernel.media:
        yield kernel


@pytest.fixture
def kernel(running_kernel: Kernel) -> Kernel:
    """The kernel's chair, with nothing left over from an earlier test."""
    running_kernel.forget()
    return running_kernel


def _browser(playwright: Playwright, chromium: str, folder: Path, hertz: float) -> BrowserContext:
    wav = tone_wav(folder / "microphone.wav", hertz)
    context = playwright.chromium.launch_persistent_context(
        folder / "profile", executable_path=chromium, headless=True, args=[*FLAGS, microphone(wav)]
    )
    listen_in(context)
    return context


@pytest.fixture(scope="session")
def callers_browser(
    playwright: Playwright, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    context = _browser(playwright, chromium, tmp_path_factory.mktemp("caller"), CALLER_HERTZ)
    yield context
    context.close()


@pytest.fixture(scope="session")
def agents_browser(
    playwright: Playwright, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    context = _browser(playwright, chromium, tmp_path_factory.mktemp("agent"), AGENT_HERTZ)
    yield context
    context.close()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def _page(context: BrowserContext, kernel: Kernel, site: Site) -> Page:
    page = context.new_page()
    page.goto(f"{site.origin}/page.html?signalling=localhost:{kernel.port}")
    page.wait_for_function("window.phone && window.Twilio")
    return page


@pytest.fixture
def second_tab(agents_browser: BrowserContext, kernel: Kernel, site: Site) -> Iterator[Phone]:
    """Another tab of the agent's browser."""
    phone = Phone(_page(agents_browser, kernel, site), kernel, "agent", token("agent"))
    yield phone
    phone.page.close()


@pytest.fixture
def caller(callers_browser: BrowserContext, kernel: Kernel, site: Site) -> Iterator[Phone]:
    phone = Phone(_page(callers_browser, kernel, site), kernel, "caller", token("caller"))
    yield phone
    phone.page.close()


@pytest.fixture
def agent(agents_browser: BrowserContext, kernel: Kernel, site: Site) -> Iterator[Phone]:
    phone = Phone(_page(agents_browser, kernel, site), kernel, "agent", token("agent"))
    yield phone
    phone.page.close()
