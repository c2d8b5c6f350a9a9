"""A flow asks the shop's own system, and every way of not being answered is an exit."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import SecretStr

from simulator.handset import Caller
from tests.journeys.flows import HEAD, TAIL, shop_with
from tests.journeys.shop import Shop
from voice import models

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
