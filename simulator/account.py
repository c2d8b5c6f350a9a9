"""An account with its secrets, numbers and TwiML applications: what a user sets up in Twilio's console."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.ids import Minter


class BadAccountFile(ValueError):
    """The account file cannot be read; the message says what is missing."""


@dataclass
class VoiceSettings:
    """Where calls are answered: the same fields on a number and on a TwiML application."""

    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    voice_caller_id_lookup: bool = False
    created_at: float = 0.0
    updated_at: float = 0.0


@dataclass
class Number(VoiceSettings):
    """A phone number that the account owns."""

    sid: str = ""
    e164: str = ""
    friendly_name: str = ""
    voice_application_sid: str = ""
    trunk_sid: str = ""


@dataclass
class Application(VoiceSettings):
    """A TwiML application: where the calls of browser clients are answered."""

    sid: str = ""
    friendly_name: str = ""


@dataclass
class Account:
    """Who pays for the calls; calls_per_second bounds the calls created through REST (Twilio's default is 1)."""

    sid: str
    auth_token: str
    api_keys: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    friendly_name: str = "simulated account"
    calls_per_second: float = 1.0
    concurrent_calls: int | None = None
    concurrent_requests: int = 100
    seed: int = 1
    owner: Account | None = None
    status: str = "active"
    test_sid: str = ""
    test_token: str = ""
    created_at: float = 0.0
    updated_at: float = 0.0
    dialing: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"US": ("low_risk_numbers",)}
    )  # country -> kinds of numbers that may be called (rest/dialing.py); an American account's own

    def __post_init__(self) -> None:
        self.mint = Minter(self.seed)

    @classmethod
    def demo(
        cls,
        seed: int = 1,
        base_url: str = "http://localhost:8000",
        numbers: tuple[str, ...] = ("+15550100100",),
        voice_path: str = "/voice/incoming",
        status_path: str = "/voice/status",
        agent_path: str = "/voice/agent",
        sid: str = "",
    ) -> Account:
        """An account whose numbers and one application point at base_url; the same seed gives the same secrets."""
        mint = Minter(seed)
        account = cls(
            sid=sid or mint.sid("AC"),
            auth_token=mint.secret(),
            api_keys={mint.sid("SK"): mint.secret()},
            seed=seed,
        )
        for e164 in numbers:
            account.add_number(e164, voice_url=base_url + voice_path, status_callback=base_url + status_path)
        account.add_application(voice_url=base_url + agent_path, status_callback=base_url + status_path)
        return account

    @classmethod
    def read(cls, path: Path, seed: int = 1) -> Account:
        """An account from the JSON file that the launcher writes (see docs/simulator.md)."""
        try:
            data = json.loads(path.read_text("utf-8"))
        except OSError as error:
            raise BadAccountFile(
                f"{path}: cannot be read ({error.strerror}); write it first or name another"
            ) from None
        except ValueError as error:
            raise BadAccountFile(f"{path}: is not JSON ({error})") from None
        return cls.from_dict(data, seed, str(path))

    @classmethod
    def from_dict(cls, data: dict[str, Any], seed: int, name: str) -> Account:
        missing = [key for key in ("account_sid", "auth_token") if not data.get(key)]
        if missing:
            raise BadAccountFile(f"{name}: {' and '.join(missing)} missing")
        account = cls(sid=data["account_sid"], auth_token=data["auth_token"], seed=seed)
        account.calls_per_second = float(data.get("calls_per_second", 1.0))
        if data.get("concurrent_calls") is not None:
            account.concurrent_calls = int(data["concurrent_calls"])
        account.concurrent_requests = int(data.get("concurrent_requests", 100))
        account.test_sid = data.get("test_account_sid", "")
        account.test_token = data.get("test_auth_token", "")
        if data.get("api_key_sid"):
            account.api_keys[data["api_key_sid"]] = data.get("api_key_secret", "")
        for number in data.get("numbers", []):
            if not number.get("e164"):
                raise BadAccountFile(f"{name}: a number without e164")
            account.add_number(number["e164"], **_settings(number), sid=number.get("sid", ""))
        if data.get("app_sid"):
            account.add_application(sid=data["app_sid"], **_settings(data.get("app", {})))
        return account

    def add_number(self, e164: str, sid: str = "", **settings: Any) -> Number:
        number = Number(sid=sid or self.mint.sid("PN"), e164=e164, friendly_name=e164, **settings)
        self.numbers[number.sid] = number
        return number

    def add_application(self, sid: str = "", friendly_name: str = "", **settings: Any) -> Application:
        application = Application(sid=sid or self.mint.sid("AP"), friendly_name=friendly_name, **settings)
        self.applications[application.sid] = application
        return application

    def number(self, e164: str) -> Number | None:
        return next((number for number in self.numbers.values() if number.e164 == e164), None)

    @property
    def app_sid(self) -> str:
        """The first application: a demo account has exactly one."""
        return next(iter(self.applications), "")

    @property
    def api_key_sid(self) -> str:
        return next(iter(self.api_keys), "")

    @property
    def api_key_secret(self) -> str:
        return self.api_keys.get(self.api_key_sid, "")

    def knows(self, user: str, secret: str) -> bool:
        """Basic authentication takes the token or an API key of the account, or of the one that owns it."""
        if self.owner is not None and self.owner.knows(user, secret):
            return True
        if user == self.sid:
            return bool(secret) and secret == self.auth_token
        return bool(secret) and self.api_keys.get(user) == secret


def _settings(data: dict[str, Any]) -> dict[str, Any]:
    names = VoiceSettings.__dataclass_fields__
    return {key: value for key, value in data.items() if key in names}
