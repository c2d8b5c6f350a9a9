"""The way to our own web process and to recordings' sound as a stranger takes it, in this process."""

import io
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from werkzeug.test import Client

from tests.operation.house import House


class Outside(BaseAdapter):
    """What answers outside; a test may put other servers in their places."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house = house
        self.web_status: int | None = None
        self.is_media_open = False

    def send(self, request: Any, *_args: Any, **_options: Any) -> requests.Response:
        """One request without credentials."""
        answer = requests.Response()
        path = urlsplit(request.url).path
        if path.startswith("/2010-04-01"):
            status = 200 if self.is_media_open else self.house.sim.rest("GET", path, {}, {}, None)[0]
        elif self.web_status is not None:
            status = self.web_status
        else:
            web = Client(self.house.app.wsgi_app)
            status = web.post(path, data=request.body, headers=dict(request.headers)).status_code
        answer.status_code, answer.url, answer.raw = status, request.url, io.BytesIO()
        return answer

    def close(self) -> None:
        """Nothing is held."""


def session_of(outside: Outside) -> requests.Session:
    """A session whose every request goes there."""
    session = requests.Session()
    session.mount("http://", outside)
    session.mount("https://", outside)
    return session
