"""What a flow can do, heard on the telephone."""

import io
import wave
from pathlib import Path

from tests.journeys.flows import HEAD, TAIL, shop_with
from voice import models


def test_a_caller_chooses_a_language_and_the_ticket_tells_what_was_learned(tmp_path: Path) -> None:
    shop = shop_with(
        tmp_path,
        """
  hello:
    menu: {en-US: "For English press 1.", es-US: "Para español pulse 2."}
    options: {1: from_where, 2: spanish}
  spanish: {language: es-US, next: from_where}
  from_where:
    branch: [{field: country, in: [US, CA], next: american}]
    otherwise: goodbye
  american: {tag: [american, menu], next: told}
  told: {ticket: {origin: "{country}, in {language}"}, next: three_times}
  three_times: {loop: 2, again: once, done: goodbye}
  once: {say: {en-US: "Once.", es-US: "Una vez."}, next: three_times}
""",
        'ticket_fields: {origin: "Calls from"}\n',
    )
    caller = shop.rings_up("+12025550188")
    caller.hears("For English")

    caller.presses("2")

    caller.hears("Una vez")
    caller.hears("Una vez")
    caller.hears("Adiós")
    caller.ends()
    shop.waits(5)
    assert shop.only(models.Ticket).tags == ["american", "menu"]
    (filled,) = shop.facts("ticket_filled")
    assert filled.data["fields"] == ["Calls from: US, in es-US"]
    shop.sim.assert_quiet()


STAFFED = """
  hello: {staffing: orders, available: someone, all_busy: busy, all_away: away, nobody: goodbye}
  someone: {queue: orders}
  busy: {hangup: "All are busy."}
  away: {hangup: "All are away."}
"""
ORDER_AND_PIN = """
  hello: {gather: "Your order?", digits: 6, save: order, confirm: "You entered {order}. Right?", next: pin}
  pin: {gather: "Your PIN, then hash.", digits: 3-8, save: pin, sensitive: yes, next: right}
  right: {branch: [{field: pin, is: "4711", next: line}], otherwise: goodbye}
  line: {queue: orders}
"""


def test_a_flow_tells_nobody_all_away_and_all_busy_apart(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, STAFFED)
    shop.rings_up("+12025550181").hears("Goodbye")

    shop.ann.starts_shift()
    caller = shop.rings_up("+12025550182")
    shop.ann.rings()
    shop.rings_up("+12025550183").hears("All are busy")
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.ann.ends()
    shop.waits(40)
    shop.ann.posts("/api/away", reason="lunch")

    shop.rings_up("+12025550184").hears("All are away")
    shop.waits(2)
    shop.sim.assert_quiet()


def test_a_queue_that_lets_nobody_in_leads_on_to_a_look_at_the_staff(tmp_path: Path) -> None:
    steps = STAFFED.replace("hello:", "look:").replace("someone: {queue: orders}", "someone: {goto: goodbye}")
    shop = shop_with(tmp_path, f"  hello: {{queue: orders, no_agents: look}}{steps}")

    shop.rings_up("+12025550181").hears("Goodbye")

    shop.waits(2)
    assert [fact.data["result"] for fact in shop.facts("staffing_checked")] == ["nobody"]
    shop.sim.assert_quiet()


def test_digits_are_read_back_and_a_secret_is_in_no_row_of_the_database(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, ORDER_AND_PIN)
    caller = shop.rings_up()
    caller.hears("Your order?")

    caller.presses("123456")
    caller.hears("You entered 1 2 3 4 5 6. Right?")
    caller.presses("1")
    caller.hears("Your PIN")
    caller.presses("4711#")

    caller.hears_music()
    shop.waits(2)
    kept = [str(fact.data) for fact in shop.facts()] + [str(row.session) for row in shop.rows(models.Waiting)]
    kept += [row.answer.decode() for row in shop.rows(models.TurnAnswer)]
    assert "123456" in "".join(kept)
    assert "4711" not in "".join(kept)
    shop.sim.assert_quiet()


WAITED = """
  hello: {queue: orders, wait: calm, timeout: goodbye, exit_keys: {9: goodbye}}
"""
CALM = """
audio: {tune: tunes/calm.wav}
waits:
  calm:
    - {music: tune}
    - {position: 10m, first: 15s}
    - {say: "Thank you for waiting, {caller}.", first: 30s, every: 1m}
"""


def test_a_waiting_caller_hears_the_flows_own_music_and_words_at_their_times(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "  hello: {queue: orders}")
    (shop.rt.settings.flows_dir / "tunes").mkdir()
    with wave.open(str(shop.rt.settings.flows_dir / "tunes" / "calm.wav"), "wb") as tune:
        tune.setparams((1, 2, 8000, 0, "NONE", "not compressed"))
        tune.writeframes(bytes(2 * 8000 * 50))
    shop.publishes(f"{HEAD}{CALM}\nstart: hello\nfallback: message\nsteps:\n{WAITED}{TAIL}")
    caller = shop.rings_up()

    played = caller.hears_music()
    caller.hears("You are next", within=50)
    caller.hears("Thank you for waiting, 1 2 0", within=50)
    caller.hears("Thank you for waiting", within=80)
    caller.presses("9")
    caller.hears("Goodbye", within=5)

    assert "northwind.tunes.calm~0.wav" in played.source
    with wave.open(io.BytesIO(shop.app.test_client().get("/audio/northwind.tunes.calm~7.wav").data)) as piece:
        # 50 seconds are three pieces of 15 and one of 5, round and round.
        assert piece.getnframes() == 8000 * 5
    shop.sim.assert_quiet()


AFTER = """
  hello: {recording: ask, say: "May we record? Press 1 for yes.", next: line}
  line: {queue: orders, answered: how}
  how: {survey: "From 1 to 5, how was it?", next: text}
  text: {send_sms: "Thank you for calling {merchant}.", next: goodbye}
"""


def test_consent_a_mark_and_a_text_message_around_a_talk(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, AFTER, "")
    shop.ann.starts_shift()
    caller = shop.rings_up("+12025550188")
    caller.hears("May we record?")

    caller.presses("2")
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.waits(5)
    shop.ann.ends()
    caller.hears("From 1 to 5")
    caller.presses("5")
    caller.hears("Goodbye")

    assert shop.sim.phone("+12025550188").gets_text("Thank you for calling Northwind")
    shop.waits(5)
    assert shop.rows(models.Recording) == []
    assert shop.only(models.TextMessage).state == "sent"
    assert [fact.data["mark"] for fact in shop.facts("survey_answered")] == [5]
    assert [fact.data["how"] for fact in shop.facts("recording_decided")] == ["refused"]
    shop.sim.assert_quiet()


MODULE = """
flow_module: 1
module: order_number
arguments: [shop]
outcomes: [known, unknown]
start: ask
steps:
  ask: {gather: "The order number of {shop}?", digits: 4, save: order, next: good, no_input: none, no_match: none}
  good: {outcome: known}
  none: {outcome: unknown}
"""
USING = """
  hello: {flow: order_number, with: {shop: "{merchant}"}, outcomes: {known: told, unknown: goodbye}}
  told: {hangup: "Order {order}."}
"""


def test_a_published_flow_takes_its_modules_along(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "  hello: {goto: goodbye}")
    file = shop.rt.settings.flows_dir / "shared" / "order.yaml"
    file.parent.mkdir()
    file.write_text(MODULE, "utf-8")
    shop.publishes(
        f"{HEAD}include: shared/order.yaml\nstart: hello\nfallback: message\nsteps:\n{USING}{TAIL}"
    )
    file.unlink()  # a call in progress needs the file no more
    shop.rt.books._flows.clear()
    caller = shop.rings_up()
    caller.hears("The order number of Northwind Outfitters?")

    caller.presses("1234")

    caller.hears("Order 1 2 3 4")
    shop.sim.assert_quiet()


def test_a_blocked_caller_hears_one_sentence(tmp_path: Path) -> None:
    blocked = 'blocked: {numbers: ["+12025550166"], say: "We cannot take your call."}\n'
    shop = shop_with(tmp_path, "  hello: {queue: orders}", blocked)

    caller = shop.rings_up("+12025550166")
    caller.hears("We cannot take your call")
    caller.ends()
    shop.waits(5)

    assert [fact.kind for fact in shop.facts("caller_blocked", "enqueued")] == ["caller_blocked"]
    assert shop.rings_up("+12025550167").hears_music()
    shop.sim.assert_quiet()
