"""Twilio's geographic permissions beside what our flows may call: the wall behind our own, against fraud by telephone."""

from collections.abc import Callable, Iterable
from functools import partial

import phonenumbers

from callflows.flow import Flow
from voice.books import Account, Page
from voice.carrier import Carrier
from voice.doctor.findings import Check, Ill

FlowOf = Callable[[str], Flow | None]
PLACE = "Twilio's console > Voice > Settings > Geo permissions"
MOST_NAMED = 6
# Twilio lists the United States and Canada as one country (twilio.com/docs/voice/api/dialingpermissions-country-resource).
AS_TWILIO_SAYS = {"CA": "US"}


def checks(page: Page, carrier: Carrier, flow_of: FlowOf) -> list[Check]:
    """One for each account; `flow_of` gives a merchant's live flow."""
    return [
        (
            f"dialing of {account.id}",
            partial(_permissions, page, carrier, account, flow_of),
        )
        for account in page.accounts.values()
    ]


def wanted(page: Page, account: Account, flow_of: FlowOf) -> frozenset[str]:
    """The countries that an account's merchants call: those of their numbers, and what `forward_to` lists."""
    own = [number for number, (_, account_id) in page.numbers.items() if account_id == account.id]
    flows = [flow_of(shop.id) for shop in page.shops.values() if shop.account_id == account.id]
    listed = [place for flow in flows if flow is not None for place in flow.forward_to]
    countries = filter(None, map(_country, (*own, *listed)))
    return frozenset(AS_TWILIO_SAYS.get(one, one) for one in countries)


def _country(place: str) -> str | None:
    """The country of a number in E.164; a country is its own."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(place)) if place.startswith("+") else place


def _permissions(page: Page, carrier: Carrier, account: Account, flow_of: FlowOf) -> str:
    needed = wanted(page, account, flow_of)
    countries = carrier.ask(
        account, lambda client: client.voice.v1.dialing_permissions.countries.list(page_size=1000)
    )
    risky = [
        one.iso_code
        for one in countries
        if one.high_risk_special_numbers_enabled or one.high_risk_tollfraud_numbers_enabled
    ]
    if risky:
        raise Ill(
            f"numbers of high risk may be called in {_names(risky)}; whoever gets in dials them for money",
            f"{PLACE}: turn high-risk numbers off",
        )
    permitted = {one.iso_code for one in countries if one.low_risk_numbers_enabled}
    if needed - permitted:
        raise Ill(
            f"{_names(needed - permitted)} must not be called: forwards and calls from desks fail there (13227, 21215)",
            f"{PLACE}: turn it on, or take it out of forward_to",
        )
    if permitted - needed:
        raise Ill(
            f"{_names(permitted - needed)} may be called, where no flow calls",
            f"{PLACE}: turn off what nobody needs, or list it under forward_to in the flow file",
        )
    return f"{_names(permitted)} and nothing of high risk may be called"


def _names(codes: Iterable[str]) -> str:
    named = sorted(codes)
    more = len(named) - MOST_NAMED
    return ", ".join(named[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
