"""The kinds of value in a flow file: text in, typed value out, or a sentence with the way out."""

import re
from dataclasses import dataclass
from typing import Any

from callflows.fields import BadValue, Kind, Reading, one_of, read_fields, scalar
from callflows.parsers import (
    DURATION,
    LANGUAGE_TAG,
    NAME,
    UNIT_SECONDS,
    parse_audio_file,
    parse_country,
    parse_days,
    parse_decimal,
    parse_destination,
    parse_digits,
    parse_json_path,
    parse_key,
    parse_language,
    parse_module_file,
    parse_percent,
    parse_region,
    parse_slug,
    parse_tag,
    parse_voice,
    parse_words,
    parse_yes_no,
    parse_zone,
)
from callflows.parsers import MAX_PLAIN as MAX_PLAIN
from callflows.parsers import MODULE_PATH as MODULE_PATH
from callflows.parsers import MOST_DIGITS as MOST_DIGITS
from callflows.parsers import SLUG as SLUG
from callflows.parsers import DigitCount as DigitCount
from callflows.parsers import parse_e164 as parse_e164
from callflows.parsers import parse_name as parse_name
from callflows.parsers import spoken_time as spoken_time
from callflows.shape import Matching, PartOf, Several, TableOf, Whole, Word
from callflows.texts import Texts, Words
from callflows.yaml_text import Listing, Node, Table, Text


def duration(least: int, most: int, example: str = "20s") -> Kind[int]:
    """A time with its unit, in seconds."""

    def parse(text: str) -> int:
        found = DURATION.fullmatch(text)
        if not found:
            unit = f": did you mean {text}s?" if text.isdigit() else ""
            raise BadValue(
                f"'{text}' is no duration; write a number with its unit, as in 20s, 3m or 1h{unit}"
            )
        seconds = int(found[1]) * UNIT_SECONDS[found[2]]
        if not least <= seconds <= most:
            raise BadValue(f"{text} is out of range; it can be {spoken_time(least)} to {spoken_time(most)}")
        return seconds

    return scalar("a duration", example, parse, shape=Matching(DURATION.pattern))


def minutes(most: int) -> Kind[int]:
    """A head start in whole minutes, written with its unit."""
    seconds = duration(0, most * 60, "2m")

    def read(node: Node, reading: Reading) -> int:
        whole, rest = divmod(seconds.read(node, reading), 60)
        if rest:
            raise BadValue("a head start counts in whole minutes, as in 2m")
        return whole

    return Kind("a duration in minutes", "2m", read, shape=Matching(DURATION.pattern))


def count(least: int, most: int, example: str) -> Kind[int]:
    """A plain number."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
            raise BadValue(f"'{text}' must be a number from {least} to {most}")
        return int(text)

    return scalar("a number", example, parse, shape=Whole(least, most))


def several(kind: Kind[Any], name: str) -> Kind[tuple[Any, ...]]:
    """One value or a list of them."""

    def read(node: Node, reading: Reading) -> tuple[Any, ...]:
        items = node.items if isinstance(node, Listing) else (node,)
        if not items:
            raise BadValue(f"the list is empty; write {name} such as {kind.example}")
        for index, item in enumerate(items):
            reading.places[f"{reading.path}.{index}"] = item.place
        return tuple(_placed(kind, item, reading) for item in items)

    return Kind(name, kind.example, read, kind.refers, shape=Several(kind))


def table_of(kind: Kind[Any], name: str, example: str, refers: str = "") -> Kind[dict[str, Any]]:
    """Names, each with a value of one kind."""

    def read(node: Node, reading: Reading) -> dict[str, Any]:
        if not isinstance(node, Table):
            raise BadValue(f"write {name} as 'name: ...' lines")
        found: dict[str, Any] = {}
        for key, value in node.entries:
            inside = reading.inside(key.value)
            reading.places[inside.path] = key.place
            try:
                name_ = parse_name(key.value)
            except BadValue as bad:
                reading.wrong(key.place, bad.text, "bad-name")
                continue
            try:
                found[name_] = kind.read(value, inside)
            except BadValue as bad:
                reading.wrong(bad.place or value.place, f"'{key.value}': {bad.text}", bad.rule)
        return found

    return Kind(name, example, read, refers, kind.templates, TableOf(kind, NAME.pattern))


def part(cls: type[Any], what: str, example: str) -> Kind[Any]:
    """A nested part with fields of its own."""

    def read(node: Node, reading: Reading) -> Any:
        if isinstance(node, Text) and node.is_missing:
            node = Table((), node.place)
        return read_fields(cls, node, reading, what)

    return Kind(what, example, read, shape=PartOf(cls))


def _read_words(node: Node, reading: Reading) -> Words:
    if isinstance(node, Text):
        return parse_words(node.value)
    if not isinstance(node, Table) or not node.entries:
        raise BadValue('write words such as "Welcome.", or {en-US: "Welcome.", de-DE: "Willkommen."}')
    found = []
    for key, value in node.entries:
        reading.places[f"{reading.path}.{key.value}"] = value.place
        found.append((_placed(LANGUAGE, key, reading), _placed(ONE_WORDING, value, reading)))
    return Texts(tuple(found))


def _read_sound_files(node: Node, reading: Reading) -> Words:
    if not isinstance(node, Table):
        path: str = _placed(AUDIO_PATH, node, reading)
        return path
    found = [
        (_placed(LANGUAGE, key, reading), _placed(AUDIO_PATH, value, reading)) for key, value in node.entries
    ]
    if not found:
        raise BadValue("write a sound file for each language, as in {en-US: a/hello.wav, de-DE: a/hallo.wav}")
    return Texts(tuple(found))


def _read_plain(node: Node, reading: Reading) -> str:
    if not isinstance(node, Text):
        raise BadValue("write a text in quotes")
    if len(node.value) > MAX_PLAIN:
        raise BadValue(f"{len(node.value)} characters are too many here; the limit is {MAX_PLAIN}")
    return " ".join(node.value.split())


def _read_voices(node: Node, reading: Reading) -> dict[str, str]:
    if not isinstance(node, Table):
        raise BadValue("write a voice for each language, as in {de-DE: Polly.Vicki}")
    return {_placed(LANGUAGE, key, reading): _placed(VOICE, value, reading) for key, value in node.entries}


def _read_options(node: Node, reading: Reading) -> dict[str, str]:
    if not isinstance(node, Table) or not node.entries:
        raise BadValue("write which key leads to which step, as in {1: sales, 2: support}")
    options: dict[str, str] = {}
    for key, value in node.entries:
        digit = _placed(KEY, key, reading)
        if digit in options:
            raise BadValue(f"the key {key.value} is here twice; remove one", "option-twice", key.place)
        if isinstance(value, Text) and value.is_missing:
            raise BadValue(f"the key {key.value} leads nowhere; name a step", "missing-value", value.place)
        options[digit] = _placed(STEP_NAME, value, reading)
        reading.places[f"{reading.path}.{digit}"] = value.place
    return options


@dataclass(frozen=True)
class Share:
    """A step, and how many of a hundred calls go there."""

    next: str
    percent: int


def _read_shares(node: Node, reading: Reading) -> tuple[Share, ...]:
    if not isinstance(node, Table) or not node.entries:
        raise BadValue("write which step gets which share, as in {new_menu: 20%}")
    shares: list[Share] = []
    for step, percent in node.entries:
        shares.append(Share(_placed(STEP_NAME, step, reading), _placed(PERCENT, percent, reading)))
        reading.places[f"{reading.path}.{len(shares)}"] = step.place
    total = sum(share.percent for share in shares)
    if total >= 100:
        raise BadValue(f"the shares are {total}% together; leave something for 'rest'")
    return tuple(shares)


def levels_of(kind: Kind[str], name: str, example: str) -> Kind[dict[str, int]]:
    """Names with a level from 1 to 100 each; one name or a list of names means any level."""
    table = table_of(LEVEL, name, example)
    names = several(kind, name)

    def read(node: Node, reading: Reading) -> dict[str, int]:
        if isinstance(node, Table):
            found: dict[str, int] = table.read(node, reading)
            return found
        listed = dict.fromkeys(names.read(node, reading), 1)
        items = node.items if isinstance(node, Listing) else (node,)
        for one, item in zip(listed, items, strict=False):
            reading.places[f"{reading.path}.{one}"] = item.place
        return listed

    return Kind(name, example, read, kind.refers)


def _read_relaxed(node: Node, reading: Reading) -> tuple[tuple[int, dict[str, int]], ...]:
    if not isinstance(node, Table) or not node.entries:
        raise BadValue("write after how long which skills are enough, as in {1m: {french: 20}, 3m: {}}")
    found = []
    for key, value in node.entries:
        inside = reading.inside(key.value)
        reading.places[inside.path] = key.place
        after = _placed(WAITED, key, reading)
        is_nothing = isinstance(value, Text) and value.is_missing
        found.append((after, {} if is_nothing else SKILLS.read(value, inside)))
    return tuple(sorted(found, key=lambda one: one[0]))


def _placed(kind: Kind[Any], node: Node, reading: Reading) -> Any:
    """Read a value inside another, so that a fault points at it and not at the whole."""
    try:
        return kind.read(node, reading)
    except BadValue as bad:
        raise BadValue(bad.text, bad.rule, bad.place or node.place) from None


ONE_WORDING = scalar("words", '"Thank you for calling."', parse_words)
WORDS = Kind(
    "words",
    '"Thank you for calling."',
    _read_words,
    shape=TableOf(ONE_WORDING, LANGUAGE_TAG.pattern, or_alone=True),
)
PLAIN = Kind("a text with fields", '"{caller}"', _read_plain, templates=True)
NAME_TEXT = scalar("a name", "Northwind Outfitters", parse_words)
SLUG_NAME = scalar("a short name", "northwind", parse_slug)
FIELD_NAME = scalar("the name of a field or variable", "order", parse_name)
STEP_NAME = scalar("the name of a step", "main_menu", parse_name, "step")
QUEUE_NAME = scalar("the name of a queue", "sales", parse_name, "queue")
WAIT_NAME = scalar("the name of a wait", "calm", parse_name, "wait")
ENDPOINT_NAME = scalar("the name of an endpoint", "order_status", parse_name, "endpoint")
JSON_PATH = scalar("a place in the answer", "order.status", parse_json_path)
PERSON_NAME = scalar("the name of an agent or a team", "owner", parse_name)
SIDE = one_of(("both", "caller", "agent"), "a side")
TEAM = scalar("the name of a team", "front_desk", parse_name, "team")
PERSON = scalar("the name of an agent or a team", "owner", parse_name, "person")
DAYS = scalar("a time in days", "90d", parse_days)
DESTINATION = scalar("a number or a country", '"+12025550199"', parse_destination)
COUNTRY = scalar("a country", "US", parse_country)
REGION = scalar("a region", "CA", parse_region)
SOUND_FILES = Kind("a sound file, or one for each language", "northwind/welcome.wav", _read_sound_files)
MODULE_NAME = scalar("the name of a module", "order_number", parse_name)
OUTCOME_NAME = scalar("an outcome", "known", parse_name)
MODULE_FILE = scalar("a file", "shared/order-number.yaml", parse_module_file)
LEVEL = count(1, 100, "50")
CALENDAR_NAME = scalar("the name of a calendar", "shop", parse_name, "calendar")
AUDIO_NAME = scalar("the name of a sound", "welcome", parse_name, "audio")
AUDIO_PATH = scalar("a sound file", "northwind/welcome.wav", parse_audio_file)
NUMBER = scalar("a telephone number", '"+12025550100"', parse_e164)
ZONE = scalar("a time zone", "America/New_York", parse_zone)
LANGUAGE = scalar("a language", "en-US", parse_language)
VOICE = scalar("a voice", "Polly.Joanna", parse_voice)
VOICES = Kind("voices by language", "{de-DE: Polly.Vicki}", _read_voices)
YES_NO = scalar("yes or no", "yes", parse_yes_no, shape=Word(("yes", "no")))
TAG = scalar("a tag", "returns", parse_tag)
DECIMAL = scalar("a number", "100", parse_decimal)
PERCENT = scalar("a share", "20%", parse_percent)
SHARES = Kind("steps and shares", "{new_menu: 20%}", _read_shares, "step")
DIGITS = scalar("a number of digits", "6", parse_digits)
KEY = scalar("a key", "1", parse_key)
WAITED = duration(1, 4 * 3600, "1m")
SKILLS = levels_of(scalar("a skill", "french", parse_name, "skill"), "skills", "{french: 50}")
HOLDERS = levels_of(PERSON, "agents or teams", "{ann_lee: 80, front_desk: 20}")
RELAXED = Kind("skills after a time", "{1m: {french: 20}, 3m: {}}", _read_relaxed)
TIERS = table_of(WAITED, "queues and times", "{help: 1m}", "queue")
OPTIONS = Kind(
    "keys and their steps",
    "{1: sales, 2: support}",
    _read_options,
    "step",
    shape=TableOf(STEP_NAME, r"[0-9]|star|hash|[*#]"),
)
