"""A Runtime for tests: SQLite in a folder of the test's own, the virtual clock, the simulator behind the carrier."""

import asyncio
import base64
import io
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import requests
from requests.adapters import HTTPAdapter
from twilio.http.response import Response

from simulator.account import Account
from simulator.rest.answer import RestTimeout
from simulator.simulator import Simulator
from voice.books import Books
from voice.carrier import Carrier
from voice.journal import Journal
from voice.links import Links
from voice.runtime import Chance, Clock, Runtime
from voice.seal import Sealer
from voice.settings import Settings
from voice.store import Store

BASE_URL = "http://localhost:8000"
SECRET = "0123456789abcdef" * 4


class SimDoor:
    """The SDK's door out, leading into the simulator of this process."""

    def __init__(self) -> None:
        self.sim: Simulator | None = None

    def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: Any = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request; a timeout of the simulator is the one that a socket would have."""
        assert self.sim is not None
        path = "/" + url.split("/", 3)[3]
        try:
            status, sent, body = self.sim.rest(
                method, path, as_form(params or data or {}), headers or {}, auth
            )
        except RestTimeout as late:
            raise TimeoutError(str(late)) from late
        return Response(status, body.decode(), sent)


def as_form(values: dict[str, Any]) -> dict[str, str | list[str]]:
    """Parameters as a wire carries them: text, or several texts."""
    return {
        name: [str(one) for one in value] if isinstance(value, list | tuple) else str(value)
        for name, value in values.items()
    }


class SimMedia(HTTPAdapter):
    """The way to recordings' sound, leading into the simulator of this process."""

    def __init__(self, door: SimDoor) -> None:
        super().__init__()
        self._door = door

    def send(self, request: Any, *_args: Any, **_options: Any) -> requests.Response:
        """One request with the credentials it carries."""
        assert self._door.sim is not None
        user, _, password = (
            base64.b64decode(request.headers["Authorization"].split()[1]).decode().partition(":")
        )
        path, _, query = request.path_url.partition("?")
        status, sent, body = self._door.sim.rest("GET", path, dict(parse_qsl(query)), {}, (user, password))
        answer = requests.Response()
        answer.status_code, answer.url, answer.raw = status, request.url, io.BytesIO(body)
        answer.headers.update(sent)
        return answer


def settings_for(tmp_path: Path, **changed: Any) -> Settings:
    """Settings that touch nothing outside the folder."""
    chosen: dict[str, Any] = {
        "public_base_url": BASE_URL,
        "database_url": f"sqlite:///{tmp_path}/ringdesk.db",
        "storage_url": f"file:{tmp_path}/recordings",
        "secret_key": SECRET,
        "flows_dir": tmp_path / "flows",
        "redis_url": "redis://127.0.0.1:1/0",
        "twilio_api_url": BASE_URL,
    }
    return Settings(**(chosen | changed))


def make_rt(
    tmp_path: Path,
    clock: Clock,
    door: SimDoor | None = None,
    later: Callable[..., None] | None = None,
    **changed: Any,
) -> Runtime:
    """A Runtime with fresh tables; what should run after an answer runs at once unless `later` says otherwise.

    A `database_url` of the test's own has its tables already.
    """
    settings = settings_for(tmp_path, **changed)
    door, session = door or SimDoor(), requests.Session()
    session.mount("http://", SimMedia(door))
    store = Store(settings.database_url)
    if "database_url" not in changed:
        store.create_tables()
    return Runtime(
        settings=settings,
        store=store,
        clock=clock,
        chance=Chance(seed=7),
        later=later or (lambda job: job()),
        journal=Journal(store),
        books=Books(store, SECRET),
        carrier=Carrier(door, BASE_URL, session),
        links=Links(settings.public_base_url),
        sealer=Sealer(settings.seal_keys),
    )


def account_json(account: Account) -> dict[str, str]:
    """The simulator's account as the file that `ringdesk seed` reads."""
    return {
        "account_sid": account.sid,
        "auth_token": account.auth_token,
        "api_key_sid": account.api_key_sid,
        "api_key_secret": account.api_keys[account.api_key_sid],
        "app_sid": account.app_sid,
    }


def run_async(journey: Coroutine[Any, Any, None], seconds: float = 60.0) -> None:
    """Run it on a thread of its own: a browser of another test may keep a loop on this one."""

    async def in_time() -> None:
        await asyncio.wait_for(journey, seconds)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, in_time()).result()
