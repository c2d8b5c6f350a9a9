"""The merchant of the benchmarks, and the webhooks of its callers: each signed, each turn sealed for a call of its own."""

import hmac
import json
import sys
from base64 import b64encode
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from callflows import engine
from callflows.session import Caller
from simulator.account import Account
from tests.build import SECRET, account_json, make_rt
from tests.postgres.server import PostgresServer
from tests.wire.build import call_fields
from voice import turns
from voice.calls import Facts
from voice.migrate import migrate
from voice.runtime import Runtime, SharedClock
from voice.seeding import seed_merchants
from voice.signature import signed_text
from voice.store import Store

BASE_URL = "https://calls.example"
AUTH_TOKEN, ACCOUNT_SID = "b" * 32, "AC" + "0" * 32
NUMBER, CALLER = "+12025550100", "+14158675310"
FLOW = """
flow_version: 1
merchant: northwind
name: Northwind Outfitters
timezone: America/New_York
numbers: ["+12025550100"]
start: greeting
fallback: goodbye
steps:
  greeting:
    menu: "Thank you for calling {merchant}. For orders, press 1."
    options: {1: orders}
    no_input: goodbye
    no_match: goodbye
  orders:
    menu: "For the state of an order, press 1. To change an order, press 2."
    options: {1: goodbye, 2: goodbye}
    no_input: goodbye
    no_match: goodbye
  goodbye:
    hangup: "Thank you. Goodbye."
"""
EVENT_TABLE = (
    "CREATE TABLE bench_event (id serial PRIMARY KEY, call_sid text, turn int, caller text, digits text)"
)


NOBODY = "CA" + "f" * 32
FIELDS = call_fields(
    AccountSid=ACCOUNT_SID, CallSid=NOBODY, To=NUMBER, Called=NUMBER, CallStatus="in-progress",
    Digits="1", FinishedOnKey="",
)  # fmt: skip
BODY, SIGNED = urlencode(FIELDS).encode(), signed_text(FIELDS.items())


def signed(path: str, number: int) -> bytes:
    """The HTTP request of a caller who pressed 1, with the fields of a call of its own."""
    call_sid = call_sid_of(number)
    body = BODY.replace(NOBODY.encode(), call_sid.encode())
    text = BASE_URL + path + SIGNED.replace(NOBODY, call_sid)
    signature = b64encode(hmac.digest(AUTH_TOKEN.encode(), text.encode(), "sha1")).decode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: calls.example\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
        f"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nContent-Length: {len(body)}\r\n"
        f"X-Twilio-Signature: {signature}\r\n\r\n"
    )
    return head.encode() + body


def call_sid_of(number: int) -> str:
    """A call of its own."""
    return f"CA{number:032x}"


class Shop:
    """A merchant in a PostgreSQL database, for web processes that are started as in production."""

    def __init__(self, folder: Path, postgres: PostgresServer, redis_url: str) -> None:
        self.bench_url = postgres.url(postgres.new_database())
        with psycopg.connect(self.bench_url, autocommit=True) as connection:
            connection.execute(EVENT_TABLE)
        self._database_url = postgres.url(postgres.new_database())
        self._flows, self._redis_url = folder / "flows", redis_url
        self._flows.mkdir()
        (self._flows / "northwind.yaml").write_text(FLOW, encoding="utf-8")
        store = Store(self._database_url)
        migrate(store, lambda _line: None)
        store.close()
        self._rt = self._runtime(folder)
        self._numbers = count(1)

    @property
    def web(self) -> list[str | Path]:
        """The words that start our web process."""
        return [Path(sys.executable).with_name("ringdesk"), "web"]

    def environment(self, port: int, facts: str) -> dict[str, str]:
        """Its settings; `facts` behind or before the answer."""
        return {
            "PUBLIC_BASE_URL": BASE_URL, "WEB_PORT": str(port), "DATABASE_URL": self._database_url, "FACTS": facts,
            "REDIS_URL": self._redis_url, "SECRET_KEY": SECRET, "FLOWS_DIR": str(self._flows), "LOG_FORMAT": "json",
            "TWILIO_API_URL": "http://127.0.0.1:1", "WEB_THREADS": "32" if facts == "before" else "8",
        }  # fmt: skip

    def turns(self) -> Iterator[bytes]:
        """Requests for the second menu, each of a call that has never asked before."""
        for number in self._numbers:
            yield signed(f"/voice/turn/{self._sealed(number)}", number)

    def close(self) -> None:
        """Leave the database."""
        self._rt.store.close()

    def _sealed(self, number: int) -> str:
        return turns.seal(self._rt, self._facts._replace(call_sid=call_sid_of(number)), self._began)

    def _runtime(self, folder: Path) -> Runtime:
        account = Account.demo(base_url=BASE_URL, numbers=(NUMBER,))
        told = account_json(account) | {"account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN}
        (folder / "account.json").write_text(json.dumps(told), encoding="utf-8")
        rt = make_rt(folder, SharedClock(), database_url=self._database_url)
        seed_merchants(rt, folder / "account.json")
        flow = rt.books.live_flow("northwind")
        assert flow is not None
        began = engine.start(flow, Caller(CALLER, NUMBER), rt.now()).session
        assert began is not None
        self._began = began
        self._facts = Facts("northwind", "", "", ACCOUNT_SID, CALLER, "", NUMBER, flow.digest, rt.now())
        return rt
