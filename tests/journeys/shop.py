"""A whole contact centre under the virtual clock, and people who speak phone.

caller = shop.rings_up(); caller.hears("Thank you"); caller.presses("1")
shop.ann.rings(); shop.ann.accepts(); shop.ann.talks_to(caller)
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from panel import web as panel_web
from panel.push import Streams
from recordings.work import run_due
from simulator.account import Account
from simulator.clock import VirtualClock
from simulator.handset import Caller
from simulator.simulator import Simulator
from tests.build import BASE_URL, SimDoor, account_json, make_rt
from tests.journeys.databases import Database, SqliteFile
from tests.journeys.desk import Desk
from tests.journeys.northwind import CUSTOMER, FLOW, NORTHWIND
from voice import clock, entrance, models
from voice import web as voice_web
from voice.publish import publish
from voice.runtime import Chance, Runtime
from voice.seeding import seed_merchants
from voice.states import Agent as AgentState
from voice.store import StoreAway


class Shop:
    """One merchant, its agents, and Twilio's stand-in, all in this process."""

    def __init__(
        self,
        tmp_path: Path,
        flow: str = FLOW,
        agents: tuple[str, ...] = ("ann", "ben"),
        database: Database | None = None,
    ) -> None:
        (tmp_path / "flows").mkdir()
        (tmp_path / "flows" / "northwind.yaml").write_text(flow, encoding="utf-8")
        account = Account.demo(base_url=BASE_URL, numbers=(NORTHWIND,))
        (tmp_path / "account.json").write_text(json.dumps(account_json(account)), encoding="utf-8")
        door, virtual = SimDoor(), VirtualClock()
        self.is_quiet = True
        self.flow_text, self.forgets_promises = flow, False
        self.database = database or SqliteFile(tmp_path / "ringdesk.db")
        self.beginnings = 1
        self._born = partial(make_rt, tmp_path, virtual, door)
        self.rt = self._born(later=self._promises(), **self.database.settings)
        seed_merchants(self.rt, tmp_path / "account.json")
        self.app = _app(self.rt)
        self.sim = Simulator(self.app.wsgi_app, account, virtual, latency_seconds=0.02)
        door.sim = self.sim
        self.streams = Streams()
        self.desks = {name: self._hire(name) for name in agents}
        self._every(0.05, 0.05, lambda _now: self.rt.journal.step())
        self._every(1.0, 0.25, lambda now: self.streams.step(self.rt, now))
        self._every(1.0, 0.5, lambda _now: clock.step(self.rt))
        self._every(1.0, 0.75, lambda _now: run_due(self.rt, 50))

    @property
    def now(self) -> float:
        """The virtual moment."""
        return self.rt.now()

    def __getattr__(self, name: str) -> Desk:
        if name in self.__dict__.get("desks", {}):
            return self.desks[name]
        raise AttributeError(name)

    def rings_up(self, number: str | None = CUSTOMER, name: str | None = None) -> Caller:
        """A customer dials."""
        return self.sim.call(to=NORTHWIND, from_=number, caller_name=name)

    def joins_queue(self, number: str | None = CUSTOMER) -> Caller:
        """A customer dials, presses 1 and hears the music."""
        caller = self.rings_up(number)
        caller.hears("Thank you for calling")
        caller.presses("1")
        caller.hears_music()
        return caller

    def talk(self, seconds: float = 10.0) -> Caller:
        """Ann is on shift and has talked to a caller for a while."""
        self.ann.starts_shift()
        caller = self.joins_queue()
        self.ann.rings()
        self.ann.accepts()
        self.ann.talks_to(caller)
        self.waits(seconds)
        return caller

    def waits(self, seconds: float) -> None:
        """Time passes."""
        self.sim.advance(seconds)

    def browser(self, desk: Desk) -> FlaskClient:
        """The HTTP client of a desk's browser."""
        client = self.app.test_client()
        client.set_cookie("ringdesk", desk.token)
        return client

    def facts(self, *kinds: str) -> list[models.Event]:
        """The journal's facts of these kinds, in order."""
        while self.rt.journal.step():
            pass
        with self.rt.store.read() as tx:
            rows = tx.scalars(select(models.Event).order_by(models.Event.at, models.Event.id))
            return [row for row in rows if not kinds or row.kind in kinds]

    def rows(self, table: type[models.Base]) -> list[Any]:
        """Every row of a table."""
        with self.rt.store.read() as tx:
            return list(tx.scalars(select(table)))

    def only(self, table: type[models.Base]) -> Any:
        """The one row of a table."""
        (row,) = self.rows(table)
        return row

    def any_agent_talks_to(self, caller: Caller, within: float) -> None:
        """Lets time pass until some agent, who takes every ring that is shown, talks to the caller."""

        def met() -> bool | None:
            for desk in self.desks.values():
                if desk.is_connected and desk.leg.is_talking_to(caller):
                    return True
                if desk.offer is not None and desk.offer["id"] in self.live_offers():
                    desk.accepts()
                elif desk.state == AgentState.AWAY:
                    desk.posts("/api/available")
            return None

        self.sim.wait_for(met, within, lambda: f"nobody talks to the caller; {caller.told()}")

    def live_offers(self) -> set[str]:
        """The rings that SQL still holds open."""
        return {row.id for row in self.rows(models.Offer) if row.state in ("offered", "ringing")}

    def harms_webhooks(self, pattern: str, harm: str, **how: Any) -> None:
        """From now on the wire is bad for requests to these addresses; Twilio's debugger may complain of it."""
        self.is_quiet = False
        self.sim.faults.webhook(pattern, harm, times=None, **how)

    def publishes(self, flow: str) -> None:
        """An admin changes the flow."""
        file = self.rt.settings.flows_dir / "northwind.yaml"
        file.write_text(flow, encoding="utf-8")
        publish(self.rt, file, "test")
        self.rt.books.refresh()

    def sql_goes_away(self) -> None:
        """The database cannot be opened any more."""
        self.rt.store.close()
        self.database.goes_away()

    def sql_comes_back(self) -> None:
        """The database is as it was."""
        self.database.comes_back()

    def begins_anew(self) -> None:
        """The process is killed with all that it remembers; another begins on its database, and the pages connect to it."""
        self.rt.store.close()
        self.beginnings += 1
        reborn = self._born(later=self._promises(), database_url=self.rt.settings.database_url)
        self.rt = replace(reborn, chance=Chance(seed=6 + self.beginnings))
        self.rt.books.refresh()
        self.app, self.streams = _app(self.rt), Streams()
        self.sim.port.mount(BASE_URL, self.app.wsgi_app)
        for desk in self.desks.values():
            if desk.stream is not None and desk.is_awake:
                desk.opens_page()

    def only_call(self) -> models.Call:
        """The one call that there was."""
        call: models.Call = self.only(models.Call)
        return call

    def _hire(self, name: str) -> Desk:
        agent_id = f"us_{name}"
        with self.rt.write() as tx:
            tx.add(
                models.User(
                    id=agent_id,
                    email=f"{name}@northwind.example",
                    name=name.title(),
                    password_hash="",
                    created_at=0,
                )
            )
            tx.add(models.Agent(id=agent_id, identity=agent_id, name=name.title(), since_at=self.now))
            tx.add(models.Membership(merchant_id="northwind", user_id=agent_id, role="agent"))
            flow = self.rt.books.live_flow("northwind")
            assert flow is not None
            for queue in flow.queues:
                tx.add(models.QueueMember(merchant_id="northwind", queue=queue, agent_id=agent_id))
        return Desk(self, agent_id, name)

    def _every(self, seconds: float, first_after: float, step: Callable[[float], object]) -> None:
        def careful(now: float) -> None:
            with suppress(StoreAway):
                step(now)

        self.sim.every(seconds, careful, first_after=first_after)

    def _promises(self) -> Callable[[Callable[[], None]], None]:
        """How a process does something after an answer; what a dead one promised nobody does."""
        beginning = self.beginnings
        return lambda job: self._later(lambda: job() if self.beginnings == beginning else None)

    def _later(self, job: Callable[[], None]) -> None:
        if self.forgets_promises:
            return
        if "sim" not in self.__dict__:  # before Twilio is there
            job()
        else:
            self.sim.later(0.03, job)


def _app(rt: Runtime) -> Flask:
    app = Flask("ringdesk", static_folder=None)
    voice_web.register(app, rt)
    panel_web.register(app, rt)
    entrance.install(app, rt)
    return app
