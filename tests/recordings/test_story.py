"""The story on a ticket."""

import pytest

from recordings.sentences import SENTENCES, SILENT, spoken
from recordings.story import sentence, story
from tests.recordings.house import START, add_call, add_talk
from voice.events import EVENTS
from voice.runtime import Runtime


def test_a_call_reads_as_its_story(rt: Runtime) -> None:
    call_id = add_call(rt)
    add_talk(rt, call_id, "Ann Lee")
    with rt.write() as tx:
        happened: list[tuple[float, str, str | None, dict[str, object]]] = [
            (0, "call_started", None, {"caller": "+12025550188", "dialled": "+18005550100"}),
            (3, "option_selected", None, {"key": "1", "to": "our_team"}),
            (4, "enqueued", None, {"queue": "tea"}),
            (5, "offered", "us_ann", {"queue": "tea"}),
            (6, "ringing", "us_ann", {}),
            (10, "answered", "us_ann", {"waited": 6.0}),
            (60, "call_ended", None, {"ended_as": "answered", "hung_up_by": "caller"}),
        ]
        for after, kind, agent, data in happened:
            rt.journal.write(tx, "northwind", call_id, kind, START + after, agent_id=agent, **data)

    with rt.store.read() as tx:
        lines = story(tx, "northwind", call_id)

    assert [(line.at - START, line.text) for line in lines] == [
        (0, "Call from +1 202-555-0188 to +1 800-555-0100"),
        (3, "The caller pressed 1: our team"),
        (4, "Joined the queue tea"),
        (5, "Offered to Ann Lee"),
        (10, "Ann Lee answered after 6 s"),
        (60, "Call ended: answered; caller hung up"),
    ]


def test_another_merchant_s_call_has_no_story_here(rt: Runtime) -> None:
    call_id = add_call(rt)
    with rt.write() as tx:
        rt.journal.write(tx, "northwind", call_id, "no_input", START)

    with rt.store.read() as tx:
        assert story(tx, "contoso", call_id) == ()


def test_every_fact_has_a_sentence_or_is_silent() -> None:
    assert set(SENTENCES) | SILENT == set(EVENTS)
    assert not set(SENTENCES) & SILENT


@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_a_fact_that_says_little_still_reads_as_a_sentence(kind: str) -> None:
    said = sentence(kind, {}, "Ann Lee")

    assert said == said.strip(" :;")
    assert "None" not in said


def test_keys_that_the_menu_does_not_have_are_not_shown() -> None:
    assert "4111" not in sentence("no_match", {"keys": "4111111111111111"})


def test_a_withheld_number_reads_as_words() -> None:
    assert sentence("call_started", {"caller": "", "dialled": "+18005550100"}).startswith(
        "Call from withheld number"
    )


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (0.4, "0 s"), (59.6, "1 min"), (65, "1 min 5 s"), (3600, "1 h"), (3661, "1 h 1 min 1 s")]
)  # fmt: skip
def test_lengths_of_time_are_spoken(seconds: float, words: str) -> None:
    assert spoken(seconds) == words
