"""The books that every process holds: looked up each second, and a flow is read when somebody needs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from callflows.faults import FlowFaults
from tests.journeys.northwind import FLOW
from voice import models
from voice.books import Books, NoSuchFlow
from voice.store import Store
from voice.vault import AccountSecrets, seal_secrets

SECRET = "s" * 40
ACCOUNT = "AC" + "0" * 32
MERCHANTS = 700  # more than one question fetches


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/ringdesk.db")
    made.create_tables()
    sealed = seal_secrets(AccountSecrets(("t" * 32,), "s" * 32), SECRET, ACCOUNT)
    with made.write() as tx:
        tx.add(
            models.TwilioAccount(
                id="ta_one", account_sid=ACCOUNT, secrets_sealed=sealed, api_key_sid="", app_sid=""
            )
        )
        tx.flush()
        for number in range(MERCHANTS):
            tx.add_all(_merchant(f"m{number}", FLOW if number else "flow_version: 99"))
    yield made
    made.close()


def _merchant(name: str, text: str) -> list[models.Base]:
    return [
        models.Merchant(
            id=name, name=name, timezone="UTC", twilio_account_id="ta_one", live_digest=f"digest of {name}"
        ),
        models.FlowVersion(
            merchant_id=name, digest=f"digest of {name}", text=text, published_at=0, published_by="test"
        ),
    ]


def test_a_flow_that_cannot_be_read_is_the_trouble_of_its_own_merchant(store: Store) -> None:
    books = Books(store, SECRET)
    books.refresh()

    assert books.live_flow("m1") is books.live_flow("m1")
    assert books.live_flow(f"m{MERCHANTS - 1}") is not None
    with pytest.raises(FlowFaults):
        books.live_flow("m0")


def test_what_was_looked_up_serves_while_sql_is_away(store: Store, tmp_path: Path) -> None:
    books = Books(store, SECRET)
    books.refresh()
    (tmp_path / "ringdesk.db").rename(tmp_path / "away.db")

    assert books.live_flow("m5") is not None


def test_a_version_that_nobody_has_is_named(store: Store) -> None:
    with pytest.raises(NoSuchFlow, match="merchant m1 has no flow version nobody"):
        Books(store, SECRET).flow("m1", "nobody")


def test_a_second_look_asks_four_questions_whatever_the_number_of_merchants(store: Store) -> None:
    books, asked = Books(store, SECRET), []
    books.refresh()
    page = books.page
    event.listen(store._reader, "before_cursor_execute", lambda *given: asked.append(given[2]))

    books.refresh()
    assert len([one for one in asked if one.startswith("SELECT")]) == 4
    assert books.page is page
    with store.write() as tx:
        tx.get_one(models.Merchant, "m1").name = "Another"
    books.refresh()
    assert books.page.shops["m1"].name == "Another"
