"""A small shop for the panel's tests: merchants, people, a caller, a ring, a talk."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from voice import models, states
from voice.runtime import Runtime
from voice.vault import AccountSecrets, seal_secrets

PASSWORD = "correct horse battery"
HASHED = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(
    PASSWORD
)  # a cheap one: signing in is not what is tested
CALLER = "+12025550188"


@dataclass
class Clock:
    """A clock that moves when told to."""

    at: float = 1_790_000_000.0

    def now(self) -> float:
        """The moment."""
        return self.at

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.at += seconds


def shop(rt: Runtime, merchant_id: str, name: str) -> None:
    """A merchant."""
    with rt.write() as tx:
        tx.add(
            models.Merchant(
                id=merchant_id, name=name, timezone="UTC", twilio_account_id="acc", live_digest=None
            )
        )


def account(rt: Runtime) -> None:
    """The Twilio account of every shop here, so that phones can sign in."""
    sid = "AC" + "0" * 32
    secrets = AccountSecrets(("t" * 32,), "s" * 32)
    with rt.write() as tx:
        tx.add(
            models.TwilioAccount(
                id="acc", account_sid=sid, api_key_sid="SK" + "1" * 32, app_sid="AP" + "2" * 32,
                secrets_sealed=seal_secrets(secrets, rt.settings.secret_text, sid),
            )
        )  # fmt: skip
    rt.books.refresh()


def person(
    rt: Runtime, name: str, *merchants: str, role: str = "agent", desk: bool = True, state: str = "available"
) -> str:
    """Somebody who signs in as <name>@example.com; their id."""
    user_id = f"us_{name}"
    with rt.write() as tx:
        tx.add(
            models.User(
                id=user_id,
                email=f"{name}@example.com",
                name=name.title(),
                password_hash=HASHED,
                created_at=rt.now(),
            )
        )
        for merchant_id in merchants:
            tx.add(models.Membership(merchant_id=merchant_id, user_id=user_id, role=role))
            tx.add(models.QueueMember(merchant_id=merchant_id, queue="order_status", agent_id=user_id))
        if desk:
            tx.add(
                models.Agent(
                    id=user_id,
                    identity=f"agent_{name}",
                    name=name.title(),
                    state=state,
                    since_at=rt.now(),
                    seen_at=rt.now(),
                )
            )
    return user_id


def call(rt: Runtime, merchant_id: str, call_id: str, caller: str = CALLER, **values: Any) -> str:
    """A customer's call."""
    with rt.write() as tx:
        tx.add(
            models.Call(
                merchant_id=merchant_id,
                id=call_id,
                call_sid=f"CA{call_id}",
                account_sid="AC" + "0" * 32,
                caller=caller,
                dialled="+12025550100",
                flow_digest="d" * 64,
                started_at=values.pop("started_at", rt.now()),
                queue="order_status",
                **values,
            )
        )
    return call_id


def waiting(rt: Runtime, merchant_id: str, call_id: str, **values: Any) -> str:
    """That caller in a queue."""
    waiting_id = f"wt_{call_id}"
    with rt.write() as tx:
        tx.add(
            models.Waiting(
                merchant_id=merchant_id,
                id=waiting_id,
                call_id=call_id,
                queue="order_status",
                state_at=rt.now(),
                entered_at=rt.now(),
                rank_at=rt.now(),
                deadline_at=rt.now() + 1800,
                ring_seconds=20.0,
                wrap_up_seconds=30.0,
                session=b"",
                **values,
            )
        )
    return waiting_id


def ring(rt: Runtime, merchant_id: str, call_id: str, agent_id: str) -> str:
    """That caller offered to an agent, as a decision leaves it; the offer's id."""
    offer_id = f"of_{call_id}_{agent_id}"
    with rt.write() as tx:
        tx.add(
            models.Offer(
                merchant_id=merchant_id,
                id=offer_id,
                waiting_id=f"wt_{call_id}",
                call_id=call_id,
                agent_id=agent_id,
                generation=0,
                offered_at=rt.now(),
            )
        )
        tx.execute(
            update(models.Waiting)
            .where(models.Waiting.id == f"wt_{call_id}")
            .values(state=states.Waiting.OFFERED)
        )
        tx.execute(
            update(models.Agent)
            .where(models.Agent.id == agent_id)
            .values(
                state=states.Agent.RINGING,
                version=models.Agent.version + 1,
                desk_version=models.Agent.desk_version + 1,
            )
        )
    return offer_id


def ticket(
    rt: Runtime, merchant_id: str, call_id: str, number: int, agent_id: str | None = None, **values: Any
) -> None:
    """The ticket of a call."""
    with rt.write() as tx:
        tx.add(
            models.Ticket(
                merchant_id=merchant_id,
                id=f"tk_{call_id}",
                number=number,
                call_id=call_id,
                subject=values.pop("subject", "Call"),
                created_at=values.pop("created_at", rt.now()),
                changed_at=rt.now(),
                agent_id=agent_id,
                flow_digest="d" * 64,
                **values,
            )
        )


def bump(rt: Runtime, agent_id: str, **values: Any) -> None:
    """A fact changed this agent's desk."""
    with rt.write() as tx:
        tx.execute(
            update(models.Agent)
            .where(models.Agent.id == agent_id)
            .values(desk_version=models.Agent.desk_version + 1, **values)
        )


@dataclass
class Browser:
    """A signed-in browser: cookie and CSRF token."""

    client: FlaskClient
    csrf: str

    def get(self, path: str, **options: Any) -> TestResponse:
        """Look."""
        return self.client.get(path, buffered=True, **options)

    def post(
        self, path: str, body: dict[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        """Do."""
        return self.client.post(path, json=body or {}, headers={"X-CSRF-Token": self.csrf, **(headers or {})})


def cookie_of(client: FlaskClient) -> str:
    """The token by which a signed-in browser is known."""
    cookie = client.get_cookie("ringdesk")
    assert cookie is not None
    return cookie.value


def sign_in(client: FlaskClient, name: str) -> Browser:
    """Sign in as <name>@example.com."""
    answer = client.post("/api/login", json={"email": f"{name}@example.com", "password": PASSWORD})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return Browser(client, answer.get_json()["csrf"])
