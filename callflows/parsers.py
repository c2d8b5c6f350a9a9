"""Plain texts of a flow file become values: each function takes what was typed, or raises BadValue with the way out."""

import re
import zoneinfo
from dataclasses import dataclass

import phonenumbers

from callflows.faults import did_you_mean
from callflows.fields import BadValue

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
TAG_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
DECIMAL_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
AUDIO_FILE = re.compile(r"([a-z0-9_-]+/)*[a-z0-9_-]+\.wav")
MODULE_PATH = re.compile(r"([a-z0-9_-]+/)*[a-z0-9_-]+\.yaml")
ANSWER_PATH = re.compile(r"[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){0,9}")
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Z]{2}|-[0-9]{3})?")
VOICE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
DURATION = re.compile(r"([0-9]{1,6})(s|m|h)")
MAX_WORDS = 4_000
MOST_DIGITS = 24
MAX_PLAIN = 500
UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600}
KEY_NAMES = {"star": "*", "*": "*", "hash": "#", "#": "#", **{str(digit): str(digit) for digit in range(10)}}


def parse_name(text: str) -> str:
    """A name of a step, queue, calendar or sound."""
    if not NAME.fullmatch(text):
        raise BadValue(
            f"'{text}' is no name; use up to 40 small letters, digits and _, beginning with a letter"
        )
    return text


def parse_slug(text: str) -> str:
    """A merchant's short name, as it stands in addresses."""
    if not SLUG.fullmatch(text):
        raise BadValue(f"'{text}' is no short name; use up to 40 small letters, digits and -")
    return text


def parse_words(text: str) -> str:
    """Something to say; line breaks and double spaces become one space."""
    words = " ".join(text.split())
    if not words:
        raise BadValue("there is nothing to say; write the words in quotes", "say-empty")
    if len(words) > MAX_WORDS:
        raise BadValue(f"{len(words)} characters are too many to say in one go; the limit is {MAX_WORDS}")
    return words


def parse_e164(text: str) -> str:
    """A telephone number in international form, spaces and brackets left out."""
    number = re.sub(r"[ ().-]", "", text)
    if not E164.fullmatch(number):
        raise BadValue(
            f"'{text}' is no telephone number; begin with + and the country, as in \"+12025550100\"",
            "bad-e164",
        )
    if not phonenumbers.is_possible_number(phonenumbers.parse(number)):
        raise BadValue(f"'{text}' has too few or too many digits for its country", "bad-e164")
    return number


def parse_zone(text: str) -> str:
    """A time zone by its place."""
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        zones = {zone.lower(): zone for zone in zoneinfo.available_timezones()}
        hint = did_you_mean(text, zones)
        near = next((zones[name] for name in zones if f"'{name}'" in hint), None)
        way_out = f"; did you mean '{near}'?" if near else "; write one such as Europe/Berlin"
        raise BadValue(f"there is no time zone '{text}'{way_out}") from None
    return text


def parse_language(text: str) -> str:
    """A language and perhaps its country."""
    if not LANGUAGE_TAG.fullmatch(text):
        raise BadValue(f"'{text}' is no language; write one such as en-US, de-DE or fr")
    return text


def parse_voice(text: str) -> str:
    """The name of a speaking voice."""
    if not VOICE_NAME.fullmatch(text):
        raise BadValue(f"'{text}' is no name of a voice; write one such as Polly.Joanna")
    return text


def parse_audio_file(text: str) -> str:
    """A sound file beside the flow."""
    if not AUDIO_FILE.fullmatch(text):
        raise BadValue(
            f"'{text}' is no sound file; write a path beside this file such as northwind/welcome.wav"
        )
    return text


def parse_module_file(text: str) -> str:
    """A module's file beside the flow."""
    if not MODULE_PATH.fullmatch(text):
        raise BadValue(
            f"'{text}' is no module; write a path beside this file such as shared/order-number.yaml"
        )
    return text


def parse_json_path(text: str) -> str:
    """Where in a JSON answer a value lies: keys and counts with dots between."""
    if not ANSWER_PATH.fullmatch(text):
        raise BadValue(f"'{text}' is no place in an answer; write such as order.status or items.0.name")
    return text


def parse_yes_no(text: str) -> bool:
    """A plain yes or no."""
    words = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}
    if text.lower() not in words:
        raise BadValue(f"'{text}' is neither yes nor no")
    return words[text.lower()]


def parse_tag(text: str) -> str:
    """A tag of a ticket."""
    if not TAG_NAME.fullmatch(text):
        raise BadValue(f"'{text}' is no tag; use up to 40 small letters, digits, - and _")
    return text


def parse_decimal(text: str) -> str:
    """A number to compare with; kept as it is written."""
    if not DECIMAL_NUMBER.fullmatch(text):
        raise BadValue(f"'{text}' is no number; write one such as 100 or 9.50")
    return text


def parse_days(text: str) -> int:
    """A long time in whole days."""
    found = re.fullmatch(r"([0-9]{1,4})d", text)
    if not found or not 1 <= int(found[1]) <= 3660:
        raise BadValue(f"'{text}' is no time in days; write 1d to 3660d")
    return int(found[1])


def parse_destination(text: str) -> str:
    """A number, or a whole country, to which calls may be forwarded."""
    if re.fullmatch(r"[A-Z]{2}", text):
        if text not in phonenumbers.SUPPORTED_REGIONS:
            raise BadValue(f"there is no country '{text}'; write two letters such as US or DE")
        return text
    return parse_e164(text)


def parse_country(text: str) -> str:
    """A country by its two letters."""
    if not re.fullmatch(r"[A-Z]{2}", text):
        raise BadValue(f"'{text}' is no country; write two letters such as US or DE")
    return text


def parse_region(text: str) -> str:
    """A region of a country, by its short name."""
    if not re.fullmatch(r"[A-Za-z0-9 -]{1,30}", text):
        raise BadValue(f"'{text}' is no region; write its short name such as BY or CA")
    return text


def parse_percent(text: str) -> int:
    """A share in whole percent."""
    found = re.fullmatch(r"([0-9]{1,3})%", text)
    if not found or not 1 <= int(found[1]) <= 99:
        raise BadValue(f"'{text}' is no share; write 1% to 99%")
    return int(found[1])


@dataclass(frozen=True)
class DigitCount:
    """How many digits are wanted, from the least to the most."""

    least: int
    most: int

    def fits(self, keys: str) -> bool:
        """Whether so many were pressed."""
        return self.least <= len(keys) <= self.most


def parse_digits(text: str) -> DigitCount:
    """A number of digits, or a range of it."""
    found = re.fullmatch(r"([0-9]{1,2})(?:-([0-9]{1,2}))?", text)
    if found:
        digits = DigitCount(int(found[1]), int(found[2] or found[1]))
        if 1 <= digits.least <= digits.most <= MOST_DIGITS:
            return digits
    raise BadValue(f"'{text}' is no number of digits; write such as 6 or 4-10, at most {MOST_DIGITS}")


def parse_key(text: str) -> str:
    """A key of the telephone."""
    if text not in KEY_NAMES:
        raise BadValue(f"'{text}' is no key; use 0 to 9, star or hash")
    return KEY_NAMES[text]


def spoken_time(seconds: int) -> str:
    """A duration as an admin writes it."""
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
