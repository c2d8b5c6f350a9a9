"""The whole product as real processes on a real PostgreSQL and Valkey, with the simulator at the other end of the line."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from redis import Redis

from callflows.flow import Flow
from callflows.read import read_flow
from deploy.local.smoke import OF_OTHERS, free_place
from deploy.local.stack import Say, Stack
from deploy.local.trial import Trial, prepare
from tests.chaos.notes import Notes
from tests.postgres.server import PostgresServer
from voice.connect import fallback_document
from voice.links import Links

FLOWS = Path(__file__).parent / "flows"
LOGIN = re.compile(r"(agent|supervisor)\s+(\S+@(\S+)\.example)\s+password (\S+)")
WITHOUT_END = 1_000_000  # a supervisor of processes does not give up


@dataclass(frozen=True)
class Login:
    """Somebody who may sign in."""

    role: str
    email: str
    merchant: str
    password: str


@dataclass
class House:
    """An installation that runs."""

    trial: Trial
    stack: Stack
    server: PostgresServer

    @property
    def env(self) -> Mapping[str, str]:
        """What the processes are told."""
        return self.trial.env

    @property
    def ledger(self) -> Path:
        """What the simulator wrote down."""
        return self.trial.place.var / "simulator" / "ledger.jsonl"

    def logins(self, role: str) -> list[Login]:
        """Everybody of a role."""
        found = [Login(*one.groups()) for one in LOGIN.finditer(self.trial.seeded)]
        return [one for one in found if one.role == role]

    def valkey(self) -> Redis:
        """A client for Valkey."""
        return Redis.from_url(self.env["REDIS_URL"], socket_timeout=2.0, socket_connect_timeout=2.0)

    async def bring_postgres_back(self) -> None:
        """Start the server again; it must be launched by the thread that lives on."""
        self.server.launch()
        await asyncio.to_thread(self.server.wait_until_it_answers)


@asynccontextmanager
async def furnished(var: Path, say: Say) -> AsyncIterator[House]:
    """Everything started and reachable; at the end every process is gone."""
    server = PostgresServer()
    runner: web.AppRunner | None = None
    try:
        server.start()
        server.execute("CREATE DATABASE ringdesk")
        given = {name: value for name, value in os.environ.items() if name not in OF_OTHERS}
        given |= {"DATABASE_URL": server.url("ringdesk"), "FLOWS_DIR": str(FLOWS), "LOG_FORMAT": "json"}
        trial = prepare(free_place(var, given), given)
        runner = await _another_origin(trial)
        stack = Stack(_commands(trial), env=trial.env, cwd=trial.place.root, say=say, tries=WITHOUT_END)
        async with stack:
            await trial.start(stack)
            yield House(trial, stack, server)
    finally:
        if runner is not None:
            await runner.cleanup()
        server.close()


def read_flows() -> dict[str, Flow]:
    """The two shops' flows."""
    return {
        file.stem: read_flow(file.read_text(encoding="utf-8"), file.name) for file in FLOWS.glob("*.yaml")
    }


def known() -> Notes:
    """What everybody in a run knows beforehand: the numbers and the names of the two shops."""
    flows = read_flows()
    return Notes(
        numbers={number: name for name, flow in flows.items() for number in flow.numbers},
        shops={name: flow.name for name, flow in flows.items()},
    )


def _commands(trial: Trial) -> dict[str, str]:
    """The Procfile's processes; the simulator makes no sound here, for nobody listens."""
    return {name: command.replace(" --sound", "") for name, command in trial.commands.items()}


async def _another_origin(trial: Trial) -> web.AppRunner:
    """The static host with the file that `ringdesk connect` writes, and the numbers told of it."""
    flows = read_flows()
    links = Links(trial.env["PUBLIC_BASE_URL"])

    async def document(request: web.Request) -> web.Response:
        flow = flows[request.match_info["merchant"]]
        return web.Response(body=fallback_document(flow, links), content_type="text/xml")

    app = web.Application()
    app.router.add_get("/{merchant}-fallback.xml", document)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    file = trial.place.var / "twilio.json"
    account = json.loads(file.read_text(encoding="utf-8"))
    for number in account["numbers"]:
        merchant = next(name for name, flow in flows.items() if number["e164"] in flow.numbers)
        number["voice_fallback_url"] = f"http://{host}:{port}/{merchant}-fallback.xml"
        number["voice_fallback_method"] = "GET"
    file.write_text(json.dumps(account), encoding="utf-8")
    return runner
