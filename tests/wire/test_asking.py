"""Asking for flows takes no more than it can hold, and what it found stays."""

import threading
from pathlib import Path

from callflows.actions import Request
from callflows.events import Replied, ReplyOutcome
from simulator.clock import VirtualClock
from tests.build import make_rt
from voice import asking
from voice.calls import Facts, ensure_call
from voice.runtime import Runtime

FACTS = Facts(
    "acme", "ca_1", "CA" + "1" * 32, "AC" + "1" * 32, "+12025550188", "", "+12025550170", "f" * 64, 0.0
)
REQUEST = Request("orders", "get", "https://shop.example/", timeout_seconds=3)


def asked(tmp_path: Path, ask: asking.Pool | None = None) -> tuple[Runtime, VirtualClock]:
    clock = VirtualClock()
    rt = make_rt(tmp_path, clock)
    object.__setattr__(rt, "ask", ask or (lambda job: True))
    with rt.write() as tx:
        ensure_call(tx, FACTS)
        asking.ask(tx, rt, FACTS, 4, REQUEST)
    return rt, clock


def test_the_pool_refuses_what_it_cannot_hold_and_goes_on_afterwards() -> None:
    pool, may_end, ended = asking.Pool(threads=1, most=1), threading.Event(), threading.Semaphore(0)

    def slow() -> None:
        may_end.wait(10)
        ended.release()

    taken = [pool(slow), pool(slow), pool(slow)]
    may_end.set()

    assert taken == [True, True, False]
    assert ended.acquire(timeout=10)
    assert ended.acquire(timeout=10)
    while not pool(lambda: None):  # the last one gives its place back a moment later
        threading.Event().wait(0.001)


def test_without_room_the_answer_is_an_error_at_once(tmp_path: Path) -> None:
    full = asking.Pool(threads=1, most=0)
    may_end = threading.Event()

    def slow() -> None:
        may_end.wait(10)

    assert full(slow)
    rt, _ = asked(tmp_path, full)

    assert asking.reply_to(rt, FACTS, 4) == Replied(ReplyOutcome.ERROR)
    may_end.set()


def test_a_timeout_stays_a_timeout_even_when_the_answer_comes_late(tmp_path: Path) -> None:
    rt, clock = asked(tmp_path)
    assert asking.reply_to(rt, FACTS, 4) is None

    clock.move_to(clock.now() + 5)
    assert asking.reply_to(rt, FACTS, 4) == Replied(ReplyOutcome.TIMEOUT)
    asking._keep(rt, FACTS, 4, Replied(ReplyOutcome.OK, (("status", "late"),)))

    assert asking.reply_to(rt, FACTS, 4) == Replied(ReplyOutcome.TIMEOUT)


def test_a_turn_that_never_asked_is_an_error(tmp_path: Path) -> None:
    rt, _ = asked(tmp_path)

    assert asking.reply_to(rt, FACTS, 9) == Replied(ReplyOutcome.ERROR)
