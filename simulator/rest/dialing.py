"""Voice dialing permissions: which countries an account may call (voice/v1/DialingPermissions/Countries).

A handful of countries stand for the two hundred; fields and query parameters are those of
twilio.com/docs/voice/api/dialingpermissions-country-resource. Canada has no entry of its own there: "US" is both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from simulator.rest.answer import Request, RestError

PATH = "/v1/DialingPermissions/Countries"
PAGE_SIZE, LARGEST_PAGE_SIZE = 50, 1000
COUNTRIES = {
    "DE": ("Germany", "EUROPE", "+49"),
    "FR": ("France", "EUROPE", "+33"),
    "GB": ("United Kingdom", "EUROPE", "+44"),
    "JM": ("Jamaica", "NORTH_AMERICA", "+1876"),
    "LV": ("Latvia", "EUROPE", "+371"),
    "US": ("United States/Canada", "NORTH_AMERICA", "+1"),
}
KINDS = ("low_risk_numbers", "high_risk_special_numbers", "high_risk_tollfraud_numbers")


def index(request: Request) -> tuple[int, Any]:
    """Every country, in the order of their codes, or those that are asked for."""
    found = [one for one in (_render(request, code) for code in COUNTRIES) if _is_wanted(request, one)]
    return 200, _page(request, found)


def fetch(request: Request) -> tuple[int, Any]:
    """One country."""
    code = request.path["country"]
    if code not in COUNTRIES:
        raise RestError(404, 20404, f"The requested resource {PATH}/{code} was not found")
    return 200, _render(request, code)


def _render(request: Request, code: str) -> dict[str, Any]:
    name, continent, prefix = COUNTRIES[code]
    url = f"https://voice.twilio.com{PATH}/{code}"
    permitted = request.account.dialing.get(code, ())
    return {
        "iso_code": code,
        "name": name,
        "continent": continent,
        "country_codes": [prefix],
        **{f"{kind}_enabled": kind in permitted for kind in KINDS},
        "url": url,
        "links": {"highrisk_special_prefixes": f"{url}/HighRiskSpecialPrefixes"},
    }


def _is_wanted(request: Request, country: dict[str, Any]) -> bool:
    for name, key in (("IsoCode", "iso_code"), ("Continent", "continent")):
        if request.one(name) not in (None, country[key]):
            return False
    prefix = request.one("CountryCode")
    if prefix is not None and prefix not in country["country_codes"]:
        return False
    asked = ((kind, request.one("".join(map(str.capitalize, kind.split("_"))) + "Enabled")) for kind in KINDS)
    return all(value is None or country[f"{kind}_enabled"] == (value == "true") for kind, value in asked)


def _page(request: Request, found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    size = min(request.whole("PageSize", PAGE_SIZE, 1, 10**9, 20007), LARGEST_PAGE_SIZE)
    number = request.whole("Page", 0, 0, 10**9, 20001)

    def url(wanted: int) -> str:
        return f"https://voice.twilio.com{PATH}?{urlencode({'PageSize': size, 'Page': wanted})}"

    more = (number + 1) * size < len(found)
    return {
        "content": list(found[number * size : (number + 1) * size]),
        "meta": {
            "key": "content",
            "page": number,
            "page_size": size,
            "url": url(number),
            "first_page_url": url(0),
            "previous_page_url": url(number - 1) if number else None,
            "next_page_url": url(number + 1) if more else None,
        },
    }
