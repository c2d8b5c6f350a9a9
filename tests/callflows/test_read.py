"""A flow file becomes typed values, and every mistake in it is told at once."""

from datetime import date
from typing import cast

import pytest

from callflows.faults import FlowFaults
from callflows.hours import Range
from callflows.read import read_flow
from callflows.steps.forward import ForwardStep
from callflows.steps.menu import MenuStep
from callflows.steps.queue import QueueStep
from callflows.steps.say import SayStep
from callflows.steps.voicemail import VoicemailStep
from tests.callflows.build import HEAD, MORE, flow


def faults(text: str) -> list[str]:
    with pytest.raises(FlowFaults) as raised:
        read_flow(text, "test.yaml")
    return [str(fault) for fault in raised.value.faults]


def test_defaults_are_filled_in() -> None:
    made = flow("  hello: {queue: orders}")

    orders = made.queues["orders"]
    assert (orders.ring_seconds, orders.wrap_up_seconds, orders.max_wait_seconds) == (20, 30, 600)
    assert (orders.service_level_seconds, orders.short_abandon_seconds, orders.capacity) == (20, 5, None)
    assert (made.language, made.voice, made.recording.on) == ("en-US", None, True)


def test_a_queue_without_settings_is_still_a_queue() -> None:
    made = read_flow(HEAD.replace("{max_wait: 10m}", "{}") + f"start: bye\nsteps:{MORE}", "test.yaml")

    assert made.queues["orders"].max_wait_seconds == 1800


def test_every_value_gets_the_type_of_its_key() -> None:
    made = flow(
        """
  hello:
    menu: "Press 1."
    options: {1: line, star: hello, hash: mobile, "0": bye}
    wait: 1m
    tries: 2
  line: {queue: orders, priority: 3m, max_wait: 1h, exit_keys: {hash: bye}}
  mobile: {forward: "+1 (202) 555-0199", ring: 30s}
"""
    )

    menu, line, mobile, message = (made.steps[name] for name in ("hello", "line", "mobile", "message"))
    assert isinstance(menu, MenuStep)
    assert (menu.options, menu.wait, menu.tries) == (
        {"1": "line", "*": "hello", "#": "mobile", "0": "bye"},
        60,
        2,
    )
    assert isinstance(line, QueueStep)
    assert (line.priority, line.max_wait, line.exit_keys) == (3, 3600, {"#": "bye"})
    assert isinstance(mobile, ForwardStep)
    assert (mobile.number, mobile.ring) == ("+12025550199", 30)
    assert isinstance(message, VoicemailStep)
    assert (message.max_length, message.silence) == (180, 5)


def test_calendars_take_several_ranges_nights_whole_days_and_dates() -> None:
    made = read_flow(
        HEAD.replace(
            "{shop: {mon-fri: 09:00-17:00, holidays: {2026-12-25: closed}}}",
            "{bar: {fri-sun: [11:00-14:00, 18:00-02:00], tuesday: 00:00-24:00, wed: closed, timezone: Asia/Tokyo, "
            "holidays: {2026-12-25: 10:00-12:00, 2027-01-01: closed}}}",
        )
        + f"start: bye\nsteps:{MORE}",
        "test.yaml",
    )

    bar = made.calendars["bar"]
    evening = (Range(660, 840), Range(1080, 1560))
    assert bar.timezone == "Asia/Tokyo"
    assert bar.week == ((), (Range(0, 1440),), (), (), evening, evening, evening)
    assert bar.holidays == {date(2026, 12, 25): (Range(600, 720),), date(2027, 1, 1): ()}


def test_a_calendar_is_in_the_flows_time_zone_unless_it_names_its_own() -> None:
    assert flow("  hello: {goto: bye}").calendars["shop"].timezone == "Europe/Berlin"


def test_all_mistakes_of_a_file_are_told_at_once_and_in_its_order() -> None:
    found = faults(
        """flow_version: 2
merchant: Acme!
name: Acme
timezone: Europe/Berln
numbers: [12025550170, "+12025550171", "+1202"]
queues: {orders: {ring: 20, wrapup: 30s}}
start: hello
steps:
  hello: {say: "Hello."}
  menu: {menu: "Press 1.", options: {1: hello, 12: hello}}
"""
    )

    assert [fault.partition(" error: ")[0] for fault in found] == [
        "test.yaml:1:15:",
        "test.yaml:2:11:",
        "test.yaml:4:11:",
        "test.yaml:5:11:",
        "test.yaml:6:25:",
        "test.yaml:6:29:",
        "test.yaml:9:10:",
        "test.yaml:10:48:",
    ]
    assert "did you mean 'Europe/Berlin'?" in found[2]
    assert "begin with + and the country" in found[3]
    assert "did you mean 20s?" in found[4]
    assert "did you mean 'wrap_up'?" in found[5]
    assert "no 'next'" in found[6]
    assert "0 to 9, star or hash" in found[7]


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ("{mon: 9-17}", "'9-17' are no hours"),
        ("{mon: 09:00-25:00}", "no such time"),
        ("{mon: 09:75-10:00}", "no such time"),
        ("{mon: 00:00-00:00}", "write 00:00-24:00"),
        ("{mon: 24:00-02:00}", "no length"),
        ("{moonday: 09:00-10:00}", "did you mean 'monday'?"),
        ("{mon-fri: 09:00-17:00, holidays: {2026-13-01: closed}}", "'2026-13-01' is no date"),
        ("{mon-fri: 09:00-17:00, holidays: {25.12.2026: closed}}", "'25.12.2026' is no date"),
        ("{mon-fri: 09:00-17:00, holidays: closed}", "write dates"),
        ("{}", "always be closed"),
        ("open", "write days"),
        ("{mon: {from: 9}}", "this are no hours"),
    ],
)
def test_wrong_hours_are_told_with_the_way_out(hours: str, told: str) -> None:
    text = HEAD.replace("{mon-fri: 09:00-17:00, holidays: {2026-12-25: closed}}", hours)

    assert any(told in fault for fault in faults(f"{text}start: bye\nsteps:{MORE}"))


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("[say, hello]", "write a step as its verb"),
        ("say hello", "write a step as its verb"),
        ("{}", "a step needs a verb: say"),
        ("{say: [a, b], next: bye}", "write words"),
        ("{say: {text: a}, next: bye}", "is no language"),
        ("{say: [a], next: bye}", "write words"),
        ("{menu: Press, options: {}}", "which key leads to which step"),
        ("{menu: Press, options: [sales]}", "which key leads to which step"),
        ("{menu: Press, options: {1: }}", "the key 1 leads nowhere"),
        ("{menu: Press, options: {1: [a]}}", "write the name of a step"),
        ("{menu: Press, options: {1: bye}, tries: 0}", "from 1 to 10"),
        ("{menu: Press, options: {1: bye}, wait: 10m}", "it can be 1s to 179s"),
        ("{queue: orders, priority: 90s}", "whole minutes"),
        ("{voicemail: Speak, next: bye, max_length: 1h}", "it can be 5s to 10m"),
        ("{goto: https://example.com/}", "is no name"),
        ("{say: a, next: bye, language: english}", "is no language"),
        ("{say: a, next: bye, voice: 'a b'}", "is no name of a voice"),
        ("{forward: '+1202555', busy: bye}", "too few or too many digits"),
        ("{forward: sip:me@example.com}", "begin with +"),
    ],
)
def test_a_wrong_step_is_told_with_the_way_out(step: str, told: str) -> None:
    assert any(told in fault for fault in faults(f"{HEAD}start: bye\nsteps:\n  hello: {step}{MORE}"))


def test_a_text_over_several_lines_is_said_as_one() -> None:
    made = flow("  hello:\n    say: >\n      Thank you\n      for calling.\n    next: bye")

    assert cast("SayStep", made.steps["hello"]).text == "Thank you for calling."


@pytest.mark.parametrize("sound", ["/etc/passwd", "../x.wav", "a/../b.wav", "x.mp3", "https://a.b/c.wav"])
def test_a_sound_is_a_file_beside_the_flow_and_nothing_else(sound: str) -> None:
    text = HEAD.replace("sounds/jingle.wav", sound)

    assert any("no sound file" in fault for fault in faults(f"{text}start: bye\nsteps:{MORE}"))
