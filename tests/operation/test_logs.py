"""Nobody finds a customer's number or a key of ours in the logs, whatever went wrong."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.build import SECRET
from tests.journeys.northwind import CUSTOMER, NORTHWIND
from tests.journeys.shop import Shop
from voice.logs import HIDDEN, set_up_logs, veil


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the process writes as its log; afterwards logging is as it was."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    set_up_logs("json", (SECRET,), stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


def test_a_whole_journey_leaves_neither_numbers_nor_secrets(tmp_path: Path, written: io.StringIO) -> None:
    shop = Shop(tmp_path)
    account = shop.rt.books.account_of("northwind")
    token = account.secrets.auth_tokens[0]
    caller = shop.talk()
    shop.harms_webhooks("/voice/wait", "status", status=500)
    shop.sim.faults.rest("POST .*/Calls", "status", times=3, status=500)
    shop.sim.call(to=NORTHWIND, from_="+12025550177")
    shop.waits(5)
    shop.ann.is_awake = False
    shop.sql_goes_away()
    shop.sim.call(to=NORTHWIND, from_="+12025550166")
    shop.waits(3)
    shop.sql_comes_back()
    caller.hangs_up()
    shop.waits(5)
    _fail_loudly(caller.sid, token, account.secrets.api_key_secret)
    shop.rt.store.close()

    text = written.getvalue()
    secrets = [token, account.secrets.api_key_secret, SECRET, shop.ann.token, shop.ann.csrf]
    numbers = [CUSTOMER, "+12025550177", "+12025550166", NORTHWIND]
    spoken = ["2025550188", "202-555-0188", "%2B12025550188"]
    assert [one for one in secrets + numbers + spoken if one in text] == []
    assert "+1...0188" in text
    assert all(json.loads(line) for line in text.splitlines())


def _fail_loudly(call: str, token: str, key: str) -> None:
    """What a careless line of code or a library might log."""
    log = structlog.get_logger()
    log.info("caller", caller=CUSTOMER, spaced="+1 202-555-0188", form=f"From=%2B{CUSTOMER[1:]}", call=call)
    log.info("asked", headers={"Authorization": f"Basic {key}", "X": [f"{CUSTOMER}"]}, auth_token=token)
    log.info(f"secret_key is {SECRET}", csrf="csrf-us_ann", url="postgresql://me:token-us_ann@host/db")
    try:
        raise ValueError(f"cannot reach {CUSTOMER} with {token}")
    except ValueError:
        log.exception("failed", call=call)
    logging.getLogger("some.library").warning("GET /x?token=%s for %s", key, CUSTOMER)


def test_a_line_about_a_call_begins_with_the_call(written: io.StringIO) -> None:
    structlog.get_logger().warning("carrier away", kind="poke", call="ca_one")

    assert written.getvalue().startswith('{"call": "ca_one", "event": "carrier away"')


def test_a_library_writes_json_as_we_do(written: io.StringIO) -> None:
    logging.getLogger("granian").info("Listening at: %s", "http://127.0.0.1:8000")

    line = json.loads(written.getvalue())
    assert (line["event"], line["logger"]) == ("Listening at: http://127.0.0.1:8000", "granian")


@pytest.mark.parametrize(
    ("text", "veiled"),
    [
        ("to +442079460123.", "to +4...0123."),
        ("Bearer abcdefghijkl", f"Bearer {HIDDEN}"),
        ("eyJhbGciOi.eyJzdWIi.c2ln rest", f"{HIDDEN} rest"),
        ("/media/aGVsbG8.x?y", f"/media/{HIDDEN}?y"),
        ("CA0123456789abcdef0123456789abcdef", "CA0123456789abcdef0123456789abcdef"),
        ("at 1763772000.25 ca_k3v5x2", "at 1763772000.25 ca_k3v5x2"),
        ("password=hunter22&x=1", f"password={HIDDEN}&x=1"),
    ],
)
def test_what_is_veiled_and_what_stays(text: str, veiled: str) -> None:
    assert veil(text) == veiled
