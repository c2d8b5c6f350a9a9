"""An installation that nobody has connected yet, and a Twilio account with one number that points elsewhere."""

import argparse
import json
from pathlib import Path
from typing import Any

from flask import Flask

from simulator.account import Account
from simulator.clock import VirtualClock
from simulator.simulator import Simulator
from tests.build import BASE_URL, SimDoor, account_json, make_rt
from tests.journeys.northwind import FLOW, NORTHWIND
from voice import entrance
from voice import web as voice_web
from voice.connect_command import connect_number

ELSEWHERE = "https://elsewhere.example/voice"
FALLBACK = "https://static.example/northwind.xml"


class House:
    """The runtime, the simulator, and the word `connect` with what it said."""

    def __init__(self, tmp_path: Path, **settings: Any) -> None:
        (tmp_path / "flows").mkdir()
        (tmp_path / "flows" / "northwind.yaml").write_text(FLOW, encoding="utf-8")
        self.folder = tmp_path / "connect"
        self.account = Account(sid="AC" + "0" * 32, auth_token="1" * 32, api_keys={"SK" + "2" * 32: "3" * 32})
        self.number = self.account.add_number(NORTHWIND, voice_url=ELSEWHERE, status_callback="")
        self.number.trunk_sid = "TK" + "4" * 32
        self.file = tmp_path / "account.json"
        self.file.write_text(json.dumps(account_json(self.account)), encoding="utf-8")
        door, clock = SimDoor(), VirtualClock()
        self.rt = make_rt(tmp_path, clock, door, **settings)
        self.app = Flask("ringdesk", static_folder=None)
        voice_web.register(self.app, self.rt)
        entrance.install(self.app, self.rt)
        self.sim = Simulator(self.app.wsgi_app, self.account, clock, mounts={BASE_URL: self.app.wsgi_app})
        door.sim = self.sim
        self.asked: list[str] = []

    def connects(self, *, answer: str = "y", **given: object) -> int:
        """ringdesk connect; its exit code."""
        args = argparse.Namespace(
            number=NORTHWIND,
            account=self.file,
            fallback_url=FALLBACK,
            folder=self.folder,
            yes=False,
            check=False,
            undo=False,
        )
        vars(args).update(given)

        def ask(question: str) -> str:
            self.asked.append(question)
            return answer

        return connect_number(self.rt, args, ask)


__all__ = ["BASE_URL", "ELSEWHERE", "FALLBACK", "House"]
