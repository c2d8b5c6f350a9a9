"""Two merchants with all that they may have, and people of every role at both."""

import io
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from panel.login import hash_of
from panel.sessions import SHOWN
from recordings.storage import open_storage
from tests.journeys.northwind import FLOW
from tests.panel.addresses import ROLES, STRAY, Ids
from tests.panel.build import (
    Browser,
    call,
    cookie_of,
    person,
    ring,
    shop,
    sign_in,
    ticket,
    waiting,
)
from tests.panel.floor_shop import day_of
from voice.models import (
    Base,
    Call,
    Callback,
    FlowVersion,
    Merchant,
    Participation,
    Recording,
    Team,
    TwilioAccount,
)
from voice.runtime import Runtime
from voice.vault import AccountSecrets, seal_secrets


@dataclass
class World:
    """Two merchants with the same kinds of things, and everybody signed in."""

    rt: Runtime
    a: Ids
    b: Ids
    browsers: dict[tuple[str, str], Browser]  # (merchant, role)
    nobody: FlaskClient


def stock(rt: Runtime, merchant: str, mark: str, number: int, digit: str) -> tuple[str, str]:
    """A merchant with people of each role, a caller who waits, a talk, a ticket, a recording; call and offer."""
    shop(rt, merchant, f"Shop {mark}")
    for role in ROLES:
        person(rt, f"{role}-{mark}", merchant, role=role, desk=role == "agent")
    agent, sid = f"us_agent-{mark}", "AC" + digit * 32
    caller, sound = f"+1202555010{digit}", f"{merchant}/2026/11/re_{mark}.wav"
    call(
        rt,
        merchant,
        f"ca_wait_{mark}",
        caller=caller,
        caller_name=f"Waits {mark}",
        started_at=rt.now() + number,
    )
    waiting(rt, merchant, f"ca_wait_{mark}")
    offer = ring(rt, merchant, f"ca_wait_{mark}", agent)
    talk = call(rt, merchant, f"ca_{mark}", caller=caller, caller_name=f"Talks {mark}", ended_as="abandoned")
    ticket(rt, merchant, talk, number, agent, subject=f"About {mark}")
    day_of(rt, merchant, f"queue_{mark}", answered=(5,))
    with rt.write() as tx:
        tx.add(
            FlowVersion(merchant_id=merchant, digest="d" * 64, text=FLOW, published_at=0, published_by="test")
        )
        tx.add(Team(merchant_id=merchant, name="days"))
        tx.add(
            Callback(
                merchant_id=merchant,
                id=f"wt_{talk}",
                call_id=talk,
                queue="orders",
                number=caller,
                state="resting",
                state_at=0,
                asked_at=0,
                next_at=rt.now() + 900,
                expires_at=rt.now() + 9000,
                delay_seconds=0,
                retry_seconds=60,
                attempts=3,
            )
        )
        rt.journal.write(tx, merchant, talk, "enqueued", rt.now(), queue=f"queue_{mark}")
        tx.add(
            TwilioAccount(
                id=f"acc_{mark}", account_sid=sid, api_key_sid="SK" + digit * 32, app_sid="AP" + digit * 32,
                secrets_sealed=seal_secrets(AccountSecrets(("t" * 32,), "s" * 32), rt.settings.secret_text, sid),
            )
        )  # fmt: skip
        tx.execute(update(Merchant).where(Merchant.id == merchant).values(twilio_account_id=f"acc_{mark}"))
        tx.execute(update(Call).where(Call.merchant_id == merchant).values(account_sid=sid))
        tx.add(
            Participation(
                merchant_id=merchant, id=f"pa_{mark}", call_id=talk, offer_id=None, waiting_id=None, agent_id=agent,
                state="talking", assignment=1, room=f"room-{mark}", leg_sid=f"CA{mark}", began_at=rt.now(),
                joined_at=rt.now(), room_sid="CF" + digit * 32,
            )
        )  # fmt: skip
        tx.add(
            Recording(
                merchant_id=merchant, id=f"re_{mark}", call_id=talk, recording_sid="RE" + digit * 32, account_sid=sid,
                kind="call", state="stored", original_key=sound,
            )
        )  # fmt: skip
    open_storage(rt.settings.storage_url).put(sound, io.BytesIO(f"sound of {mark}".encode()))
    return talk, offer


def populated(rt: Runtime, app: Flask) -> World:
    browsers: dict[tuple[str, str], Browser] = {}

    def made(merchant: str, mark: str, number: int, digit: str) -> Ids:
        talk, offer = stock(rt, merchant, mark, number, digit)
        for role in ROLES:
            browsers[merchant, role] = sign_in(app.test_client(), f"{role}-{mark}")
        agent = browsers[merchant, "agent"]
        token = cookie_of(agent.client)
        recordings = agent.get(f"/api/tickets/{merchant}/{number}").get_json()["recordings"]
        link, account = recordings[0]["url"], "AC" + digit * 32
        session = hash_of(token)[:SHOWN]
        return Ids(merchant, mark, f"us_agent-{mark}", session, talk, offer, number, account, link)

    a, b = made("northwind", "aurora", 17, "1"), made("tailspin", "borealis", 28, "2")
    person(rt, STRAY, desk=False)
    browsers["", STRAY] = sign_in(app.test_client(), STRAY)
    rt.books.refresh()
    return World(rt, a, b, browsers, app.test_client())


def kept(rt: Runtime, ids: Ids) -> list[str]:
    """Everything that SQL holds of a merchant and its people."""
    rows: list[str] = []
    with rt.store.read() as tx:
        for table in Base.metadata.sorted_tables:
            for row in tx.execute(select(table)).mappings():
                owners = {str(row.get(name, "")) for name in ("merchant_id", "user_id", "id", "agent_id")}
                if ids.merchant in owners or any(owner.endswith(f"-{ids.mark}") for owner in owners):
                    rows.append(f"{table.name} {dict(row)}")
    return sorted(rows)
