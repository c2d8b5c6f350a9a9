"""What a flow can do, heard on the telephone."""

import io
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from recordings import send_text
from simulator.handset import Caller
from tests.journeys.shop import Shop
from voice import models
from voice.carrier_faults import CarrierAway

HEAD = """
flow_version: 1
merchant: northwind
name: Northwind Outfitters
timezone: America/New_York
numbers: ["+12025550100"]
recording: {record: no}
queues: {orders: {ring: 20s, max_wait: 10m}}
"""
TAIL = """
  message: {voicemail: {en-US: "Please leave a message.", es-US: "Deje un mensaje."}, next: goodbye}
  goodbye: {hangup: {en-US: "Goodbye.", es-US: "Adiós."}}
"""


def shop_with(tmp_path: Path, steps: str, head: str = "") -> Shop:
    """A shop whose flow begins at the step `hello`."""
    return Shop(tmp_path, flow=f"{HEAD}{head}\nstart: hello\nfallback: message\nsteps:\n{steps}{TAIL}")


def test_a_caller_chooses_a_language_and_the_ticket_tells_what_was_learned(tmp_path: Path) -> None:
    shop = shop_with(
        tmp_path,
        """
  hello:
    menu: {en-US: "For English press 1.", es-US: "Para español pulse 2."}
    options: {1: from_where, 2: spanish}
  spanish: {language: es-US, next: from_where}
  from_where:
    branch: [{field: country, in: [US, CA], next: american}]
    otherwise: goodbye
  american: {tag: [american, menu], next: told}
  told: {ticket: {origin: "{country}, in {language}"}, next: three_times}
  three_times: {loop: 2, again: once, done: goodbye}
  once: {say: {en-US: "Once.", es-US: "Una vez."}, next: three_times}
""",
        'ticket_fields: {origin: "Calls from"}\n',
    )
    caller = shop.rings_up("+12025550188")
    caller.hears("For English")

    caller.presses("2")

    caller.hears("Una vez")
    caller.hears("Una vez")
    caller.hears("Adiós")
    caller.ends()
    shop.waits(5)
    assert shop.only(models.Ticket).tags == ["american", "menu"]
    (filled,) = shop.facts("ticket_filled")
    assert filled.data["fields"] == ["Calls from: US, in es-US"]
    shop.sim.assert_quiet()


STAFFED = """
  hello: {staffing: orders, available: someone, all_busy: busy, all_away: away, nobody: goodbye}
  someone: {queue: orders}
  busy: {hangup: "All are busy."}
  away: {hangup: "All are away."}
"""
ORDER_AND_PIN = """
  hello: {gather: "Your order?", digits: 6, save: order, confirm: "You entered {order}. Right?", next: pin}
  pin: {gather: "Your PIN, then hash.", digits: 3-8, save: pin, sensitive: yes, next: right}
  right: {branch: [{field: pin, is: "4711", next: line}], otherwise: goodbye}
  line: {queue: orders}
"""


def test_a_flow_tells_nobody_all_away_and_all_busy_apart(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, STAFFED)
    shop.rings_up("+12025550181").hears("Goodbye")

    shop.ann.starts_shift()
    caller = shop.rings_up("+12025550182")
    shop.ann.rings()
    shop.rings_up("+12025550183").hears("All are busy")
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.ann.ends()
    shop.waits(40)
    shop.ann.posts("/api/away", reason="lunch")

    shop.rings_up("+12025550184").hears("All are away")
    shop.waits(2)
    shop.sim.assert_quiet()


def test_a_queue_that_lets_nobody_in_leads_on_to_a_look_at_the_staff(tmp_path: Path) -> None:
    steps = STAFFED.replace("hello:", "look:").replace("someone: {queue: orders}", "someone: {goto: goodbye}")
    shop = shop_with(tmp_path, f"  hello: {{queue: orders, no_agents: look}}{steps}")

    shop.rings_up("+12025550181").hears("Goodbye")

    shop.waits(2)
    assert [fact.data["result"] for fact in shop.facts("staffing_checked")] == ["nobody"]
    shop.sim.assert_quiet()


def test_digits_are_read_back_and_a_secret_is_in_no_row_of_the_database(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, ORDER_AND_PIN)
    caller = shop.rings_up()
    caller.hears("Your order?")

    caller.presses("123456")
    caller.hears("You entered 1 2 3 4 5 6. Right?")
    caller.presses("1")
    caller.hears("Your PIN")
    caller.presses("4711#")

    caller.hears_music()
    shop.waits(2)
    kept = [str(fact.data) for fact in shop.facts()] + [str(row.session) for row in shop.rows(models.Waiting)]
    kept += [row.answer.decode() for row in shop.rows(models.TurnAnswer)]
    assert "123456" in "".join(kept)
    assert "4711" not in "".join(kept)
    shop.sim.assert_quiet()


WAITED = """
  hello: {queue: orders, wait: calm, timeout: goodbye, exit_keys: {9: goodbye}}
"""
CALM = """
audio: {tune: tunes/calm.wav}
waits:
  calm:
    - {music: tune}
    - {position: 10m, first: 15s}
    - {say: "Thank you for waiting, {caller}.", first: 30s, every: 1m}
"""


def test_a_waiting_caller_hears_the_flows_own_music_and_words_at_their_times(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "  hello: {queue: orders}")
    (shop.rt.settings.flows_dir / "tunes").mkdir()
    with wave.open(str(shop.rt.settings.flows_dir / "tunes" / "calm.wav"), "wb") as tune:
        tune.setparams((1, 2, 8000, 0, "NONE", "not compressed"))
        tune.writeframes(bytes(2 * 8000 * 50))
    shop.publishes(f"{HEAD}{CALM}\nstart: hello\nfallback: message\nsteps:\n{WAITED}{TAIL}")
    caller = shop.rings_up()

    played = caller.hears_music()
    caller.hears("You are next", within=50)
    caller.hears("Thank you for waiting, 1 2 0", within=50)
    caller.hears("Thank you for waiting", within=80)
    caller.presses("9")
    caller.hears("Goodbye", within=5)

    assert "northwind.tunes.calm~0.wav" in played.source
    with wave.open(io.BytesIO(shop.app.test_client().get("/audio/northwind.tunes.calm~7.wav").data)) as piece:
        # 50 seconds are three pieces of 15 and one of 5, round and round.
        assert piece.getnframes() == 8000 * 5
    shop.sim.assert_quiet()


ASKED = """
  hello: {gather: "Your order?", digits: 4, save: order, next: look_up}
  look_up:
    http: order_status
    say: "One moment, I am looking."
    save: {status: order.status, eta: order.days}
    ok: told
    error: failed
    timeout: slow
  told: {hangup: "Your order is {status}, {eta} days left."}
  failed: {hangup: "I cannot see your order."}
  slow: {hangup: "The shop is slow today."}
"""


class Shopkeeper(BaseHTTPRequestHandler):
    """The merchant's own system."""

    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Authorization"]))
        if self.path.startswith("/orders/4040"):
            self.send_response(302)
            self.send_header("Location", "/orders/1234")
            self.end_headers()
            return
        body = b'{"order": {"status": "on its way", "days": 2}}'
        if self.path.startswith("/orders/9999"):
            body = b"x" * 70_000
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def system() -> Iterator[str]:
    """Where the merchant's system answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shopkeeper)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    Shopkeeper.asked.clear()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def shop_asking(tmp_path: Path, host: str, **settings: object) -> Shop:
    """A shop that may ask a host."""
    url = f'endpoints: {{order_status: {{url: "http://{host}/orders/{{order}}?from={{caller}}", bearer: shop_key}}}}\n'
    shop = shop_with(tmp_path, ASKED, url)
    allowed = {
        "http_hosts": host,
        "http_private": True,
        "http_secrets": SecretStr("northwind/shop_key=s3cret"),
    }
    object.__setattr__(shop.rt, "settings", shop.rt.settings.model_copy(update=allowed | settings))
    return shop


def hears_of(shop: Shop, order: str, words: str) -> Caller:
    """A customer asks about an order."""
    caller = shop.rings_up("+12025550188")
    caller.hears("Your order?")
    caller.presses(order)
    caller.hears(words, within=20)
    return caller


def test_a_flow_asks_the_shops_system_and_says_what_it_learned(tmp_path: Path, system: str) -> None:
    shop = shop_asking(tmp_path, system)

    caller = hears_of(shop, "1234", "Your order is on its way, 2 days left")

    assert any("One moment, I am looking." in line.text for line in caller.transcript)
    assert Shopkeeper.asked == [("/orders/1234?from=%2B12025550188", "Bearer s3cret")]
    assert [fact.data["outcome"] for fact in shop.facts("system_replied")] == ["ok"]
    shop.sim.assert_quiet()


@pytest.mark.both_stores
def test_asking_and_texting_work_on_both_stores(shop: Shop, system: str) -> None:
    head = f'endpoints: {{order_status: {{url: "http://{system}/orders/{{order}}"}}}}'
    steps = ASKED.replace("told: {hangup:", "text: {send_sms: 'Thank you.', next: told}\n  told: {hangup:")
    shop.publishes(
        f"{HEAD}{head}\nstart: hello\nfallback: message\nsteps:\n{steps.replace('ok: told', 'ok: text')}{TAIL}"
    )
    allowed = {"http_hosts": system, "http_private": True}
    object.__setattr__(shop.rt, "settings", shop.rt.settings.model_copy(update=allowed))

    hears_of(shop, "1234", "Your order is on its way, 2 days left")

    assert shop.sim.phone("+12025550188").gets_text("Thank you")
    assert shop.only(models.Reply).saved == [["status", "on its way"], ["eta", "2"]]


@pytest.mark.parametrize(
    ("order", "settings"),
    [
        ("4040", {}),  # a redirect is not followed
        ("9999", {}),  # too big
        ("1234", {"http_hosts": "shop.example"}),  # a host that the operator does not list
        ("1234", {"http_private": False}),  # a private address
        ("1234", {"http_secrets": SecretStr("marlow/shop_key=another")}),  # another merchant's secret
    ],
)
def test_what_may_not_be_asked_or_answers_badly_is_an_error(
    tmp_path: Path, system: str, order: str, settings: dict[str, object]
) -> None:
    shop = shop_asking(tmp_path, system, **settings)

    hears_of(shop, order, "I cannot see your order")

    assert len(Shopkeeper.asked) == (1 if not settings else 0)
    shop.sim.assert_quiet()


def test_a_process_that_dies_while_it_asks_is_a_timeout_to_the_caller(tmp_path: Path, system: str) -> None:
    shop = shop_asking(tmp_path, system)
    forgotten: list[object] = []

    def dies(job: object) -> bool:
        forgotten.append(job)
        return True

    object.__setattr__(shop.rt, "ask", dies)

    hears_of(shop, "1234", "The shop is slow today")

    assert len(forgotten) == 1
    assert shop.only(models.Reply).state == "timeout"
    shop.sim.assert_quiet()


AFTER = """
  hello: {recording: ask, say: "May we record? Press 1 for yes.", next: line}
  line: {queue: orders, answered: how}
  how: {survey: "From 1 to 5, how was it?", next: text}
  text: {send_sms: "Thank you for calling {merchant}.", next: goodbye}
"""


def test_consent_a_mark_and_a_text_message_around_a_talk(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, AFTER, "")
    shop.ann.starts_shift()
    caller = shop.rings_up("+12025550188")
    caller.hears("May we record?")

    caller.presses("2")
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.waits(5)
    shop.ann.ends()
    caller.hears("From 1 to 5")
    caller.presses("5")
    caller.hears("Goodbye")

    assert shop.sim.phone("+12025550188").gets_text("Thank you for calling Northwind")
    shop.waits(5)
    assert shop.rows(models.Recording) == []
    assert shop.only(models.TextMessage).state == "sent"
    assert [fact.data["mark"] for fact in shop.facts("survey_answered")] == [5]
    assert [fact.data["how"] for fact in shop.facts("recording_decided")] == ["refused"]
    shop.sim.assert_quiet()


def test_a_text_that_the_carrier_refuses_is_told_on_the_ticket(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, '  hello: {send_sms: "Thank you.", next: goodbye}')
    shop.sim.phone("+12025550188").unsubscribes("+12025550100")

    shop.rings_up("+12025550188").hears("Goodbye")
    shop.waits(10)

    assert shop.only(models.TextMessage).state == "failed"
    assert len(shop.facts("text_failed")) == 1
    assert shop.sim.phone("+12025550188").texts == []


MODULE = """
flow_module: 1
module: order_number
arguments: [shop]
outcomes: [known, unknown]
start: ask
steps:
  ask: {gather: "The order number of {shop}?", digits: 4, save: order, next: good, no_input: none, no_match: none}
  good: {outcome: known}
  none: {outcome: unknown}
"""
USING = """
  hello: {flow: order_number, with: {shop: "{merchant}"}, outcomes: {known: told, unknown: goodbye}}
  told: {hangup: "Order {order}."}
"""


def test_a_published_flow_takes_its_modules_along(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "  hello: {goto: goodbye}")
    file = shop.rt.settings.flows_dir / "shared" / "order.yaml"
    file.parent.mkdir()
    file.write_text(MODULE, "utf-8")
    shop.publishes(
        f"{HEAD}include: shared/order.yaml\nstart: hello\nfallback: message\nsteps:\n{USING}{TAIL}"
    )
    file.unlink()  # a call in progress needs the file no more
    shop.rt.books._flows.clear()
    caller = shop.rings_up()
    caller.hears("The order number of Northwind Outfitters?")

    caller.presses("1234")

    caller.hears("Order 1 2 3 4")
    shop.sim.assert_quiet()


def test_a_blocked_caller_hears_one_sentence(tmp_path: Path) -> None:
    blocked = 'blocked: {numbers: ["+12025550166"], say: "We cannot take your call."}\n'
    shop = shop_with(tmp_path, "  hello: {queue: orders}", blocked)

    caller = shop.rings_up("+12025550166")
    caller.hears("We cannot take your call")
    caller.ends()
    shop.waits(5)

    assert [fact.kind for fact in shop.facts("caller_blocked", "enqueued")] == ["caller_blocked"]
    assert shop.rings_up("+12025550167").hears_music()
    shop.sim.assert_quiet()


def test_a_text_message_is_sent_at_most_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that dies between asking the carrier and writing that down does not know; it does not send again."""
    shop = shop_with(tmp_path, '  hello: {send_sms: "Thank you.", next: goodbye}')
    with monkeypatch.context() as once:
        once.setattr(shop.rt.carrier, "send_text", dies_after(shop.rt.carrier.send_text))
        shop.rings_up("+12025550188").hears("Goodbye")
        shop.waits(2)

    effect = send_text.work(
        shop.rt, "northwind", shop.only(models.TextMessage).id
    )  # as the sweeper will have it
    with shop.rt.write() as tx:
        effect(tx)
    shop.waits(10)

    assert shop.sim.phone("+12025550188").texts == ["Thank you."]
    assert (shop.only(models.TextMessage).state, len(shop.facts("text_failed"))) == ("failed", 1)
    shop.sim.assert_quiet()


def dies_after(send: Callable[..., str]) -> Callable[..., str]:
    """A process that ends when the carrier has taken the message."""

    def dying(*what: Any) -> str:
        send(*what)
        raise CarrierAway("the process ended")

    return dying


def test_the_web_shops_agent_sees_what_the_caller_entered_and_the_shop_answered(
    tmp_path: Path, system: str
) -> None:
    example = (Path(__file__).parents[2] / "callflows" / "examples" / "trailhead.yaml").read_text("utf-8")
    flow = example.replace("https://shop.trailhead.example", f"http://{system}").replace(
        "{status: status}", "{status: order.status}"
    )
    flow = flow.replace("merchant: trailhead", "merchant: northwind").replace("+12025550110", "+12025550100")
    flow = flow.replace("mon-fri: 08:00-18:00, country: US", "daily: 00:00-24:00")
    shop = Shop(tmp_path, flow=flow)
    allowed = {
        "http_hosts": system,
        "http_private": True,
        "http_secrets": SecretStr("northwind/shop_key=s3cret"),
    }
    object.__setattr__(shop.rt, "settings", shop.rt.settings.model_copy(update=allowed))
    shop.ann.starts_shift()
    caller = shop.rings_up()
    caller.hears("press 1")

    caller.presses("1")
    caller.hears("six digits")
    caller.presses("123456")
    caller.hears("Your order 1 2 3 4 5 6 is on its way")
    caller.presses("1")
    ring = shop.ann.rings()

    assert "Order: 123456; Shop says: on its way" in [station["text"] for station in ring["path"]]
    shop.sim.assert_quiet()
