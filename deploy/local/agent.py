"""A scripted agent: does over HTTP what a person does at the desk in a browser."""

import json
import queue
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

import requests

from deploy.local.stop import Stop

Snapshot = Mapping[str, Any]
ANSWER_SECONDS = 10.0


class Agent:
    """Signed in with an open stream, as a desk is; `sees` waits for the desk to show something."""

    def __init__(self, base_url: str, push_url: str, signalling_url: str, email: str) -> None:
        self.base_url, self.push_url, self.signalling_url, self.email = (
            base_url,
            push_url,
            signalling_url,
            email,
        )
        self.http = requests.Session()
        self.http.headers["Origin"] = base_url
        self.shown: queue.SimpleQueue[Snapshot] = queue.SimpleQueue()
        self._stream: requests.Response | None = None

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> None:
        self.http.close()

    def __enter__(self) -> "Agent":
        return self

    def signs_in(self, password: str) -> None:
        """Sign in and open the stream."""
        self.http.headers["X-CSRF-Token"] = self.posts("/api/login", email=self.email, password=password)[
            "csrf"
        ]
        self._stream = self.http.get(f"{self.push_url}/stream", stream=True, timeout=(ANSWER_SECONDS, 60))
        if self._stream.status_code != 200:
            raise Stop(
                f"push refused the desk's stream ({self._stream.status_code}): {self._stream.text.strip()}"
            )
        threading.Thread(target=self._listen, args=(self._stream,), daemon=True).start()

    def posts(self, path: str, **words: str) -> dict[str, Any]:
        """One click, by its address; the answer."""
        answer = self.http.post(self.base_url + path, json=words, timeout=ANSWER_SECONDS)
        if not answer.ok:
            raise Stop(f"the desk refused {path} ({answer.status_code}): {answer.text.strip()[:300]}")
        return dict(answer.json()) if answer.content else {}

    def reads(self, path: str) -> dict[str, Any]:
        """What a page of the desk reads."""
        answer = self.http.get(self.base_url + path, timeout=ANSWER_SECONDS)
        if not answer.ok:
            raise Stop(f"the desk refused {path} ({answer.status_code}): {answer.text.strip()[:300]}")
        return dict(answer.json())

    def fetches(self, address: str) -> requests.Response:
        """A file, such as a recording, by its address or by its path at the desk."""
        return self.http.get(requests.compat.urljoin(self.base_url, address), timeout=ANSWER_SECONDS)

    def sees(self, what: str, is_so: Callable[[Snapshot], Any], seconds: float) -> Any:
        """Wait until the desk shows something; what `is_so` found."""
        deadline = time.monotonic() + seconds
        last: Snapshot = {}
        while (left := deadline - time.monotonic()) > 0:
            try:
                last = self.shown.get(timeout=left)
            except queue.Empty:
                break
            if found := is_so(last):
                return found
        raise Stop(
            f"the desk did not show {what} within {seconds:.0f} s; the agent is {last.get('state', 'unknown')}"
        )

    def connects(self, offer: str, account_sid: str) -> None:
        """Connect the browser's phone without its sound: the simulator makes the leg that the SDK would make."""
        token = self.posts("/api/token", account_sid=account_sid)["token"]
        form = {"token": token, "params": f"offer={offer}"}
        answer = requests.post(f"{self.signalling_url}/connect", data=form, timeout=ANSWER_SECONDS)
        if not answer.ok:
            raise Stop(f"the phone could not connect ({answer.status_code}): {answer.text.strip()[:300]}")

    def _listen(self, stream: requests.Response) -> None:
        event = ""
        try:
            for line in stream.iter_lines(chunk_size=1, decode_unicode=True):
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "data" and event == "desk":
                    self.shown.put(json.loads(value))
                elif name == "data" and event == "ping":
                    self.posts("/api/pong")
        except (requests.RequestException, AttributeError):
            return  # the desk was closed
