"""The web process as it is run in earnest: granian, its own port, behind a proxy that takes a prefix off the path."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter
from sqlalchemy import select
from urllib3.util import Retry

from simulator.account import Account
from tests.build import SECRET, account_json
from tests.journeys.northwind import CUSTOMER, FLOW, NORTHWIND
from tests.wire.build import signature_of
from tests.wire.proxy import prefix_proxy
from voice import models
from voice.store import Store

ROOT = Path(__file__).parents[2]
CALL = "CA" + "8" * 32
WORDS = [sys.executable, "-m", "app"]


@dataclass
class Site:
    """A web process behind a proxy, and Twilio, which knows the proxy's address only."""

    public: str
    inner: str
    account: Account
    process: "subprocess.Popen[str]"
    http: requests.Session

    def fields(self, **more: str) -> dict[str, str]:
        leg = {"CallSid": CALL, "From": CUSTOMER, "To": NORTHWIND, "CallStatus": "in-progress"}
        return {"AccountSid": self.account.sid, "Direction": "inbound"} | leg | more

    def posts(
        self, url: str, *, signed_for: str | None = None, headers: dict[str, str] | None = None, **more: str
    ) -> requests.Response:
        """A webhook to an address, signed for that address or for another one."""
        fields = self.fields(**more)
        signature = signature_of(signed_for or url, list(fields.items()), self.account.auth_token)
        return self.http.post(
            url, fields, headers={"X-Twilio-Signature": signature} | (headers or {}), timeout=30
        )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with _served(tmp_path_factory.mktemp("site")) as made:
        yield made


@contextmanager
def _served(folder: Path) -> Iterator[Site]:
    with prefix_proxy("/shop") as proxy:
        public, proxy.inner_port = f"http://127.0.0.1:{proxy.port}/shop", _free_port()
        account = Account.demo(base_url=public, numbers=(NORTHWIND,))
        env = _environment(folder, public, proxy.inner_port)
        _prepare(folder, account, env)
        with (
            subprocess.Popen(
                [*WORDS, "web"],
                cwd=ROOT,
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as process,
            requests.Session() as http,
        ):
            http.mount(
                "http://",
                HTTPAdapter(max_retries=Retry(total=None, connect=60, backoff_factor=0.2, backoff_max=1)),
            )
            made = Site(public, f"http://127.0.0.1:{proxy.inner_port}", account, process, http)
            try:
                assert http.get(f"{made.inner}/healthz", timeout=60).json() == {"ok": True}
                yield made
            finally:
                process.terminate()  # killed, granian would leave its worker behind
                process.communicate(timeout=30)


def _environment(folder: Path, public: str, port: int) -> dict[str, str]:
    return os.environ | {
        "PUBLIC_BASE_URL": public,
        "HOST": "127.0.0.1",
        "WEB_PORT": str(port),
        "DATABASE_URL": f"sqlite:///{folder}/ringdesk.db",
        "STORAGE_URL": f"file:{folder}/recordings",
        "FLOWS_DIR": str(folder / "flows"),
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECRET_KEY": SECRET,
    }


def _prepare(folder: Path, account: Account, env: dict[str, str]) -> None:
    (folder / "flows").mkdir()
    (folder / "flows" / "northwind.yaml").write_text(FLOW, encoding="utf-8")
    (folder / "account.json").write_text(json.dumps(account_json(account)), encoding="utf-8")
    for words in (["migrate"], ["seed", "--account", str(folder / "account.json")]):
        done = subprocess.run([*WORDS, *words], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_webhook_signed_for_the_public_address_is_answered_with_public_addresses(site: Site) -> None:
    answer = site.posts(f"{site.public}/voice/incoming")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert "Thank you for calling Northwind Outfitters" in answer.text
    addresses = re.findall(r"https?://[^<\"#]+", answer.text)
    assert addresses
    assert all(address.startswith(f"{site.public}/") for address in addresses)


def test_a_call_goes_on_from_turn_to_turn_into_the_queue(site: Site) -> None:
    menu = site.posts(f"{site.public}/voice/incoming").text
    (turn,) = set(re.findall(rf"{site.public}/voice/turn/[A-Za-z0-9_-]+", menu))

    queued = site.posts(turn, Digits="1")

    assert queued.status_code == 200
    assert f"{site.public}/voice/wait/" in queued.text
    (wait,) = set(re.findall(rf"{site.public}/voice/wait/[a-z0-9_]+", queued.text))
    music = site.posts(wait, QueueTime="0", QueuePosition="1")
    assert f"{site.public}/audio/hold-0.wav" in music.text
    assert site.http.get(f"{site.public}/audio/hold-0.wav", timeout=30).content.startswith(b"RIFF")


@pytest.mark.parametrize("door", ["incoming", "status"])
def test_a_webhook_signed_for_the_inner_address_is_refused(site: Site, door: str) -> None:
    public, inner = (f"{address}/voice/{door}" for address in (site.public, site.inner))

    assert site.posts(public, signed_for=inner).status_code == 403
    assert site.posts(inner).status_code == 403
    assert site.posts(inner, signed_for=public).status_code == 200  # as the proxy itself does


@pytest.mark.parametrize("door", ["incoming", "status"])
def test_forged_hosts_change_nothing(site: Site, door: str) -> None:
    url, path = f"{site.public}/voice/{door}", f"/voice/{door}"
    forged = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Port": "443",
        "X-Original-URL": "/evil",
        "Forwarded": "host=evil.example;proto=https",
    }

    genuine = site.posts(url, headers=forged)
    assert genuine.status_code == 200
    assert "evil" not in genuine.text
    for address in (
        "https://evil.example",
        "http://evil.example",
        "https://evil.example/evil",
        "https://evil.example/shop",
    ):
        assert site.posts(url, signed_for=address + path, headers=forged).status_code == 403


def test_a_query_is_part_of_what_is_signed(site: Site) -> None:
    url = f"{site.public}/voice/goodbye"

    assert site.posts(f"{url}?a=%20b&c=d").status_code == 200
    assert site.posts(f"{url}?a=%20b&c=d", signed_for=url).status_code == 403
    assert site.posts(url, signed_for=f"{url}?a=b").status_code == 403


def test_a_body_above_the_limit_is_refused(site: Site) -> None:
    for door in ("incoming", "status"):
        assert site.posts(f"{site.public}/voice/{door}", CallerName="x" * 70_000).status_code == 413


def test_a_path_outside_the_prefix_is_not_handed_on(site: Site) -> None:
    outside = site.public.removesuffix("/shop") + "/voice/incoming"

    assert site.posts(outside).status_code == 404


def test_sigterm_ends_the_process_cleanly_and_no_answered_turn_is_forgotten(tmp_path: Path) -> None:
    with _served(tmp_path) as site:
        assert site.posts(f"{site.public}/voice/incoming").status_code == 200
        site.process.terminate()
        said, _ = site.process.communicate(timeout=30)

        assert site.process.returncode == 0, said
        assert "Traceback" not in said
        assert "panicked" not in said
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{site.inner}/healthz", timeout=5)

    store = Store(f"sqlite:///{tmp_path}/ringdesk.db")
    with store.read() as tx:
        assert list(tx.scalars(select(models.Event.kind))) == ["call_started", "menu_presented"]
        assert tx.scalar(select(models.Call.call_sid)) == CALL
    store.close()
