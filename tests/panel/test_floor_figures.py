"""What a queue's day amounts to, by formulas that are printed on the page."""

import random

import pytest

from panel.floor_figures import Day, Fact, How, Rule, Tally, Visit, tally, total, visits_of

DAY_RULE = Rule(limit=20.0, short=5.0)


def visits(how: How, *waits: float) -> list[Visit]:
    return [Visit("orders", how, waited) for waited in waits]


def worked_case() -> list[Visit]:
    """100 queued; 80 answered, 70 of them in 20 s; 15 abandoned, 10 of them in 20 s; 5 took a callback in 20 s."""
    return [
        *visits(How.ANSWERED, *[12.0] * 70, *[45.0] * 10),
        *visits(How.ABANDONED, *[15.0] * 10, *[60.0] * 5),
        *visits(How.CALLED_BACK, *[8.0] * 5),
    ]


def test_the_worked_case_gives_the_published_results() -> None:
    ours = tally(worked_case(), Rule(limit=20.0, short=20.0))

    assert (ours.in_time, ours.counted, ours.queued) == (70, 85, 100)
    assert ours.level == pytest.approx(0.824, abs=0.0005)
    assert ours.connect_level == pytest.approx(0.850)


def test_abandons_count_against_the_level_unless_they_are_short() -> None:
    told = tally(visits(How.ANSWERED, 10, 20, 21) + visits(How.ABANDONED, 4.9, 5.0, 90), DAY_RULE)

    assert (told.answered, told.in_time, told.abandoned, told.short) == (3, 2, 3, 1)
    assert told.level == 2 / 5


def test_who_still_waits_counts_in_no_level_yet() -> None:
    told = tally(visits(How.ANSWERED, 10) + visits(How.WAITING, 0, 0), DAY_RULE)

    assert (told.queued, told.waiting, told.level, told.connect_level) == (3, 2, 1, 1)


def test_a_day_without_calls_has_no_level_and_no_speed() -> None:
    told = tally([], DAY_RULE)

    assert (told.level, told.connect_level, told.speed_seconds) == (None, None, None)


def test_only_short_abandons_leave_the_level_open() -> None:
    assert tally(visits(How.ABANDONED, 1, 2), DAY_RULE).level is None


def test_the_speed_is_the_mean_wait_of_the_answered_and_the_longest_is_of_all() -> None:
    told = tally(visits(How.ANSWERED, 10, 30) + visits(How.ABANDONED, 300), DAY_RULE)

    assert told.speed_seconds == 20
    assert told.longest_seconds == 300


def test_several_queues_add_up_each_by_its_own_limits() -> None:
    fast = tally(visits(How.ANSWERED, 8, 12), Rule(limit=10))
    slow = tally(visits(How.ANSWERED, 50, 70), Rule(limit=60))

    both = total([fast, slow])

    assert (both.answered, both.in_time, both.level, both.longest_seconds) == (4, 2, 0.5, 70)
    assert total([]) == Tally()


def story(*facts: tuple[float, str, str, float]) -> list[Fact]:
    return [Fact("ca_1", at, kind, queue, waited) for at, kind, queue, waited in facts]


def test_who_hangs_up_while_waiting_abandoned_the_queue() -> None:
    facts = story(
        (0, "enqueued", "orders", 0), (42, "dequeued", "orders", 42), (42, "abandoned", "orders", 42)
    )

    (visit,) = visits_of([*facts, Fact("ca_1", 42, "call_ended", ended_as="abandoned")])

    assert (visit.how, visit.waited, visit.is_missed) == (How.ABANDONED, 42, False)


def test_a_call_that_was_lost_and_taken_again_is_answered_once_at_its_first_wait() -> None:
    facts = story(
        (0, "enqueued", "orders", 0), (9, "answered", "orders", 9), (80, "answered", "orders", 80),
    )  # fmt: skip

    assert visits_of(facts) == (Visit("orders", How.ANSWERED, 9),)


def test_who_was_lost_by_an_agent_and_hung_up_then_was_answered_all_the_same() -> None:
    facts = story((0, "enqueued", "orders", 0), (9, "answered", "orders", 9), (80, "abandoned", "orders", 80))

    assert visits_of(facts)[0].how == How.ANSWERED


def test_a_caller_of_two_queues_counts_in_each() -> None:
    facts = story(
        (0, "enqueued", "orders", 0), (60, "dequeued", "orders", 60), (61, "enqueued", "advice", 0),
        (66, "answered", "advice", 5),
    )  # fmt: skip

    assert visits_of(facts) == (Visit("orders", How.LEFT, 60), Visit("advice", How.ANSWERED, 5))


def test_a_call_that_nobody_took_is_missed_unless_a_message_was_left() -> None:
    facts = story((0, "enqueued", "orders", 0), (600, "dequeued", "orders", 600))
    over = Fact("ca_1", 640, "call_ended", ended_as="missed")

    (missed,) = visits_of([*facts, over])
    (message,) = visits_of([*facts, over, Fact("ca_1", 645, "voicemail_recorded")])

    assert (missed.is_missed, missed.messages) == (True, 0)
    assert (message.is_missed, message.messages) == (False, 1)


def test_a_message_left_when_the_shop_is_closed_is_of_no_queue() -> None:
    day = Day()
    day.take([Fact("ca_1", 5, "voicemail_recorded"), Fact("ca_1", 6, "call_ended", ended_as="voicemail")])

    told = day.tallies(lambda _queue: DAY_RULE)

    assert told == {"": Tally(voicemails=1)}


def test_who_joined_yesterday_does_not_count_today() -> None:
    day = Day()
    day.take(
        [Fact("ca_1", 30, "answered", "orders", 90), Fact("ca_1", 99, "call_ended", ended_as="answered")]
    )

    assert day.tallies(lambda _queue: DAY_RULE) == {}


def test_the_order_in_which_facts_arrive_does_not_matter() -> None:
    facts = [
        *story((0, "enqueued", "orders", 0), (60, "dequeued", "orders", 60), (61, "enqueued", "advice", 0)),
        *story((66, "answered", "advice", 5), (90, "answered", "advice", 29)),
        Fact("ca_1", 120, "call_ended", ended_as="answered"),
        Fact("ca_2", 3, "enqueued", "orders"),
    ]
    in_order, mixed = Day(), Day()
    in_order.take(facts)
    for fact in random.Random(3).sample(facts, len(facts)):
        mixed.take([fact])

    assert mixed.tallies(lambda _queue: DAY_RULE) == in_order.tallies(lambda _queue: DAY_RULE)


def test_callbacks_are_counted_and_are_no_abandons() -> None:
    """One waited and asked, one asked from a menu, and one who asked yesterday was called today."""
    waited = [
        Fact("ca_1", 10, "enqueued", "orders"),
        Fact("ca_1", 40, "dequeued", "orders", waited=30),
        Fact("ca_1", 50, "callback_asked", "orders"),
        Fact("ca_1", 60, "call_ended", ended_as="callback_requested"),
        Fact("ca_1", 900, "callback_done", "orders"),
    ]
    not_waited = [
        Fact("ca_2", 10, "callback_asked", "orders"),
        Fact("ca_2", 900, "callback_failed", "orders"),
    ]
    yesterday = [Fact("ca_3", 20, "callback_done", "orders")]
    day = Day()
    day.take([*waited, *not_waited, *yesterday])

    figures = day.tallies(lambda _queue: Rule())["orders"]

    assert (figures.queued, figures.abandoned, figures.answered) == (1, 0, 0)
    assert (figures.callbacks_asked, figures.callbacks_made, figures.callbacks_failed) == (2, 2, 1)
