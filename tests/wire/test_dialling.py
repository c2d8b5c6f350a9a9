"""The one gate for what goes out."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.dialling import NotDialled, Rules, Why, admit, within_caps

AMERICAN = Rules(("+12025550100",))
LISTING = Rules(("+12025550100",), ("DE", "+18762345678"))


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("+12025550188", "+12025550188"),
        ("(202) 555-0188", "+12025550188"),
        ("202.555.0188", "+12025550188"),
        ("+18005550199", "+18005550199"),
    ],
)
def test_a_number_of_the_own_country_is_dialled_however_it_is_typed(typed: str, dialled: str) -> None:
    assert admit(typed, AMERICAN) == dialled


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("911", Why.EMERGENCY),
        ("112", Why.EMERGENCY),
        ("9-1-1", Why.EMERGENCY),
        ("+112", Why.EMERGENCY),
        ("+19005550123", Why.DEAR),
        ("+449012345678", Why.DEAR),
        ("+448451234567", Why.DEAR),
        ("+447012345678", Why.DEAR),
        ("+881612345678", Why.SATELLITE),
        ("+870773111632", Why.SATELLITE),
        ("+88213300655", Why.SATELLITE),
        ("+18765550123", Why.ABROAD),
        ("+4917012345678", Why.ABROAD),
        ("+37120000000", Why.ABROAD),
        ("+12025550100", Why.OWN),
        ("12", Why.NO_NUMBER),
        ("hello", Why.NO_NUMBER),
        ("", Why.NO_NUMBER),
        ("+12025550188;ext=5", Why.NO_NUMBER),
        ("sip:someone@example.com", Why.NO_NUMBER),
        ("client:us_ben", Why.NO_NUMBER),
    ],
)
def test_everything_else_is_refused_and_told_why(typed: str, why: Why) -> None:
    with pytest.raises(NotDialled) as refused:
        admit(typed, AMERICAN)

    assert refused.value.why == why
    assert str(refused.value).endswith(".")


def test_a_listed_country_and_a_listed_number_are_dialled_and_their_neighbours_are_not() -> None:
    assert admit("+4917012345678", LISTING) == "+4917012345678"
    assert admit("+18762345678", LISTING) == "+18762345678"
    with pytest.raises(NotDialled, match="Calls to JM are not allowed here, only to US, DE"):
        admit("+18762345679", LISTING)


def test_listing_a_country_opens_neither_its_premium_nor_its_emergency_numbers() -> None:
    for typed, why in (("+499001234567", Why.DEAR), ("110", Why.EMERGENCY)):
        with pytest.raises(NotDialled) as refused:
            admit(typed, LISTING)
        assert refused.value.why == why


@given(st.text(max_size=40) | st.from_regex(r"\+?[0-9 ()-]{1,20}", fullmatch=True))
def test_whatever_is_typed_is_a_number_of_an_allowed_country_or_refused(typed: str) -> None:
    with suppress(NotDialled):
        assert admit(typed, AMERICAN).startswith("+1")


def test_the_cap_counts_the_calls_that_were_made() -> None:
    within_caps(39, 299, agent_cap=40, merchant_cap=300)
    for made, why in (((40, 0), Why.AGENT_CAP), ((0, 300), Why.MERCHANT_CAP)):
        with pytest.raises(NotDialled) as refused:
            within_caps(*made, agent_cap=40, merchant_cap=300)
        assert refused.value.why == why
