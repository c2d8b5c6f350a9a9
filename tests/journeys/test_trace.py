"""The path of a real call, read from the journal and played again."""

import json
import re

import pytest
from sqlalchemy import delete

from app import main
from tests.build import SECRET
from tests.journeys.shop import Shop
from voice import models
from voice.trace import NoSuchCall, Trace, find, masked, trace
from voice.trace_text import as_json, as_text


def traced(shop: Shop) -> Trace:
    while shop.rt.journal.step():
        pass
    with shop.rt.store.read() as tx:
        return trace(shop.rt, tx, find(tx, shop.only(models.Call).id))


def test_every_turn_is_told_with_what_led_to_it_and_its_steps(shop: Shop) -> None:
    caller = shop.rings_up()
    caller.hears("For orders, press 1")
    caller.presses("7")
    caller.hears("For orders, press 1")
    caller.presses("1")
    shop.waits(1)

    found = traced(shop)

    assert [(turn.number, turn.happened, turn.path) for turn in found.turns] == [
        (0, "the call came in", ("greeting",)),
        (1, "7", ()),
        (2, "1", ("orders_line",)),
    ]
    assert found.path == ("greeting", "orders_line")
    assert [(way.step, way.exit, way.to) for way in found.walked] == [
        ("greeting", "options.1", "orders_line")
    ]
    assert any(line.startswith("says     Thank you for calling") for line in found.turns[0].heard)


def test_a_queue_that_lets_nobody_in_is_followed_within_its_turn(shop: Shop) -> None:
    shop.publishes(shop.flow_text.replace("max_wait: 10m", "max_wait: 10m, capacity: 1"))
    shop.rt.books.refresh()
    shop.joins_queue()
    second = shop.rings_up("+12025550199")
    second.hears("For orders, press 1")
    second.presses("1")
    shop.waits(1)
    while shop.rt.journal.step():
        pass

    with shop.rt.store.read() as tx:
        calls = tx.query(models.Call).filter(models.Call.caller == "+12025550199").all()
        found = trace(shop.rt, tx, calls[0])

    assert found.turns[1].path == ("orders_line", "busy", "message")
    assert found.turns[1].happened == "1"
    assert found.walked[-2:][0].exit == "full"


def test_a_gap_in_the_journal_is_marked_and_the_rest_goes_on(shop: Shop) -> None:
    caller = shop.rings_up()
    caller.hears("For orders, press 1")
    caller.presses("7")
    caller.hears("For orders, press 1")
    caller.presses("1")
    shop.waits(1)
    while shop.rt.journal.step():
        pass
    with shop.rt.write() as tx:
        tx.execute(delete(models.Event).where(models.Event.turn == 1))

    found = traced(shop)

    assert [(turn.number, turn.skipped, turn.path) for turn in found.turns] == [
        (0, 0, ("greeting",)),
        (2, 1, ("orders_line",)),
    ]
    assert "1 turn before this one left nothing in the journal" in as_text(found)


def test_the_documents_are_those_that_were_exchanged_without_what_opens_anything(shop: Shop) -> None:
    shop.joins_queue()
    shop.waits(1)

    found = traced(shop)

    menu, queue = found.turns[0].document, found.turns[1].document
    assert "<Gather" in menu
    assert "For orders, press 1" in menu
    assert "/voice/turn/…" in menu
    assert "<Enqueue" in queue, "the stored answer of a turn with an effect"
    whole = as_text(found, documents=True) + as_json(found)
    assert not re.search(r"\+\d{7,}", whole)
    assert not re.search(r"/voice/turn/[A-Za-z0-9_-]", whole)
    assert "+1...0188" in whole


def test_a_document_written_again_has_the_very_address_that_was_asked(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealing is deterministic, so the address of the next turn proves that all of the session is the same."""
    caller = shop.rings_up()
    caller.hears("For orders, press 1")
    caller.presses("7")
    caller.hears("For orders, press 1")
    caller.presses("1")
    shop.waits(1)
    asked = [
        fact.data["url"]
        for fact in shop.sim.ledger
        if fact.data.get("purpose") == "gather" and "url" in fact.data
    ]
    monkeypatch.setattr("voice.trace.masked", lambda value: value)

    found = traced(shop)

    assert len(asked) == 2
    assert asked[0] in found.turns[0].document
    assert asked[1] in found.turns[1].document


def test_what_happens_between_turns_is_told_too(shop: Shop) -> None:
    caller = shop.joins_queue()
    shop.waits(5)
    caller.hangs_up()
    shop.waits(5)

    told = as_text(traced(shop))

    assert "The caller hung up while waiting." in told
    assert re.search(r"0:0\d\.\d  turn 1: 1\n", told)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call +12025550188 now", "call +1...0188 now"),
        ("https://x/voice/turn/AbC-_9.z~#ct=1", "https://x/voice/turn/…#ct=1"),
        ("/media/a.wav?sig=s3cret&amp;b=1", "/media/a.wav?sig=…&amp;b=1"),
        ({"a": ["+491701234567"]}, {"a": ["+4...4567"]}),
        (17, 17),
    ],
)
def test_masks(text: object, shown: object) -> None:
    assert masked(text) == shown


def test_the_word_trace(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    shop.joins_queue()
    shop.waits(1)
    call = traced(shop).call
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setattr("voice.build.build_runtime", lambda _settings: shop.rt)
    picture = f"{tmp_path}/path.svg"

    assert main(["flows", "trace", call, "--documents", "--draw", picture]) == 0
    assert main(["flows", "trace", call, "--json"]) == 0
    assert main(["flows", "trace", "ca_none"]) == 1

    out, err = capsys.readouterr()
    assert "turn 1: 1\n          orders_line\n" in out
    assert json.loads(out[out.index("\n{") :])["path"] == ["greeting", "orders_line"]
    assert (
        "nobody knows the call 'ca_none'; name its id, its CallSid, or its ticket as in northwind#17" in err
    )
    with open(picture, encoding="utf-8") as file:
        assert file.read().count('class="count"') == 2
    with shop.rt.store.read() as tx, pytest.raises(NoSuchCall):
        find(tx, "northwind#4711")
