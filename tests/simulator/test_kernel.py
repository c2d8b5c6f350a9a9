"""The kernel: moments in their order, tasks, signals, and how the language of tests uses them."""

from functools import partial

import pytest

from simulator import VirtualClock
from simulator.kernel import Kernel, Run, Signal, StuckInOneMoment, Wait, sleep, until
from tests.simulator.pages import NUMBER, open_shop


def kernel() -> Kernel:
    return Kernel(VirtualClock(1000.0))


def test_moments_run_in_their_order_and_equal_ones_as_they_were_put() -> None:
    done: list[str] = []
    k = kernel()
    for name, seconds in (("late", 5.0), ("first", 1.0), ("second", 1.0)):
        k.after(seconds, partial(done.append, name))

    k.run_to(1010.0)

    assert done == ["first", "second", "late"]
    assert k.now == 1010.0


def test_a_cancelled_timer_does_not_ring() -> None:
    k = kernel()
    done: list[int] = []
    k.after(1, lambda: done.append(1)).cancel()

    k.run_to(1010.0)

    assert done == []


def test_a_task_waits_for_time_and_signals() -> None:
    k = kernel()
    signal: Signal[str] = Signal()
    seen: list[object] = []

    def work() -> Run[None]:
        yield from sleep(2)
        seen.append(k.now)
        seen.append((yield from until(signal, 5)))
        seen.append((yield from until(Signal[str](), 5)))
        seen.append(k.now)

    k.start(work())
    k.after(3, lambda: signal.fire("hello"))
    k.run_to(1100.0)

    assert seen == [1002.0, "hello", None, 1008.0]


def test_an_interrupted_task_cleans_up_and_hears_no_old_signal() -> None:
    k = kernel()
    signal: Signal[None] = Signal()
    seen: list[str] = []

    def work() -> Run[None]:
        try:
            yield Wait((signal,))
            seen.append("went on")
        finally:
            seen.append("cleaned up")

    task = k.start(work())
    k.run_to(1001.0)
    signal.fire(None)
    task.interrupt(KeyError("stop"))
    k.run_to(1002.0)

    assert seen == ["cleaned up"]
    assert task.ended


def test_a_task_that_breaks_says_so() -> None:
    k = kernel()

    def work() -> Run[None]:
        yield from sleep(1)
        raise ZeroDivisionError("a bug")

    k.start(work())

    with pytest.raises(ZeroDivisionError):
        k.run_to(1002.0)


def test_time_that_cannot_go_on_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.kernel.MOST_EVENTS_IN_ONE_MOMENT", 1000)
    k = kernel()

    def again() -> None:
        k.soon(again)

    k.soon(again)

    with pytest.raises(StuckInOneMoment):
        k.run_to(1001.0)


def test_the_application_cannot_let_time_pass_from_inside() -> None:
    shop = open_shop()
    shop.sim.later(1, lambda: shop.sim.advance(1))

    with pytest.raises(RuntimeError, match="from inside"):
        shop.sim.advance(5)


def test_loops_of_the_application_are_called_in_their_rhythm_until_stopped() -> None:
    shop = open_shop()
    seen: list[float] = []
    began = shop.sim.now
    stop = shop.sim.every(1.0, lambda now: seen.append(now - began))

    shop.sim.advance(3.5)
    stop()
    shop.sim.advance(5)

    assert seen == [1.0, 2.0, 3.0]


def test_what_is_not_heard_tells_what_was_heard_instead() -> None:
    shop = open_shop(voice="<Say>good evening</Say><Pause length='60'/>")
    caller = shop.sim.call(NUMBER)

    with pytest.raises(AssertionError, match="did not hear 'good morning'") as failure:
        caller.hears("good morning", within=5)

    assert "say: good evening" in str(failure.value)


def test_words_heard_before_do_not_count_again() -> None:
    shop = open_shop(voice="<Say>press 1</Say><Pause/><Say>press 1</Say>")
    caller = shop.sim.call(NUMBER)

    first = caller.hears("press 1")
    second = caller.hears("press 1")

    assert second.at > first.at


def test_a_debugger_that_is_not_empty_fails_the_test() -> None:
    shop = open_shop(voice="<Say/>")
    shop.sim.call(NUMBER).ends()

    with pytest.raises(AssertionError, match="13520"):
        shop.sim.assert_quiet()


def test_dialling_a_number_that_is_not_ours_names_ours() -> None:
    with pytest.raises(LookupError, match=r"\+15550100100"):
        open_shop().sim.call("+15550109999")


def test_timers_that_were_called_off_do_not_pile_up() -> None:
    kernel = Kernel(VirtualClock())
    ran: list[int] = []
    kernel.after(3600, lambda: ran.append(1))
    for _ in range(20_000):
        kernel.after(14_400, lambda: ran.append(2)).cancel()

    size = len(kernel._heap)
    kernel.run_to(kernel.now + 20_000)

    assert size < 2_500
    assert ran == [1]
