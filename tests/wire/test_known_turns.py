"""A turn that was made before is answered without reading the session, and nobody can tell."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from callflows import engine
from callflows.session import Session
from simulator.account import Account
from tests.bench.shop import FLOW, NUMBER
from tests.build import account_json, make_rt
from tests.wire.build import call_fields
from voice import hear, turns
from voice.links import LinkTooLong
from voice.models import Event
from voice.runtime import Runtime, SharedClock
from voice.seeding import seed_merchants


@pytest.fixture
def rt(tmp_path: Path) -> Iterator[Runtime]:
    """A merchant with two menus and a goodbye."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "northwind.yaml").write_text(FLOW, encoding="utf-8")
    account = Account.demo(base_url="https://calls.example", numbers=(NUMBER,))
    (tmp_path / "account.json").write_text(json.dumps(account_json(account)), encoding="utf-8")
    made = make_rt(tmp_path, SharedClock())
    seed_merchants(made, tmp_path / "account.json")
    yield made
    made.store.close()


def fields(number: int, **changed: str) -> dict[str, str]:
    given = call_fields(CallSid=f"CA{number:032x}", To=NUMBER, CallStatus="in-progress") | changed
    return {name: value for name, value in given.items() if value}


def presses(rt: Runtime, number: int, sealed: str, key: str) -> bytes:
    heard = fields(number, Digits=key)
    return turns.go_on(rt, lambda: hear.incoming(heard), hear.turn(heard), sealed)


def next_of(document: bytes) -> str:
    found = re.search(rb"/voice/turn/([A-Za-z0-9_-]+)", document)
    assert found is not None, document
    return found[1].decode()


def calls(rt: Runtime, number: int) -> str:
    """The sealed session of a caller at the first menu."""
    return next_of(turns.begin(rt, hear.incoming(fields(number))))


def nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on neither the engine nor the session's own reader may be asked."""

    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("this turn was made anew")

    monkeypatch.setattr(engine, "resume", refuse)
    monkeypatch.setattr(Session, "load", refuse)


def without_address(document: bytes) -> bytes:
    return re.sub(rb"/voice/turn/[A-Za-z0-9_-]+", b"", document)


@pytest.mark.parametrize("keys", ["1", "11", "12", "19", "9", "1*1"])
def test_the_second_caller_hears_what_the_first_heard(
    rt: Runtime, monkeypatch: pytest.MonkeyPatch, keys: str
) -> None:
    first, second = calls(rt, 1), calls(rt, 2)
    heard = []
    for key in keys:
        heard.append(presses(rt, 1, first, key))
        first = next_of(heard[-1]) if b"/turn/" in heard[-1] else ""
    nothing_is_made(monkeypatch)

    for key, said in zip(keys, heard, strict=True):
        again = presses(rt, 2, second, key)
        assert without_address(again) == without_address(said)
        second = next_of(again) if b"/turn/" in again else ""

    while rt.journal.step():
        pass
    with rt.store.read() as tx:
        told = tx.execute(select(Event.call_id, Event.turn, Event.place, Event.kind, Event.data)).all()
    by_call: dict[str, list[object]] = {}
    for call_id, *rest in told:
        if rest[0]:
            by_call.setdefault(call_id, []).append(tuple(rest))
    one, other = by_call.values()
    assert one == other


def test_a_repeat_gets_the_same_document_whether_it_was_made_or_known(rt: Runtime) -> None:
    sealed = calls(rt, 1)

    assert len({presses(rt, 1, sealed, "1") for _ in range(3)}) == 1


def test_a_known_turn_keeps_what_its_own_caller_brought(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    presses(rt, 1, calls(rt, 1), "1")
    began = turns.begin(rt, hear.incoming(fields(2, From="+442079460123", CallerName="Bo")))
    with monkeypatch.context() as patched:
        nothing_is_made(patched)
        onward = next_of(presses(rt, 2, next_of(began), "1"))

    merchant_id, dumped = turns.unseal(
        rt, onward, turns.bound_to_call(fields(2)["AccountSid"], fields(2)["CallSid"])
    )
    session = Session.load(dumped)
    assert merchant_id == "northwind"
    assert (session.turn, session.step, session.value("caller")) == (1, "orders", "+442079460123")
    assert session.value("caller_name") == "Bo"


def test_a_known_turn_of_a_caller_who_has_hung_up_is_not_answered_from_memory(rt: Runtime) -> None:
    first, second = calls(rt, 1), calls(rt, 2)
    presses(rt, 1, first, "1")
    gone = fields(2, CallStatus="completed", Digits="1")

    assert b"Gather" not in turns.go_on(rt, lambda: hear.incoming(gone), hear.turn(gone), second)


def test_an_address_that_would_be_too_long_is_refused_by_the_short_way_too(
    rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = calls(rt, 1), calls(rt, 2)
    monkeypatch.setattr("voice.links.MAX_LENGTH", 200)

    for number, sealed in ((1, first), (2, second)):
        with pytest.raises(LinkTooLong):
            presses(rt, number, sealed, "1")
