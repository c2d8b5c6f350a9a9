"""Flows for tests, with everything defaulted that a test does not speak about."""

import os
from collections.abc import Iterable

from callflows.actions import AskKeys, Say
from callflows.engine import Turn, resume, start
from callflows.events import Event
from callflows.flow import Flow
from callflows.read import read_flow
from callflows.session import Caller, Session
from callflows.tools.rehearsal import Rehearsal
from callflows.tools.scene import Scene
from callflows.world import NOWHERE, World

# 2026-11-25 12:00 UTC, a Wednesday.
NOON = 1_795_608_000.0

HEAD = """flow_version: 1
merchant: acme
name: Acme
timezone: Europe/Berlin
numbers: ["+12025550170"]
audio: {jingle: sounds/jingle.wav}
queues: {orders: {max_wait: 10m}}
calendars: {shop: {mon-fri: 09:00-17:00, holidays: {2026-12-25: closed}}}
recording: {announce: "This call is recorded."}
"""
MORE = """
  message: {voicemail: "Please leave a message.", next: bye}
  bye: {hangup: "Goodbye."}
"""


def examples(few: int) -> int:
    """How many generated examples a property is tried on; FLOW_EXAMPLES=20000 asks for many."""
    return int(os.environ.get("FLOW_EXAMPLES", few))


def flow(steps: str, head: str = "fallback: message", start: str = "hello") -> Flow:
    """A flow with these steps, and `message` and `bye` to lead to."""
    return read_flow(f"{HEAD}{head}\nstart: {start}\nsteps:\n{steps.strip(chr(10))}{MORE}", "test.yaml")


class Call:
    """A call that is played: its session is dumped and loaded again between any two turns."""

    def __init__(
        self,
        flow: Flow,
        number: str | None = "+12025550123",
        now: float = NOON,
        world: World = NOWHERE,
        name: str = "",
    ) -> None:
        self.flow, self.now, self.world = flow, now, world
        self.turns = [start(flow, Caller(number, flow.numbers[0], name), now, world)]

    @property
    def turn(self) -> Turn:
        """The last turn."""
        return self.turns[-1]

    @property
    def is_over(self) -> bool:
        """Whether the call ended."""
        return self.turn.session is None

    def then(self, event: Event, after: float = 5.0) -> "Call":
        """Something happens, some seconds later."""
        assert self.turn.session is not None, "the call is over"
        self.now += after
        session = Session.load(self.turn.session.dump())
        assert session == self.turn.session
        self.turns.append(resume(self.flow, session, event, self.now, self.world))
        return self

    @property
    def said(self) -> list[str]:
        """The words of the last turn, those of a question included."""
        found: list[str] = []
        for action in self.turn.actions:
            for one in action.prompts if isinstance(action, AskKeys) else (action,):
                if isinstance(one, Say):
                    found.append(one.text)
        return found

    @property
    def session(self) -> Session:
        """Where the call waits."""
        assert self.turn.session is not None, "the call is over"
        return self.turn.session

    def kinds(self) -> list[str]:
        """The facts of the last turn."""
        return [str(note.kind) for note in self.turn.notes]


def rehearse(of: Flow, scene: Scene, caller: Iterable[str]) -> Rehearsal:
    """A whole call of what somebody types, turn by turn."""
    call = Rehearsal(of, scene)
    for typed in caller:
        call.hear(typed)
    return call
