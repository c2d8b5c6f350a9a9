"""A simulated Twilio in this process, with an application called directly: the language of tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from simulator.account import Account
from simulator.clock import Clock, VirtualClock
from simulator.debugger import Debugger
from simulator.faults import Faults
from simulator.handset import Caller, Client, Phone
from simulator.inprocess import InProcess, WsgiApp, origin_of
from simulator.kernel import Timer
from simulator.ledger import Ledger
from simulator.rest.answer import Answer
from simulator.rest.server import RestServer
from simulator.world import World

T = TypeVar("T")


class Simulator:
    """`sim.call(...)` starts a call; nothing runs until time is asked to pass."""

    def __init__(
        self,
        app: WsgiApp,
        account: Account | None = None,
        clock: Clock | None = None,
        *,
        latency_seconds: float = 0.0,
        api_url: str = "https://api.twilio.com",
        mounts: Mapping[str, WsgiApp] | None = None,
        keep_facts: int | None = None,
        keep_calls: int | None = None,
    ) -> None:
        self.account = account if account is not None else Account.demo()
        self.clock = clock if clock is not None else VirtualClock()
        self.world = World(self.clock, self.account.seed, api_url, keep=keep_facts, keep_calls=keep_calls)
        self.world.add_account(self.account)
        self._began = self.world.now
        self.port = InProcess(self.world.kernel, latency_seconds)
        self.world.port = self.port
        for url in _urls_of(self.account):
            self.port.mount(url, app)
        for origin, other in (mounts or {}).items():
            self.port.mount(origin, other)
        self.server = RestServer(self.world)
        self.wsgi: WsgiApp = self.server.wsgi

    @property
    def now(self) -> float:
        return self.world.now

    @property
    def debugger(self) -> Debugger:
        return self.world.debugger

    @property
    def ledger(self) -> Ledger:
        return self.world.ledger

    @property
    def faults(self) -> Faults:
        return self.world.faults

    def call(
        self,
        to: str,
        from_: str | None = "+15550107788",
        caller_name: str | None = None,
        forwarded_from: str = "",
    ) -> Caller:
        """Somebody dials; from_ None withholds the number."""
        leg = self.world.exchange.incoming(
            self.account, to, from_ or "anonymous", caller_name, forwarded_from
        )
        return Caller(self, leg, from_ or "anonymous")

    def client(self, identity: str) -> Client:
        return Client(self, identity)

    def phone(self, number: str) -> Phone:
        return Phone(self, number)

    def rest(
        self,
        method: str,
        path: str,
        params: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> Answer:
        """One REST request as (status, headers, body); params are the query of a GET, else the form."""
        return self.server.request(method, path, params or {}, headers or {}, auth)

    def advance(self, seconds: float) -> None:
        """Lets so much time pass."""
        self.world.kernel.run_to(self.now + seconds)

    def settle(self) -> None:
        """Runs what is due at this very moment (nothing when asked from inside an event)."""
        if not self.world.kernel.running:
            self.advance(0.0)

    def later(self, seconds: float, action: Callable[[], object]) -> Timer:
        return self.world.kernel.after(seconds, lambda: (action(), None)[1])

    def every(
        self, seconds: float, step: Callable[[float], object], first_after: float | None = None
    ) -> Callable[[], None]:
        """Calls step(now) again and again, as a loop of the application would; returns a function that stops it."""
        stopped = False

        def turn() -> None:
            if stopped:
                return
            self.world.kernel.after(seconds, turn)
            step(self.now)

        def stop() -> None:
            nonlocal stopped
            stopped = True

        self.world.kernel.after(seconds if first_after is None else first_after, turn)
        return stop

    def run_until(self, predicate: Callable[[], object], within: float = 60.0, what: str = "") -> None:
        """Lets time pass, event by event, until the predicate holds."""
        self.wait_for(
            lambda: predicate() or None, within, lambda: what or "what was waited for did not happen"
        )

    def wait_for(self, find: Callable[[], T | None], within: float, failure: Callable[[], str]) -> T:
        """Like run_until, but gives back what was found."""
        kernel = self.world.kernel
        deadline = self.now + within
        while (found := find()) is None:
            if kernel.run_next(deadline):
                continue
            kernel.run_to(deadline)
            if (found := find()) is not None:
                return found
            raise AssertionError(f"after {within:g} s: {failure()}")
        return found

    def assert_quiet(self) -> None:
        """Fails when Twilio's debugger holds anything."""
        if self.debugger:
            lines = "\n".join(f"  {self.seconds_in(alert.at)} {alert}" for alert in self.debugger)
            raise AssertionError(f"Twilio's debugger is not empty:\n{lines}")

    def seconds_in(self, moment: float) -> str:
        """A moment as seconds since the beginning."""
        return f"{moment - self._began:.2f}s"

    def mount(self, origin: str, app: WsgiApp) -> None:
        """Another host of the application, such as that of the fallback document."""
        self.port.mount(origin, app)


def _urls_of(account: Account) -> list[str]:
    urls = []
    for settings in (*account.numbers.values(), *account.applications.values()):
        urls += [settings.voice_url, settings.status_callback]
    return sorted({origin_of(url) for url in urls if url})
