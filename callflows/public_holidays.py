"""Public holidays by country, from the package `holidays`, which follows the laws of some 150 countries.

The package is large, so it is only loaded by the first calendar that names a country.
"""

from datetime import date
from functools import lru_cache
from typing import Any

from callflows.faults import did_you_mean


class UnknownCountry(ValueError):
    """There is no such country or region; the text names the way out."""


def is_public_holiday(country: str, region: str, day: date) -> bool:
    """Whether a day is a public holiday there."""
    return day in _days_of(country, region, day.year)


def require_country(country: str, region: str) -> None:
    """Raise UnknownCountry when a country (ISO 3166, two letters) or its region is not known."""
    known = _package().list_supported_countries(include_aliases=False)
    if country not in known:
        raise UnknownCountry(f"there are no holidays for '{country}'{did_you_mean(country, known)}")
    if region and region not in known[country]:
        hint = did_you_mean(region, known[country]) or "; the country has none"
        raise UnknownCountry(f"{country} has no region '{region}'{hint}")


@lru_cache(maxsize=512)
def _days_of(country: str, region: str, year: int) -> frozenset[date]:
    made = _package().country_holidays(country, subdiv=region or None, years=year, observed=True)
    return frozenset(made.keys())


@lru_cache(maxsize=1)
def _package() -> Any:
    import holidays

    return holidays
