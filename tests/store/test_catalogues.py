"""What must never be true cannot be stored: both databases hold the same partial unique indexes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateIndex

from voice import models, states
from voice.store import Store

# Name of the index, and its promise.
PROMISES = {
    "waiting_once_per_call": "a caller has one place",
    "offer_one_live_per_agent": "an agent is rung for one caller at a time",
    "offer_one_claim_per_caller": "a caller is claimed by one agent",
    "callback_one_per_number": "a number is called back once for a queue",
    "consult_one_per_call": "a caller's agent asks one colleague at a time",
    "phone_ring_one_per_offer": "an agent's ordinary phone rings once for an offer",
    "supervision_one_per_person": "a supervisor is in one talk at a time",
    "participation_one_owner": "a contact has one owner",
    "participation_one_per_agent": "an agent talks in one call, listening excepted",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/ringdesk.db")
    made.create_tables()
    yield made
    made.close()


def in_sqlite(store: Store) -> dict[str, str]:
    """Every partial unique index by name, as SQLite's catalogue tells it."""
    with store.read() as tx:
        rows = tx.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'")
        )
        return {name: plain(sql) for name, sql in rows if sql.startswith("CREATE UNIQUE")}


def for_postgresql() -> dict[str, str]:
    """The same as PostgreSQL would be told."""
    dialect = PGDialect_psycopg()
    told = {str(index.name): str(CreateIndex(index).compile(dialect=dialect)) for index in indexes()}
    return {
        name: plain(sql) for name, sql in told.items() if "WHERE" in sql and sql.startswith("CREATE UNIQUE")
    }


def indexes() -> list[Index]:
    return [index for table in models.Base.metadata.sorted_tables for index in table.indexes]


def plain(sql: str) -> str:
    """One spelling for both: no quotes around names, single spaces."""
    return re.sub(r"\s+", " ", sql.replace('"', "")).strip()


def test_both_databases_hold_the_same_promises(store: Store) -> None:
    assert in_sqlite(store) == for_postgresql()
    assert in_sqlite(store).keys() == PROMISES.keys()


def test_they_speak_of_states_never_of_time(store: Store) -> None:
    moments = {
        column.name
        for table in models.Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(("_at", "_seconds")) or column.name == "at"
    }
    for sql in in_sqlite(store).values():
        condition = sql.partition(" WHERE ")[2]

        assert not moments & set(re.findall(r"\w+", condition)), sql


def test_they_name_every_live_state_and_no_other(store: Store) -> None:
    named = {name: set(re.findall(r"'(\w+)'", sql)) for name, sql in in_sqlite(store).items()}

    assert named["offer_one_live_per_agent"] == {str(state) for state in states.OFFER_LIVE}
    assert named["offer_one_claim_per_caller"] == {str(states.Offer.ACCEPTED)}
    live = {str(state) for state in states.PARTICIPATION_LIVE}
    assert named["participation_one_owner"] == live | {str(states.Role.OWNER)}
    assert named["participation_one_per_agent"] == live | {str(states.Role.LISTENER)}


def call(tx: Any, call_id: str) -> None:
    tx.add(
        models.Call(
            merchant_id="northwind",
            id=call_id,
            call_sid=f"CA{call_id}",
            account_sid="AC",
            caller="",
            dialled="",
            flow_digest="",
            started_at=0.0,
        )
    )
    tx.flush()


def place(key: str, call_id: str = "one", **values: Any) -> models.Waiting:
    return models.Waiting(
        merchant_id="northwind",
        id=key,
        call_id=call_id,
        queue="orders",
        state_at=0.0,
        entered_at=0.0,
        rank_at=0.0,
        deadline_at=0.0,
        ring_seconds=0.0,
        wrap_up_seconds=0.0,
        session=b"",
        **values,
    )


def offer(key: str, agent: str, waiting: str, state: states.Offer) -> models.Offer:
    return models.Offer(
        merchant_id="northwind",
        id=key,
        waiting_id=waiting,
        call_id="one",
        agent_id=agent,
        generation=0,
        state=state,
        offered_at=0.0,
    )


def talk(key: str, agent: str, call_id: str, **values: Any) -> models.Participation:
    return models.Participation(
        merchant_id="northwind",
        id=key,
        call_id=call_id,
        agent_id=agent,
        assignment=1,
        room=key,
        leg_sid=key,
        began_at=0.0,
        **values,
    )


def test_a_caller_has_one_place(store: Store) -> None:
    with store.write() as tx:
        call(tx, "one")
        tx.add_all([place("a", left_as="timeout"), place("b")])

    with pytest.raises(IntegrityError), store.write() as tx:
        tx.add(place("c"))


def test_an_agent_is_rung_for_one_caller_at_a_time(store: Store) -> None:
    with store.write() as tx:
        call(tx, "one")
        tx.add_all(
            [offer("a", "ann", "wt1", states.Offer.DECLINED), offer("b", "ann", "wt2", states.Offer.RINGING)]
        )

    with pytest.raises(IntegrityError), store.write() as tx:
        tx.add(offer("c", "ann", "wt3", states.Offer.OFFERED))


def test_a_caller_is_claimed_by_one_agent(store: Store) -> None:
    with store.write() as tx:
        call(tx, "one")
        tx.add(offer("a", "ann", "wt1", states.Offer.ACCEPTED))

    with pytest.raises(IntegrityError), store.write() as tx:
        tx.add(offer("b", "ben", "wt1", states.Offer.ACCEPTED))


def test_a_contact_has_one_owner(store: Store) -> None:
    with store.write() as tx:
        call(tx, "one")
        tx.add_all([talk("a", "ann", "one", state="ended"), talk("b", "ben", "one", state="vanished")])

    with pytest.raises(IntegrityError), store.write() as tx:
        tx.add(talk("c", "cora", "one"))


def test_an_agent_talks_in_one_call_listening_excepted(store: Store) -> None:
    with store.write() as tx:
        call(tx, "one")
        call(tx, "two")
        tx.add_all([talk("a", "sue", "one"), talk("b", "sue", "two", role=states.Role.LISTENER)])

    with pytest.raises(IntegrityError), store.write() as tx:
        tx.add(talk("c", "sue", "two"))
