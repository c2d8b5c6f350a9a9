"""Twilio's page: voice/api/dialingpermissions-country-resource."""

import json
from typing import Any

import pytest

from simulator.rest.dialing import COUNTRIES, PATH
from tests.simulator.contract.rest import client_of
from tests.simulator.pages import Shop, open_shop

FIELDS = {
    "iso_code", "name", "continent", "country_codes", "low_risk_numbers_enabled", "high_risk_special_numbers_enabled",
    "high_risk_tollfraud_numbers_enabled", "url", "links",
}  # fmt: skip


def asked(shop: Shop, path: str = PATH, secret: str = "", **params: Any) -> tuple[int, Any]:
    auth = (shop.account.sid, secret or shop.account.auth_token)
    answer = shop.sim.rest("GET", path, params, auth=auth)
    return answer.status, json.loads(answer.body)


def test_every_country_tells_what_may_be_called_there() -> None:
    shop = open_shop()
    shop.account.dialing["GB"] = ("low_risk_numbers", "high_risk_special_numbers")

    status, told = asked(shop)

    assert status == 200
    assert [one["iso_code"] for one in told["content"]] == sorted(COUNTRIES)
    assert all(one.keys() == FIELDS for one in told["content"])
    assert [one["iso_code"] for one in told["content"] if one["low_risk_numbers_enabled"]] == ["GB", "US"]
    assert [one["iso_code"] for one in told["content"] if one["high_risk_special_numbers_enabled"]] == ["GB"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"IsoCode": "FR"}, ["FR"]),
        ({"Continent": "NORTH_AMERICA"}, ["JM", "US"]),
        ({"CountryCode": "+49"}, ["DE"]),
        ({"LowRiskNumbersEnabled": "true"}, ["US"]),
        ({"HighRiskTollfraudNumbersEnabled": "true"}, []),
        ({"PageSize": "2", "Page": "1"}, ["GB", "JM"]),
    ],
)
def test_countries_can_be_asked_for(query: dict[str, str], found: list[str]) -> None:
    assert [one["iso_code"] for one in asked(open_shop(), **query)[1]["content"]] == found


def test_one_country_is_told_and_another_is_not_known() -> None:
    shop = open_shop()

    assert asked(shop, f"{PATH}/US")[1]["name"] == "United States/Canada"
    assert asked(shop, f"{PATH}/XX")[0] == 404
    assert asked(shop, secret="wrong")[0] == 401


def test_the_helper_library_walks_the_pages() -> None:
    countries = client_of(open_shop()).voice.v1.dialing_permissions.countries

    assert [one.iso_code for one in countries.list(page_size=4)] == sorted(COUNTRIES)
    assert countries("DE").fetch().country_codes == ["+49"]
