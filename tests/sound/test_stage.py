"""The whole simulator with sound: a customer at the phone page, an agent with the Voice SDK, documents over HTTP."""

import contextlib
import json
import os
import signal
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Error, expect

from simulator.account import Account
from simulator.kernel import Signal
from simulator.sound.bridge import Bridge
from simulator.sound.stage import Stage, set_up
from simulator.wire.service import Service
from tests.sound.browser import tone_wav
from tests.sound.conftest import AGENT_HERTZ, CALLER_HERTZ
from tests.sound.customer import Customer
from tests.sound.hearing import above_the_rest, channels_of, comes_to_hear, hear, hear_out, level
from tests.sound.kernel import ACCOUNT_SID, APP_SID, KEY_SECRET, KEY_SID, token
from tests.sound.shop import Shop
from tests.sound.site import ROOT, Site

SHOP_NUMBER, VOICEMAIL_NUMBER, CUSTOMER_NUMBER = "+15550100100", "+15550100200", "+15550107788"
MUSIC_HERTZ = 330.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    music = tone_wav(tmp_path_factory.mktemp("shop") / "music.wav", MUSIC_HERTZ, 10.0)
    shop = Shop({"/music.wav": music.read_bytes()})
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def stage(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Bridge]]:
    account = Account(ACCOUNT_SID, "f" * 32, {KEY_SID: KEY_SECRET})
    account.add_number(SHOP_NUMBER, voice_url=f"{shop.url}/incoming")
    account.add_number(VOICEMAIL_NUMBER, voice_url=f"{shop.url}/voicemail")
    account.add_application(sid=APP_SID, voice_url=f"{shop.url}/agent")
    folder = tmp_path_factory.mktemp("state")
    service, bridge = set_up(Stage(account, "127.0.0.1", 0, folder, ROOT / "node_modules"), folder)
    thread = threading.Thread(target=service.run, daemon=True)
    thread.start()
    yield service, bridge
    bridge.stop()
    service.stop()
    thread.join(5)


@pytest.fixture
def simulator(stage: tuple[Service, Bridge], shop: Shop) -> Service:
    shop.forget()
    return stage[0]


@pytest.fixture
def customer(callers_browser: BrowserContext, simulator: Service) -> Iterator[Customer]:
    customer = Customer(callers_browser.new_page(), simulator.url, CUSTOMER_NUMBER)
    customer.switches_on()
    yield customer
    customer.page.close()
    assert customer.complaints == []


class Agent:
    """An agent's page with the real Voice SDK."""

    def __init__(self, context: BrowserContext, site: Site, simulator: Service) -> None:
        self.page = context.new_page()
        self.page.goto(f"{site.origin}/page.html?signalling={simulator.url.removeprefix('http://')}")
        self.page.wait_for_function("window.phone && window.Twilio")
        self.page.evaluate("token => phone.start(token)", token("agent"))

    def connects(self, **params: str) -> None:
        self.page.evaluate("params => phone.connect(params)", params)
        self.page.wait_for_function("phone.log.some(entry => entry.what === 'accept')")

    def hears(self, *hertz: float, seconds: float = 3.0) -> float:
        return hear_out(self.page, seconds, *hertz)

    def comes_to_hear(self, hertz: float) -> None:
        """Wait until this tone is what is heard."""
        comes_to_hear(self.page, hertz)


@pytest.fixture
def agent(agents_browser: BrowserContext, site: Site, simulator: Service) -> Iterator[Agent]:
    agent = Agent(agents_browser, site, simulator)
    yield agent
    agent.page.close()


def rest(simulator: Service, path: str, **form: str) -> Any:
    """One REST request: a GET without a form, else a POST."""
    data = urlencode(form).encode() if form else None
    request = urllib.request.Request(f"{simulator.url}/2010-04-01/Accounts/{ACCOUNT_SID}{path}", data)
    manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, simulator.url, ACCOUNT_SID, "f" * 32)
    opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(manager))
    with opener.open(request, timeout=10) as reply:
        body = reply.read()
    return json.loads(body) if ".json" in path else body


def machine(simulator: Service, path: str, order: object = None) -> Any:
    """The simulator's machine interface: a GET without an order, else a POST."""
    data = None if order is None else json.dumps(order).encode()
    request = urllib.request.Request(f"{simulator.url}/sim{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.load(reply)


def test_a_customer_hears_the_greeting_presses_a_key_and_talks_with_an_agent(
    customer: Customer, agent: Agent, simulator: Service, shop: Shop, tmp_path: Path
) -> None:
    customer.dials(SHOP_NUMBER)
    customer.talks()
    customer.hears_something()
    assert shop.was_asked("/incoming")["From"] == CUSTOMER_NUMBER
    customer.presses("1")
    caller_sid = shop.was_asked("/pressed", lambda form: form["Digits"] == "1")["CallSid"]
    agent.connects(offer="of_1")
    assert shop.was_asked("/agent")["From"] == "client:agent"
    customer.comes_to_hear(AGENT_HERTZ)

    assert customer.hears(AGENT_HERTZ) >= 20
    assert agent.hears(CALLER_HERTZ) >= 10

    room = rest(simulator, "/Conferences.json?FriendlyName=room&Status=in-progress")["conferences"][0]["sid"]
    rest(
        simulator, f"/Conferences/{room}/Participants/{caller_sid}.json",
        Hold="true", HoldUrl=f"{shop.url}/hold", HoldMethod="POST",
    )  # fmt: skip
    customer.comes_to_hear(MUSIC_HERTZ)
    assert customer.hears(MUSIC_HERTZ) >= 20
    assert level(hear(agent.page, 1.0)[0]) < -60
    rest(simulator, f"/Conferences/{room}/Participants/{caller_sid}.json", Hold="false")
    customer.comes_to_hear(AGENT_HERTZ)
    assert customer.hears(AGENT_HERTZ, seconds=1.5) >= 20

    customer.clicks("Hang up")

    customer.is_free()
    agent.page.wait_for_function("phone.log.some(entry => entry.what === 'disconnect')")
    recorded = shop.was_asked("/recorded", lambda form: form["CallSid"] == caller_sid)
    wav = tmp_path / "recording.wav"
    wav.write_bytes(rest(simulator, f"/Recordings/{recorded['RecordingSid']}.wav"))
    (left, right), rate = channels_of(wav)
    assert abs(len(left) / rate - int(recorded["RecordingDuration"])) <= 0.51
    assert above_the_rest(left, rate, CALLER_HERTZ) >= 10
    assert above_the_rest(right[-rate:], rate, AGENT_HERTZ) >= 20
    assert rest(simulator, f"/Recordings/{recorded['RecordingSid']}.mp3")[:3] in (
        b"ID3",
        b"\xff\xf3",
        b"\xff\xe3",
    )


def test_a_voicemail_is_what_the_customer_said(
    customer: Customer, simulator: Service, shop: Shop, tmp_path: Path
) -> None:
    customer.dials(VOICEMAIL_NUMBER)
    customer.talks()
    customer.comes_to_hear(1000)  # the beep
    expect(customer.page.get_by_text("0:05")).to_be_visible(timeout=30_000)
    customer.presses("#")

    thanks = shop.was_asked("/thanks")
    assert thanks["Digits"] == "#"
    recorded = shop.was_asked("/recorded", lambda form: form["CallSid"] == thanks["CallSid"])
    wav = tmp_path / "voicemail.wav"
    wav.write_bytes(rest(simulator, f"/Recordings/{recorded['RecordingSid']}.wav"))
    (said,), rate = channels_of(wav)
    assert above_the_rest(said[: rate * 2], rate, CALLER_HERTZ) >= 6
    customer.is_free()


def test_a_customers_phone_can_be_called_and_declines_or_accepts(
    customer: Customer, simulator: Service, shop: Shop
) -> None:
    def call() -> Any:
        return rest(
            simulator, "/Calls.json", To=CUSTOMER_NUMBER, From=SHOP_NUMBER, Url=f"{shop.url}/callback"
        )

    first = call()
    customer.is_rung()
    customer.clicks("Decline")
    customer.is_free()
    assert _ends(simulator, first["sid"]) == "busy"

    second = call()
    customer.is_rung()
    customer.clicks("Accept")
    customer.talks()
    customer.hears_something()
    rest(simulator, f"/Calls/{second['sid']}.json", Status="completed")
    customer.is_free()


def test_every_tab_is_a_phone_of_its_own(
    customer: Customer, callers_browser: BrowserContext, simulator: Service, shop: Shop
) -> None:
    other = Customer(callers_browser.new_page(), simulator.url, "+15550107799")
    other.switches_on()

    for phone in (customer, other):
        phone.dials(SHOP_NUMBER)
        phone.talks()

    assert shop.was_asked("/incoming", lambda form: form["From"] == "+15550107799")
    assert shop.was_asked("/incoming", lambda form: form["From"] == CUSTOMER_NUMBER)
    other.clicks("Hang up")
    other.is_free()
    expect(customer.page.get_by_role("button", name="Keypad")).to_be_visible()
    customer.hears_something()
    customer.clicks("Hang up")
    other.page.close()
    assert other.complaints == []


def test_a_number_that_nobody_has_is_said_to_be_out_of_reach(customer: Customer) -> None:
    customer.dials("+19995550000")

    expect(customer.page.get_by_role("alert")).to_contain_text("+1 999 555 0000 cannot be reached.")
    customer.is_free()


def test_a_scripted_caller_says_a_sound_file_and_small_talk(
    agent: Agent, simulator: Service, shop: Shop, tmp_path: Path
) -> None:
    file = tone_wav(tmp_path / "hello.wav", 880.0, 3.0)
    say = {"words": "hello", "seconds": "3", "file": str(file)}
    caller = machine(
        simulator, "/calls", {"from": "+15550109999", "to": SHOP_NUMBER, "press": ["1@1s"], "say": say}
    )
    shop.was_asked("/pressed")

    agent.connects()

    agent.comes_to_hear(880.0)
    loudest = max(level(hear(agent.page, 0.5)[0]) for _ in range(10))
    assert loudest > -35
    rest(simulator, f"/Calls/{caller['sid']}.json", Status="completed")
    agent.page.wait_for_function("phone.log.some(entry => entry.what === 'disconnect')")


def test_an_agents_page_that_is_killed_ends_its_leg(agent: Agent, simulator: Service, shop: Shop) -> None:
    agent.connects()
    sid = shop.was_asked("/agent")["CallSid"]

    with contextlib.suppress(Error):
        agent.page.goto("chrome://crash", timeout=3000)

    assert _ends(simulator, sid) == "completed"
    facts = machine(simulator, "/ledger?after=0")["facts"]
    assert [fact["why"] for fact in facts if fact["kind"] == "call.completed" and fact["call"] == sid] == [
        "the browser vanished"
    ]


def test_when_the_media_process_dies_another_takes_its_place_and_phones_come_back(
    customer: Customer, simulator: Service, stage: tuple[Service, Bridge]
) -> None:
    customer.dials(SHOP_NUMBER)
    customer.talks()
    caller = machine(simulator, "/calls", {"from": "+15550109998", "to": VOICEMAIL_NUMBER})
    _happens(simulator, simulator.world.legs[caller["sid"]].answered)
    calls = [call["sid"] for call in machine(simulator, "/state")["calls"]]
    before = len(machine(simulator, "/state")["alerts"])

    os.kill(stage[1].media_pid, signal.SIGKILL)

    assert [_ends(simulator, sid) for sid in calls] == ["completed", "completed"]
    assert stage[1].is_ready(30)
    told = machine(simulator, "/state")["alerts"][before:]
    assert [alert["code"] for alert in told] == [53405, 53405]
    assert "the media process ended" in told[0]["message"]
    customer.page.reload()
    customer.switches_on()
    customer.dials(SHOP_NUMBER)
    customer.talks()
    customer.hears_something()
    customer.clicks("Hang up")
    customer.is_free()
    customer.complaints.clear()  # the socket was really gone for a while


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_phone_page_is_accessible(customer: Customer, scheme: Literal["light", "dark"]) -> None:
    customer.page.emulate_media(color_scheme=scheme)
    axe = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
    customer.page.evaluate(axe)

    def violations() -> list[str]:
        found = customer.page.evaluate("axe.run()")["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]

    assert violations() == []
    customer.dials(SHOP_NUMBER)
    customer.talks()
    customer.clicks("Keypad")
    customer.page.wait_for_timeout(300)  # colours have settled
    assert violations() == []
    customer.clicks("Hang up")
    customer.is_free()


def test_no_request_of_the_phone_page_leaves_its_origin(
    callers_browser: BrowserContext, simulator: Service
) -> None:
    page = callers_browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url.replace("ws:", "http:")))

    customer = Customer(page, simulator.url, CUSTOMER_NUMBER)
    customer.switches_on()
    customer.dials(SHOP_NUMBER)
    customer.talks()
    customer.clicks("Hang up")
    customer.is_free()

    assert f"{simulator.url}/signal" in asked
    assert [url for url in asked if not url.startswith((simulator.url, "data:", "blob:"))] == []
    page.close()


def _ends(simulator: Service, sid: str) -> str:
    """How the call ended, awaited."""
    leg = simulator.world.legs[sid]
    _happens(simulator, leg.ended)
    return str(leg.status)


def _happens(simulator: Service, what: Signal[Any]) -> None:
    """Wait for it."""
    done = threading.Event()
    simulator.post(lambda: what.listen(done.set))
    assert done.wait(15), "nothing happened within 15 s"
