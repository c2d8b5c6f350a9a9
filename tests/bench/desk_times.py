"""How long an agent waits for what happens next: from the offer to the ring, from the click to the caller's voice.

Everything is real and on this machine: every process of `make run` with a database of its own, a caller whose voice is a
tone, and the desk in a Chromium with the Voice SDK. All moments are of the same machine's clock.
"""

import asyncio
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests
from playwright.sync_api import Page, expect, sync_playwright

from deploy.local.conversation import Conversation
from deploy.local.smoke import OF_OTHERS, free_place, in_thread, unless
from deploy.local.trial import Trial, prepare
from tests.sound.browser import FLAGS, find_chromium, microphone, tone_wav

CALLER_HERTZ, AGENT_HERTZ = 620.0, 1150.0
FLOW: Final = """
flow_version: 1
merchant: northwind
name: Northwind Outfitters
timezone: America/New_York
numbers: ["+12025550100"]
queues:
  orders: {ring: 20s, wrap_up: 5s, max_wait: 10m}
start: orders_line
fallback: goodbye
steps:
  orders_line: {queue: orders, timeout: goodbye, full: goodbye}
  goodbye: {hangup: "Goodbye."}
"""
PATIENCE: Final = 20_000
# What happens between the click and the sound, in its usual order; each is told in milliseconds since the click.
STATIONS: Final = (
    "accepted", "socket_made", "connected", "microphone_asked", "microphone_given", "invite", "ringing", "agent_asked",
    "answer", "media_connected", "poked", "caller_asked", "talk_drawn", "sound",
)  # fmt: skip
WEBHOOKS: Final = {"/voice/agent": "agent_asked", "/voice/leg/": "caller_asked"}


@dataclass(frozen=True)
class Times:
    """One call, in milliseconds; `since_click` holds every station on the way to the sound that was seen."""

    shown: float
    audible: float
    sound: float
    since_click: dict[str, float]


def measure(calls: int, folder: Path | None = None) -> dict[str, Any]:
    """So many calls on a stack of our own; the first has a desk that was just opened and is told apart."""
    with tempfile.TemporaryDirectory(prefix="ringdesk-bench-") as temporary:
        return asyncio.run(_measure(calls, folder or Path(temporary)))


async def _measure(calls: int, var: Path) -> dict[str, Any]:
    flows = var / "flows"
    flows.mkdir()
    (flows / "northwind.yaml").write_text(FLOW, encoding="utf-8")
    given = {name: value for name, value in os.environ.items() if name not in OF_OTHERS}
    given["FLOWS_DIR"] = str(flows)
    trial = prepare(free_place(var, given), given)
    said: list[str] = []
    try:
        async with trial.stack(lambda name, line: said.append(f"{name:<9} | {line}")) as stack:
            await trial.start(stack)
            return await unless(stack.watch(), in_thread(lambda: report(_calls(trial, var, calls))))
    except BaseException:
        print(*said[-60:], sep="\n", flush=True)
        raise


def report(times: list[Times]) -> dict[str, Any]:
    """Medians of all calls but the first, which is told by itself."""
    first, *later = times
    rest = later or [first]

    def middle(values: list[float]) -> float:
        return round(statistics.median(values), 0)

    seen = [name for name in STATIONS if any(name in one.since_click for one in rest)]
    return {
        "calls": len(times),
        "offer_to_ring_shown_ms": middle([one.shown for one in rest]),
        "offer_to_ring_audible_ms": middle([one.audible for one in rest]),
        "click_to_sound_ms": middle([one.sound for one in rest]),
        "click_to_sound_ms_worst": round(max(one.sound for one in rest), 0),
        "click_to_sound_ms_of_first_call": round(first.sound, 0),
        "since_click_ms": {name: middle([one.since_click[name] for one in rest if name in one.since_click]) for name in seen},
        "since_click_ms_of_first_call": {name: round(first.since_click[name]) for name in STATIONS if name in first.since_click},
    }  # fmt: skip


def _calls(trial: Trial, folder: Path, calls: int) -> list[Times]:
    told = Conversation.of(trial)
    voice = tone_wav(folder / "caller.wav", CALLER_HERTZ, 60.0)
    with _desk(folder, told) as page:
        return [_one_call(page, told, voice) for _ in range(calls)]


@contextlib.contextmanager
def _desk(folder: Path, told: Conversation) -> Iterator[Page]:
    """An agent's browser, with the shift begun."""
    flags = [*FLAGS, microphone(tone_wav(folder / "agent.wav", AGENT_HERTZ))]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        context = browser.new_context(permissions=["microphone"])
        context.add_init_script(path=Path(__file__).with_name("marks.js"))
        page = context.new_page()
        page.goto(f"{told.env['PUBLIC_BASE_URL']}/desk")
        page.fill("#email", told.email)
        page.fill("#password", told.password)
        page.get_by_role("button", name="Sign in").click()
        _phone(page, "Start shift").click()
        _phone(page, "Done").click()  # of the sound check
        yield page
        browser.close()


def _one_call(page: Page, told: Conversation, voice: Path) -> Times:
    expect(page.locator("#phone")).to_contain_text("Waiting for a call", timeout=PATIENCE)
    page.evaluate("() => forgetForBench()")
    simulator = told.env["TWILIO_API_URL"]
    words = {"words": "a tone", "seconds": "60", "at": "0s", "file": str(voice)}
    order = {"from": "+12025550123", "to": told.number, "say": words, "hangup": "60s"}
    answer = requests.post(f"{simulator}/sim/calls", json=order, timeout=10)
    answer.raise_for_status()
    expect(_phone(page, "Accept")).to_be_visible(timeout=PATIENCE)
    offer = page.evaluate(
        "() => fetch('/api/desk').then((answer) => answer.json()).then((desk) => desk.offer)"
    )
    time.sleep(0.7)  # somebody reads the card
    page.wait_for_function("() => marksForBench().shown_at && marksForBench().audible_at", timeout=PATIENCE)
    _phone(page, "Accept").click()
    page.wait_for_function("() => marksForBench().sound && marksForBench().talk_drawn", timeout=PATIENCE)
    marks: dict[str, float] = page.evaluate("() => marksForBench()")
    marks |= _asked(simulator, marks["click"])
    _phone(page, "End call").click()
    _phone(page, "Ready for the next call").click()
    offered = 1000 * float(offer["offered_at"])
    since: dict[str, float] = {name: marks[name] - marks["click"] for name in STATIONS if name in marks}
    return Times(marks["shown_at"] - offered, marks["audible_at"] - offered, since["sound"], since)


def _asked(simulator: str, click: float) -> dict[str, float]:
    """When the simulated Twilio asked for the two documents of the talk, and was told to fetch the caller."""
    state = requests.get(f"{simulator}/console/state?after=0", timeout=10).json()
    found: dict[str, float] = {}
    for one in state["webhooks"]:
        name = next((name for path, name in WEBHOOKS.items() if path in one["path"]), None)
        if name and 1000 * one["at"] >= click:
            found.setdefault(name, 1000 * one["at"])
    for one in state["requests"]:
        if "/Calls/CA" in one["path"] and 1000 * one["at"] >= click:
            found.setdefault("poked", 1000 * one["at"])
    return found


def _phone(page: Page, name: str) -> Any:
    return page.locator("#phone").get_by_role("button", name=name, exact=True)
