"""The rules of the one gate for everything that goes out: who may be called, and how often. Fraud stops here.

Emergency calls need a place and a way back that a browser cannot give, so they are refused in plain words. Numbers
that cost their caller more than a call, and satellites, are refused everywhere; other countries unless the merchant's
flow lists them under `forward_to`, which a number's kind alone would not show (mobile ranges abroad are used for fraud).
Kinds and regions are those of the `phonenumbers` library, as it was when it was installed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType as Kind
from phonenumbers import shortnumberinfo

EVERYWHERE_EMERGENCY: Final = frozenset({"112", "911", "999", "000", "110", "118", "119"})
DEAR: Final = frozenset(
    {Kind.PREMIUM_RATE, Kind.SHARED_COST, Kind.PERSONAL_NUMBER, Kind.UAN, Kind.PAGER, Kind.VOICEMAIL}
)
NO_COUNTRY: Final = "001"  # satellites and other networks of no country: the library's word for all of them


class Why(StrEnum):
    """Why a number is not dialled."""

    EMERGENCY = "emergency"
    NO_NUMBER = "no_number"
    DEAR = "dear"
    SATELLITE = "satellite"
    ABROAD = "abroad"
    OWN = "own"
    AGENT_CAP = "agent_cap"
    MERCHANT_CAP = "merchant_cap"


class NotDialled(Exception):
    """A number that is not dialled, and the sentence for whoever wished it."""

    def __init__(self, why: Why, sentence: str) -> None:
        super().__init__(sentence)
        self.why = why


@dataclass(frozen=True)
class Rules:
    """What a merchant may dial: its own numbers (E.164), and what its flow lists (E.164 or regions such as US)."""

    own: tuple[str, ...]
    listed: tuple[str, ...] = ()

    @property
    def regions(self) -> tuple[str, ...]:
        """The countries of its own numbers, in order."""
        found = (_region(phonenumbers.parse(number)) for number in self.own)
        return tuple(dict.fromkeys(region for region in found if region != NO_COUNTRY))


def admit(typed: str, rules: Rules) -> str:
    """The number to dial in E.164; what is typed without + is a number of the merchant's own country.

    Raises NotDialled.
    """
    _refuse_emergency(typed, rules.regions)
    number = _parsed(typed, rules.regions)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if e164 in rules.own:
        raise NotDialled(Why.OWN, f"{e164} is your own line.")
    region, kind = _region(number), phonenumbers.number_type(number)
    if region == NO_COUNTRY:
        raise NotDialled(Why.SATELLITE, "Satellite and worldwide network numbers are not called from here.")
    if kind in DEAR:
        raise NotDialled(Why.DEAR, "This number costs its caller extra, so it is not called from here.")
    if e164 not in rules.listed and region not in _allowed(rules):
        places = ", ".join(_allowed(rules)) or "no country"
        raise NotDialled(
            Why.ABROAD,
            f"Calls to {region} are not allowed here, only to {places}. An admin can list {region} under forward_to.",
        )
    return e164


def within_caps(by_agent: int, by_merchant: int, *, agent_cap: int, merchant_cap: int) -> None:
    """Compare the calls of the last hour with the caps; raises NotDialled."""
    if by_agent >= agent_cap:
        raise NotDialled(
            Why.AGENT_CAP, f"You have made {by_agent} calls in the last hour, which is the most. Try later."
        )
    if by_merchant >= merchant_cap:
        raise NotDialled(
            Why.MERCHANT_CAP,
            f"{by_merchant} calls have gone out for this merchant in the last hour, which is the most. Try later.",
        )


def _allowed(rules: Rules) -> tuple[str, ...]:
    """Own countries, and the countries that are listed."""
    return tuple(dict.fromkeys((*rules.regions, *(one for one in rules.listed if not one.startswith("+")))))


def _refuse_emergency(typed: str, regions: Iterable[str]) -> None:
    keys = "".join(mark for mark in typed if mark.isdigit() or mark == "+")
    if keys.lstrip("+") in EVERYWHERE_EMERGENCY or any(
        shortnumberinfo.is_emergency_number(keys, region) for region in regions
    ):
        raise NotDialled(
            Why.EMERGENCY,
            "Emergency numbers cannot be called from here. Use a mobile phone or another telephone now.",
        )


def _parsed(typed: str, regions: tuple[str, ...]) -> phonenumbers.PhoneNumber:
    home = regions[0] if regions else None
    try:
        number = phonenumbers.parse(typed, home)
    except phonenumbers.NumberParseException as fault:
        raise _no_number() from fault
    if number.extension or not phonenumbers.is_possible_number(number):
        raise _no_number()
    if _region(number) != NO_COUNTRY and not phonenumbers.is_valid_number(number):
        raise _no_number()
    return number


def _region(number: phonenumbers.PhoneNumber) -> str:
    """Two letters; NO_COUNTRY for a code that is no country's."""
    by_number = phonenumbers.region_code_for_number(number)
    return by_number or phonenumbers.region_code_for_country_code(number.country_code or 0)


def _no_number() -> NotDialled:
    return NotDialled(
        Why.NO_NUMBER, "This is no telephone number. Write it with + and the country, as in +12025550100."
    )
