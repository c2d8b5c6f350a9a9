"""Browsers without sound: access tokens (twilio.com/docs/iam/access-tokens) and the legs they open."""

from typing import Any

import jwt
import pytest
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from simulator.handset import ClientLeg
from simulator.signalling import Refused, Signalling
from tests.simulator.pages import Shop, open_shop


def desk() -> Shop:
    return open_shop(**{"voice/agent": "<Say>welcome back</Say><Pause length='30'/>"})


def token(shop: Shop, **changes: Any) -> str:
    """What twilio-python makes, then spoilt as asked."""
    account = shop.account
    made = AccessToken(
        changes.pop("account_sid", account.sid), changes.pop("key", account.api_key_sid),
        changes.pop("secret", account.api_key_secret), identity=changes.pop("identity", "ann"),
        nbf=int(shop.sim.now), ttl=3600,
    )  # fmt: skip
    made.add_grant(VoiceGrant(outgoing_application_sid=changes.pop("app", account.app_sid)))
    text = str(made.to_jwt())
    if not changes:
        return text
    claims = jwt.decode(text, options={"verify_signature": False})
    claims.update(changes)
    return jwt.encode(claims, account.api_key_secret, "HS256", headers={"cty": "twilio-fpa;v=1"})


def exact(shop: Shop, **changes: Any) -> str:
    """The same with exp by the shop's own clock."""
    return token(shop, **{"exp": int(shop.sim.now) + 3600, **changes})


def test_a_browser_with_a_token_opens_a_leg_with_its_identity_and_params() -> None:
    shop = desk()
    signalling = Signalling(shop.sim.world)

    answer = signalling.connect({"token": exact(shop), "params": "offer=of_7&note=a%20b"})
    leg = ClientLeg(shop.sim, shop.sim.world.legs[answer["call_sid"]], "ann")
    leg.hears("welcome back")

    form = shop.pages.last("/voice/agent")
    assert (form["From"], form["To"], form["Caller"]) == ("client:ann", "", "client:ann")
    assert (form["offer"], form["note"]) == ("of_7", "a b")
    assert (form["ApplicationSid"], form["CallStatus"]) == (shop.account.app_sid, "ringing")
    shop.sim.assert_quiet()


def test_a_browsers_params_cannot_pose_as_twilios_fields() -> None:
    shop = desk()

    shop.sim.client("ann").connect({"From": "client:boss", "CallSid": "CA1", "To": "+15550100199"}).waits(1)

    form = shop.pages.last("/voice/agent")
    assert form["From"] == "client:ann"
    assert form["CallSid"] != "CA1"
    assert form["To"] == "+15550100199"


def test_the_browser_hangs_up_and_asks_for_the_state() -> None:
    shop = desk()
    signalling = Signalling(shop.sim.world)
    ann = {"token": exact(shop)}
    sid = signalling.connect(ann)["call_sid"]
    shop.sim.advance(1)

    before = signalling.status(ann, sid)
    after = signalling.hangup({**ann, "call_sid": sid})

    assert (before, after) == ({"status": "in-progress"}, {"status": "completed"})


def test_a_browser_reaches_only_its_own_calls() -> None:
    shop = desk()
    signalling = Signalling(shop.sim.world)
    sid = signalling.connect({"token": exact(shop)})["call_sid"]

    with pytest.raises(Refused) as refused:
        signalling.hangup({"token": exact(shop, identity="eve"), "call_sid": sid})

    assert refused.value.status == 404


@pytest.mark.parametrize(("changes", "code"), [
    ({"secret": "w" * 32}, 20107),
    ({"key": "SK" + "0" * 32}, 20103),
    ({"account_sid": "AC" + "0" * 32}, 20103),
    ({"exp": 1}, 20104),
    ({"nbf": 4_000_000_000, "exp": 4_000_000_100}, 20105),
    ({"grants": {}}, 20106),
    ({"app": "AP" + "0" * 32}, 31001),
])  # fmt: skip
def test_a_bad_token_opens_nothing(changes: dict[str, Any], code: int) -> None:
    shop = desk()
    made = (
        token(shop, **changes) if set(changes) <= {"secret", "key", "account_sid"} else exact(shop, **changes)
    )

    with pytest.raises(Refused) as refused:
        Signalling(shop.sim.world).connect({"token": made})

    assert refused.value.code == code
    assert shop.sim.world.legs == {}


def test_no_token_is_31102() -> None:
    with pytest.raises(Refused) as refused:
        Signalling(desk().sim.world).connect({})

    assert (refused.value.status, refused.value.code) == (401, 31102)


def test_a_vanished_browser_ends_its_leg() -> None:
    shop = desk()
    leg = shop.sim.client("ann").connect()
    leg.hears("welcome back")

    leg.vanishes()

    assert leg.state == "completed"


def test_an_application_is_told_the_end_of_a_browsers_call() -> None:
    shop = desk()
    leg = shop.sim.client("ann").connect()
    leg.hears("welcome back")

    leg.hangs_up()

    assert shop.pages.last("/voice/status")["From"] == "client:ann"
