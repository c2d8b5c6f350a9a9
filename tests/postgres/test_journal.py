"""The journal keeps each fact once, whoever writes it and how often, in groups, on both stores."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from voice import models
from voice.calls import Facts
from voice.facts import Gathered
from voice.journal import Journal
from voice.store import Store, StoreAway


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with tables."""
    if request.param == "sqlite":
        made = Store(f"sqlite:///{tmp_path}/ringdesk.db")
        made.create_tables()
    else:
        made = Store(request.getfixturevalue("postgres_url"))
    yield made
    made.close()


def note(journal: Journal, *calls: str, step: str = "greeting") -> None:
    """Two facts of the first turn of each call."""
    for call in calls:
        told = [("menu_presented", {"step": step}), ("option_selected", {"step": step, "keys": "1"})]
        journal.note_turn("northwind", call, 1, 1.5, told)


def facts(store: Store) -> list[models.Event]:
    """Everything that the journal holds."""
    with store.read() as tx:
        return list(tx.scalars(select(models.Event).order_by(models.Event.call_id, models.Event.place)))


def call(name: str) -> Facts:
    """A call that began."""
    return Facts(
        "northwind", name, f"CA{name:0>32}", "AC" + "0" * 32, "+12025550188", "", "+12025550100", "d", 1.0
    )


def test_a_fact_comes_back_as_it_was_told(store: Store) -> None:
    journal = Journal(store)
    journal.note_turn(
        "northwind",
        "ca_1",
        3,
        1763766000.25,
        [("menu_presented", {"text": 'Zoë said "9" — \\ 🌱', "n": 1.5})],
    )

    journal.step()

    (fact,) = facts(store)
    assert (fact.merchant_id, fact.call_id, fact.turn, fact.place, fact.at) == (
        "northwind",
        "ca_1",
        3,
        0,
        1763766000.25,
    )
    assert (fact.kind, fact.agent_id, fact.data) == (
        "menu_presented",
        None,
        {"text": 'Zoë said "9" — \\ 🌱', "n": 1.5},
    )


def test_a_turn_that_is_told_again_is_kept_once_as_it_was_first(store: Store) -> None:
    journal, another = Journal(store), Journal(store)
    note(journal, "ca_1", "ca_1")
    journal.step()
    note(another, "ca_1", "ca_2", step="changed")
    another.step()

    assert [(one.call_id, one.data["step"]) for one in facts(store)] == [
        ("ca_1", "greeting"), ("ca_1", "greeting"), ("ca_2", "changed"), ("ca_2", "changed"),
    ]  # fmt: skip


def test_two_processes_that_write_the_same_facts_in_opposite_order_both_get_through(store: Store) -> None:
    names = [f"ca_{number:04}" for number in range(400)]
    line, raised = threading.Barrier(2), list[Exception]()

    def writer(calls: list[str]) -> None:
        journal = Journal(store)
        line.wait(timeout=30)
        try:
            for start in range(0, len(calls), 40):
                note(journal, *calls[start : start + 40])
                for one in calls[start : start + 40]:
                    journal.note_call(call(one))
                journal.step()
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=writer, args=(calls,)) for calls in (names, names[::-1])]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)

    assert not raised, raised
    with store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(models.Event)) == 2 * len(names)
        assert tx.scalar(select(func.count()).select_from(models.Call)) == len(names)


@pytest.mark.parametrize(
    ("call_id", "data"), [("ca_\ud800", "x"), ("ca_bad", object())], ids=["no text", "no JSON"]
)
def test_one_fact_that_the_database_refuses_takes_no_other_with_it(
    store: Store, call_id: str, data: object
) -> None:
    journal = Journal(store)
    note(journal, "ca_1", "ca_2")
    journal.note_turn("northwind", call_id, 1, 1.0, [("menu_presented", {"step": data})])
    note(journal, "ca_3")

    journal.step()

    assert [one.call_id for one in facts(store)] == ["ca_1", "ca_1", "ca_2", "ca_2", "ca_3", "ca_3"]
    assert journal.lost == 1


def test_while_the_store_is_away_facts_are_kept_and_written_afterwards(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(store)
    away = Journal(Store("postgresql://nobody@127.0.0.1:1/none"))
    note(away, "ca_1")
    note(journal, "ca_1")
    with pytest.raises(StoreAway):
        away.step()
    monkeypatch.setattr(away, "_store", store)

    away.step()
    journal.step()

    assert len(facts(store)) == 2


def test_the_statement_for_postgresql_names_every_column_of_a_fact() -> None:
    from voice.facts import FROM_JSON

    named = str(FROM_JSON).partition("(")[2].partition(")")[0].replace(" ", "").split(",")

    assert set(named) == {column.name for column in models.Event.__table__.columns} - {"id"}


def test_the_order_of_a_call_is_the_order_in_which_it_was_told(store: Store) -> None:
    journal = Journal(store)
    for turn in range(30):
        journal.note_turn("northwind", "ca_1", turn, 1.0, [("menu_presented", {"turn": turn})])

    journal.step()

    with store.read() as tx:
        assert list(tx.scalars(text("SELECT turn FROM event ORDER BY id"))) == list(range(30))


def test_a_fact_that_may_have_to_be_proved_is_kept_before_the_answer_with_all_that_gathered(
    store: Store,
) -> None:
    journal = Journal(store)
    note(journal, "ca_1", "ca_2")

    assert journal.keep_turn("northwind", "ca_3", 1, 2.0, [("consent_announced", {"step": "orders"})])

    assert [fact.call_id for fact in facts(store)] == ["ca_1", "ca_1", "ca_2", "ca_2", "ca_3"]
    assert journal.buffered == 0


def test_those_who_come_together_are_kept_together(store: Store) -> None:
    journal, kept = Journal(store), []

    def keep(number: int) -> None:
        told = [("consent_announced", {"step": "orders"})]
        kept.append(journal.keep_turn("northwind", f"ca_{number}", 1, 2.0, told))

    together = [threading.Thread(target=keep, args=(number,)) for number in range(20)]
    for one in together:
        one.start()
    for one in together:
        one.join()

    assert kept == [True] * 20
    assert len(facts(store)) == 20


def test_all_who_come_while_one_writes_are_written_by_one_of_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, written = Journal(store), list[int]()
    commit, begun, all_came = journal._commit, threading.Event(), threading.Event()

    def slow_at_first(calls: list[Facts], turns: list[Gathered]) -> None:
        written.append(len(turns))
        begun.set()
        assert all_came.wait(timeout=60)
        commit(calls, turns)

    def keep(number: int) -> None:
        assert journal.keep_turn("northwind", f"ca_{number}", 1, 2.0, [("consent_announced", {})])

    monkeypatch.setattr(journal, "_commit", slow_at_first)
    monkeypatch.setattr("voice.journal.PATIENCE_SECONDS", 60)
    people = [threading.Thread(target=keep, args=(number,)) for number in range(12)]
    people[0].start()
    assert begun.wait(timeout=60)
    for one in people[1:]:
        one.start()
    while journal.buffered < 11:
        begun.wait()
    all_came.set()
    for one in people:
        one.join(timeout=60)

    assert written == [1, 11]


def test_without_sql_a_fact_waits_in_the_buffer_and_the_caller_does_not(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(store)

    def away(*_: object) -> None:
        raise StoreAway("nobody answers")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(journal, "_commit", away)
        assert not journal.keep_turn("northwind", "ca_1", 1, 2.0, [("consent_announced", {})])
    assert journal.buffered == 1

    journal.step()

    assert [fact.call_id for fact in facts(store)] == ["ca_1"]
