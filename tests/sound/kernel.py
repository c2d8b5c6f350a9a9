"""The kernel's chair: commands to a real media process, and its events as they come."""

import threading
import time
from collections.abc import Sequence
from typing import TypeVar

import jwt

from simulator.sound.link import MediaProcess
from simulator.sound.protocol import Account, Command, Event, Ready

E = TypeVar("E")

ACCOUNT_SID = "AC" + "0" * 32
KEY_SID, KEY_SECRET = "SK" + "1" * 32, "a-secret-for-tests-of-thirty-two-bytes"
APP_SID = "AP" + "2" * 32


class Kernel:
    """Sits where the simulator's kernel sits. Waiting is bounded, and names what did not come."""

    def __init__(self, options: Sequence[str] = ()) -> None:
        self.events: list[Event | None] = []
        self._came = threading.Condition()
        self._seen = 0
        self.media = MediaProcess(self._heed, options)
        self.port = self.await_event(Ready, seconds=30).port
        self.send(Account(ACCOUNT_SID, {KEY_SID: KEY_SECRET}))

    def send(self, *commands: Command) -> None:
        """Have these things done, in order."""
        for command in commands:
            self.media.send(command)

    def await_event(self, kind: type[E], seconds: float = 30.0, **wanted: object) -> E:
        """The first event of this kind with these fields that came since the last one awaited."""
        deadline = time.monotonic() + seconds
        with self._came:
            while True:
                for number in range(self._seen, len(self.events)):
                    event = self.events[number]
                    if isinstance(event, kind) and all(getattr(event, k) == v for k, v in wanted.items()):
                        self.events[number] = None
                        return event
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(
                        f"no {kind.__name__} {wanted} within {seconds} s, only {self.pending()}"
                    )
                self._came.wait(left)

    def pending(self) -> list[Event]:
        """Events that nobody awaited yet."""
        return [event for event in self.events if event is not None]

    def forget(self) -> None:
        """Leave the events of an earlier test behind."""
        with self._came:
            self.events.clear()

    def _heed(self, event: Event | None) -> None:
        with self._came:
            self.events.append(event)
            self._came.notify_all()


def token(identity: str, seconds: int = 3600, secret: str = KEY_SECRET, **claims: object) -> str:
    """An access token as the product's server would sign it."""
    now = int(time.time())
    voice = {"incoming": {"allow": True}, "outgoing": {"application_sid": APP_SID}}
    content = {
        "jti": f"{KEY_SID}-{now}",
        "iss": KEY_SID,
        "sub": ACCOUNT_SID,
        "nbf": now,
        "exp": now + seconds,
        "grants": {"identity": identity, "voice": voice},
        **claims,
    }
    return jwt.encode(content, secret, "HS256", headers={"cty": "twilio-fpa;v=1"})
