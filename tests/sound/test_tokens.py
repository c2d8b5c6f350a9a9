"""Access tokens, judged as Twilio judges them."""

import time

import pytest

from simulator.sound.tokens import BadToken, Gate
from tests.sound.kernel import ACCOUNT_SID, APP_SID, KEY_SECRET, KEY_SID, token

NOW = time.time()


@pytest.fixture
def gate() -> Gate:
    gate = Gate()
    gate.admit(ACCOUNT_SID, {KEY_SID: KEY_SECRET})
    return gate


def test_a_good_token_says_who_it_is_for(gate: Gate) -> None:
    grant = gate.check(token("ann"), time.time())

    assert (grant.identity, grant.account_sid, grant.app_sid) == ("ann", ACCOUNT_SID, APP_SID)
    assert grant.incoming
    assert grant.phone == ""


def test_twilios_own_library_makes_good_tokens(gate: Gate) -> None:
    from twilio.jwt.access_token import AccessToken
    from twilio.jwt.access_token.grants import VoiceGrant

    made = AccessToken(ACCOUNT_SID, KEY_SID, KEY_SECRET, identity="ann", ttl=14_400)
    made.add_grant(VoiceGrant(outgoing_application_sid=APP_SID))

    grant = gate.check(made.to_jwt(), time.time())

    assert (grant.identity, grant.app_sid, grant.incoming) == ("ann", APP_SID, False)


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("a.b.c", 20101),
        ("", 20101),
        (token("ann", iss="SK" + "9" * 32), 20103),
        (token("ann", sub="AC" + "9" * 32), 20103),
        (token("ann", secret="another-secret-of-thirty-two-bytes!"), 20107),
        (token("ann", seconds=-5), 20104),
        (token("ann", nbf=int(NOW) + 3600), 20105),
        (token("ann", grants={"identity": "ann"}), 20106),
        (token("ann", grants="all"), 20106),
        (token("", seconds=60), 20106),
        (token("ann", seconds=200_000), 20157),
        (token("ann", exp="soon"), 20101),
    ],
)
def test_a_bad_token_is_refused_with_twilios_code(gate: Gate, bad: str, code: int) -> None:
    with pytest.raises(BadToken) as refused:
        gate.check(bad, NOW + 1)

    assert refused.value.code == code


def test_a_customers_phone_gets_a_token_of_its_own_and_no_other_can_make_one(gate: Gate) -> None:
    grant = gate.check(gate.phone_token("+15550100", NOW), NOW)

    assert (grant.identity, grant.phone, grant.account_sid) == ("phone15550100", "+15550100", "")
    assert gate.check(token("ann", phone="+15550100"), time.time()).phone == ""
