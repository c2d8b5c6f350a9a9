"""What a merchant's file says beside its steps: public holidays, blocked callers, destinations, sounds by language."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from callflows.actions import HangUp, Play, Say
from callflows.check import check
from callflows.engine import start
from callflows.events import KeysPressed
from callflows.faults import FlowFaults
from callflows.flow import Flow
from callflows.hours import Opening, opening
from callflows.read import read_flow
from callflows.session import Caller
from tests.callflows.build import HEAD, MORE, NOON, Call, flow

NO_CALENDARS = "\n".join(line for line in HEAD.splitlines() if not line.startswith("calendars:"))
BAVARIA = "country: DE, region: BY, holidays: {2026-12-24: 09:00-12:00, 2026-01-06: usual}"


def keeping(hours: str) -> Flow:
    steps = "  hello: {hours: shop, open: bye, closed: bye}"
    text = f"{NO_CALENDARS}\ncalendars: {{shop: {{mon-fri: 09:00-17:00, {hours}}}}}\nstart: hello\nsteps:\n{steps}"
    return read_flow(f"{text}{MORE}", "test.yaml")


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("2026-10-02 10:00", Opening.OPEN),
        ("2026-05-01 10:00", Opening.HOLIDAY),  # Labour Day, everywhere in Germany
        ("2026-06-04 10:00", Opening.HOLIDAY),  # Corpus Christi, in Bavaria only
        ("2026-12-25 10:00", Opening.HOLIDAY),
        ("2026-12-24 10:00", Opening.OPEN),  # its own hours on a date of its own
        ("2026-12-24 13:00", Opening.HOLIDAY),
        ("2026-01-06 10:00", Opening.OPEN),  # Epiphany is a holiday there, but not for this shop
        ("2026-01-06 18:00", Opening.CLOSED),
    ],
)
def test_public_holidays_are_closed_and_own_dates_win(at: str, says: Opening) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()

    assert opening(keeping(BAVARIA).calendars["shop"], moment) is says


def test_a_region_may_have_fewer_holidays() -> None:
    moment = datetime(2026, 6, 4, 10, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()

    assert opening(keeping("country: DE").calendars["shop"], moment) is Opening.OPEN


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ("country: ZZ", "there are no holidays for 'ZZ'"),
        ("country: Germany", "is no country; write two letters"),
        ("country: DE, region: XX", "DE has no region 'XX'"),
        ("region: BY", "a region needs its country"),
    ],
)
def test_an_unknown_country_is_told(hours: str, told: str) -> None:
    with pytest.raises(FlowFaults, match=told):
        keeping(hours)


def test_the_country_belongs_to_the_digest() -> None:
    assert keeping("country: DE").digest != keeping("sat: closed").digest
    assert keeping("sat: closed").digest == keeping("sun: closed").digest


BLOCKED = 'fallback: message\nblocked: {numbers: ["+12025550666"], withheld: yes, say: "No, {caller}."}'


@pytest.mark.parametrize(
    ("number", "blocked"), [("+12025550666", True), (None, True), ("+12025550123", False)]
)
def test_a_blocked_caller_hears_a_sentence_and_no_step(number: str | None, blocked: bool) -> None:
    turn = start(flow("  hello: {goto: bye}", BLOCKED), Caller(number, "+12025550170"), NOON)

    assert (turn.path == ()) is blocked
    if blocked:
        assert isinstance(turn.actions[0], Say)
        assert turn.actions[-1] == HangUp()
        assert str(turn.notes[0].kind) == "caller_blocked"


@pytest.mark.parametrize(
    ("allowed", "found"),
    [
        ('["+12025550199"]', set()),
        ("US", set()),
        ("[DE, GB]", {"forward-not-allowed"}),
        ('["+12025550198"]', {"forward-not-allowed"}),
    ],
)
def test_calls_are_forwarded_only_where_the_file_allows(allowed: str, found: set[str]) -> None:
    faults = check(flow('  hello: {forward: "+12025550199"}', f"fallback: message\nforward_to: {allowed}"))

    assert {fault.rule for fault in faults} & {"forward-not-allowed", "forward-abroad"} == found


def test_a_sound_has_a_file_for_each_language() -> None:
    head = "\n".join(line for line in HEAD.splitlines() if not line.startswith("audio:"))
    text = f"""{head}
audio: {{hi: {{en-US: a/hello.wav, de-DE: a/hallo.wav}}, tune: a/tune.wav}}
fallback: message
start: hello
steps:
  hello: {{menu: {{en-US: "1 or 2", de-DE: "1 oder 2"}}, options: {{1: both, 2: german}}}}
  german: {{language: de-DE, next: both}}
  both: {{play: hi, next: tune}}
  tune: {{play: tune, next: bye}}{MORE}"""
    spoken = read_flow(text, "test.yaml")

    german = Call(spoken).then(KeysPressed("2"))

    assert german.turn.actions[:2] == (Play("a/hallo.wav"), Play("a/tune.wav"))
    assert spoken.sound_files() == {"a/hello.wav", "a/hallo.wav", "a/tune.wav"}
    missing = [fault for fault in check(spoken, {"a/hello.wav"}) if fault.rule == "audio-missing"]
    assert len(missing) == 2
