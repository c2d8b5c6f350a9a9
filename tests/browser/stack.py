"""The whole of Ringdesk on free ports of this machine, with a telephone network that sounds, in one process.

Web, push, clock and worker are the real ones on threads; the simulator's kernel too, and its sound has the process of
its own that it always has. Nothing is replaced.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import requests
from flask import Flask
from sqlalchemy import delete, select

from panel import web as panel_web
from panel.push_server import PushServer, listen
from recordings.sweep import sweep
from recordings.work import run_due
from simulator.account import Account
from simulator.sound.stage import Stage, set_up
from simulator.wire.service import Service
from tests.build import account_json, make_rt
from tests.panel.build import HASHED
from tests.serving import serve
from voice import agents, clock, entrance, models
from voice import web as voice_web
from voice.build import keep_up
from voice.carrier import Carrier, CarrierHttp
from voice.runtime import Pool, Runtime, SharedClock, Ticker
from voice.seeding import seed_merchants

ROOT: Final = Path(__file__).parents[2]
NORTHWIND: Final = "+12025550100"
MARLOW: Final = "+12025550140"
LANTERN: Final = "+12025550170"

FLOWS: Final = {
    "northwind": """
flow_version: 1
merchant: northwind
name: Northwind Outfitters
timezone: America/New_York
numbers: ["+12025550100"]
recording:
  announce: "Recorded."
queues:
  orders: {ring: 60s, wrap_up: 30s, max_wait: 10m}
  advice: {ring: 60s, wrap_up: 30s, max_wait: 10m}
start: greeting
fallback: message
steps:
  greeting:
    menu: "For orders, press 1."
    options: {1: orders_line, 2: message}
    no_input: orders_line
    no_match: orders_line
  orders_line: {queue: orders, timeout: message, full: message}
  message:
    voicemail: "Leave a message."
    next: goodbye
  goodbye: {hangup: "Goodbye."}
""",
    "marlow": """
flow_version: 1
merchant: marlow
name: Marlow and Daughters Fine Furniture, Upholstery and Restoration
timezone: Europe/London
numbers: ["+12025550140"]
queues:
  restoration_of_antique_furniture: {ring: 25s, wrap_up: 45s, max_wait: 5m}
start: repairs
fallback: goodbye
steps:
  repairs: {queue: restoration_of_antique_furniture, timeout: goodbye, full: goodbye}
  goodbye: {hangup: "Goodbye."}
""",
    "lantern": """
flow_version: 1
merchant: lantern
name: Lantern Books
timezone: Europe/Lisbon
numbers: ["+12025550170"]
calendars:
  shop:
    holidays: {2000-01-03: "09:00-12:00"}
start: open_now
fallback: message
steps:
  open_now: {hours: shop, open: goodbye, closed: closed_now}
  closed_now: {say: "We are closed.", next: message}
  message: {voicemail: "Leave a message.", next: goodbye}
  goodbye: {hangup: "Goodbye."}
""",
}


@dataclass
class Whole:
    """What a test needs to know of it."""

    rt: Runtime
    push: PushServer
    simulator: Service
    address: str

    def agent(self, name: str, *merchants: str, full_name: str = "") -> str:
        """Somebody who signs in as <name>@example.com and takes the callers of every queue of these merchants."""
        user_id = f"us_{name}"
        with self.rt.write() as tx:
            named = full_name or name.title()
            tx.add(
                models.User(
                    id=user_id,
                    email=f"{name}@example.com",
                    name=named,
                    password_hash=HASHED,
                    created_at=self.rt.now(),
                )
            )
            tx.add(models.Agent(id=user_id, identity=f"agent_{name}", name=named, since_at=self.rt.now()))
            for merchant in merchants or ("northwind", "marlow"):
                tx.add(models.Membership(merchant_id=merchant, user_id=user_id, role="agent"))
                queue = "orders" if merchant == "northwind" else "restoration_of_antique_furniture"
                tx.add(models.QueueMember(merchant_id=merchant, queue=queue, agent_id=user_id))
        return user_id

    def serves(self, user_id: str, queue: str) -> None:
        """This agent takes the callers of one queue of Northwind, and of no other."""
        with self.rt.write() as tx:
            tx.execute(delete(models.QueueMember).where(models.QueueMember.agent_id == user_id))
            tx.add(models.QueueMember(merchant_id="northwind", queue=queue, agent_id=user_id))

    def supervisor(self, name: str, *, full_name: str, role: str = "admin") -> str:
        """Somebody who watches the floor (and, as an admin, looks after people) of both merchants, and takes no calls."""
        with self.rt.write() as tx:
            tx.add(
                models.User(
                    id=f"us_{name}",
                    email=f"{name}@example.com",
                    name=full_name,
                    password_hash=HASHED,
                    created_at=self.rt.now() - 90 * 86_400,
                )
            )
            for merchant in ("northwind", "marlow"):
                tx.add(models.Membership(merchant_id=merchant, user_id=f"us_{name}", role=role))
        return f"us_{name}"

    def dials(self, number: str, from_: str, **order: object) -> None:
        """A scripted caller; order as the simulator takes it: press, say, name, hangup."""
        asked = {"to": number, "from": from_, "hangup": "60s", **order}
        answer = requests.post(f"{self.simulator.url}/sim/calls", json=asked, timeout=10)
        assert answer.ok, answer.text

    def everybody_hangs_up(self) -> None:
        """The calls of the simulated network end."""
        for call in requests.get(f"{self.simulator.url}/sim/state", timeout=10).json()["calls"]:
            requests.post(f"{self.simulator.url}/sim/calls/{call['sid']}", json={"hangup": True}, timeout=10)

    def row(self, agent_id: str) -> models.Agent:
        """What SQL says of an agent now."""
        with self.rt.store.read() as tx:
            return tx.get_one(models.Agent, agent_id)

    def goes_home(self, agent_id: str) -> None:
        """End a shift, whatever was going on."""
        agents.end_shift(self.rt, agent_id)

    def last_call(self) -> models.Call:
        """The call that came in last."""
        with self.rt.store.read() as tx:
            return tx.scalars(
                select(models.Call).order_by(models.Call.started_at.desc())
            ).first() or _nothing("call")

    def facts(self, call: models.Call) -> list[str]:
        """The kinds of what the journal knows of a call, in order."""
        with self.rt.store.read() as tx:
            told = (
                select(models.Event.kind)
                .where(models.Event.call_id == call.id)
                .order_by(models.Event.at, models.Event.id)
            )
            return list(tx.scalars(told))


def _nothing(what: str) -> models.Call:
    raise AssertionError(f"there is no {what}")


@contextmanager
def whole(folder: Path, *, sound: bool = True) -> Iterator[Whole]:
    """Everything, until left; on request with a simulator that has no sound."""
    with ExitStack() as ends:
        app = Flask("ringdesk under test", static_folder=None)
        server = serve(app)
        listener = listen("127.0.0.1", 0)
        address = f"http://localhost:{server.server_port}"
        account = Account.demo(seed=1, base_url=address, numbers=(NORTHWIND, MARLOW, LANTERN))
        if sound:
            simulator, bridge = set_up(
                Stage(account, "127.0.0.1", 0, folder / "simulator", ROOT / "node_modules"),
                folder / "simulator",
            )
            ends.callback(bridge.stop)
        else:
            simulator = Service(account, "127.0.0.1", 0, folder / "simulator")
        rt = _runtime(folder, address, listener.getsockname()[1], simulator.url)
        ends.callback(rt.store.close)
        push = PushServer(rt, listener)
        rt = replace(rt, nudge=lambda _topic: push.nudge())
        push.rt = rt
        (folder / "account.json").write_text(json.dumps(account_json(account)))
        seed_merchants(rt, folder / "account.json")
        voice_web.register(app, rt)
        panel_web.register(app, rt)
        entrance.install(app, rt)
        for run, stop in (
            (server.serve_forever, server.shutdown),
            (push.run, push.stop),
            (simulator.run, simulator.stop),
        ):
            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            ends.callback(thread.join, 10)
            ends.callback(stop)
        for loop in (*keep_up(rt), *_processes(rt)):
            ends.callback(loop.stop)
        yield Whole(rt, push, simulator, address)


def _runtime(folder: Path, address: str, push_port: int, simulator: str) -> Runtime:
    flows = folder / "flows"
    flows.mkdir()
    for name, text in FLOWS.items():
        (flows / f"{name}.yaml").write_text(text, encoding="utf-8")
    rt = make_rt(
        folder,
        SharedClock(),
        public_base_url=address,
        push_url=f"http://localhost:{push_port}",
        twilio_api_url=simulator,
        signalling_url=f"{simulator}/signal",
    )
    return replace(rt, carrier=Carrier(CarrierHttp(simulator), simulator), later=Pool())


def _processes(rt: Runtime) -> tuple[Ticker, ...]:
    return (
        Ticker("clock", lambda: clock.step(rt), lambda: _done(sweep(rt))).start(),
        Ticker("worker", lambda: _done(run_due(rt)), seconds=0.3).start(),
    )


def _done(_count: int) -> None:
    """What the loops of a process do with how many there were."""
