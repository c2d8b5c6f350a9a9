"""The digest is of the meaning: how it is written does not count, what it says does."""

import re

import pytest

from callflows.flow import Flow
from callflows.read import read_flow
from callflows.tools.meaning import changes
from tests.callflows.build import HEAD, MORE

PLAIN = f"""{HEAD}fallback: message
start: hello
steps:
  hello: {{menu: "Press 1 or 2.", options: {{1: line, 2: bye}}}}
  line: {{queue: orders, max_wait: 10m}}{MORE}"""

REWRITTEN = """# A comment.
steps: # and another

  message:
    next: bye
    voicemail: >
      Please leave
      a message.
  line:
    max_wait: 600s
    queue: "orders"
  bye: {hangup: 'Goodbye.'}
  hello:
    options: {"2": bye, '1': line}
    wait: 6s
    tries: 3
    menu: "Press 1   or 2."
start: hello
language: en-US
fallback: message
recording: {record: yes, announce: "This call is recorded."}
calendars: {shop: {mon-tue: 9:00-17:00, wed-fri: [09:00-17:00], sat: closed, timezone: Europe/Berlin, holidays: {2026-12-25: closed}}}
queues: {orders: {max_wait: 10m, ring: 20s}}
audio: {jingle: sounds/jingle.wav}
numbers: "+1 202 555 0170"
timezone: Europe/Berlin
name: Acme
merchant: acme
flow_version: 1
"""

CHANGES = [
    ('"Press 1 or 2."', '"Press 1 or 3."'),
    ("2: bye", "2: message"),
    ("max_wait: 10m}\n", "max_wait: 11m}\n"),
    ("fallback: message", "fallback: bye"),
    ("start: hello", "start: line"),
    ("Europe/Berlin", "Europe/Paris"),
    ("09:00-17:00", "09:00-18:00"),
    ("2026-12-25: closed", "2026-12-26: closed"),
    ("This call is recorded.", "We record."),
    ("+12025550170", "+12025550171"),
    ("hangup: ", "say: "),
]


def digest(text: str) -> str:
    return read_flow(text, "test.yaml").digest


def test_order_layout_comments_and_written_defaults_do_not_count() -> None:
    assert digest(REWRITTEN) == digest(PLAIN)


@pytest.mark.parametrize(("was", "becomes"), CHANGES, ids=lambda text: text[:20])
def test_every_change_of_meaning_counts(was: str, becomes: str) -> None:
    changed = PLAIN.replace(was, becomes, 1)
    if becomes == "say: ":
        changed = changed.replace('{say: "Goodbye."}', '{say: "Goodbye.", next: message}')
    assert changed != PLAIN

    assert digest(changed) != digest(PLAIN)


@pytest.mark.parametrize(("strategy", "counts"), [("linear", True), ("random", False)])
def test_the_order_of_agents_counts_where_they_are_rung_in_order(strategy: str, counts: bool) -> None:
    def ordered(agents: str) -> Flow:
        queue = f"orders: {{strategy: {strategy}, agents: {agents}}}"
        return read_flow(re.sub(r"orders: \{max_wait[^}]*\}", queue, REWRITTEN), "test.yaml")

    before, after = ordered("{ann: {}, ben: {}}"), ordered("{ben: {}, ann: {}}")

    assert (before.digest != after.digest) is counts
    assert [change.line() for change in changes(before, after)] == (
        ["~ queue orders: order: ann, ben -> ben, ann"] if counts else []
    )


def test_the_digest_stays_the_same_over_versions_of_this_program() -> None:
    """Calls are pinned to stored digests: if this fails, the meaning of stored flows has been lost."""
    assert digest(PLAIN) == PINNED


PINNED = "f591e8beaacd2f7f14a6c52e0c125c2b9090ba00f7e71f063c43acb3d33ad879"
