"""A genuine account moves nothing of another's calls and learns nothing of them."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.journeys.shop import Shop
from tests.wire.knocks import OTHER_ACCOUNT, Answered, Knock, ask, busy_shop, knocks, right_one, the_other
from voice import models, states
from voice.doors import DOORS

# Books of what was asked and when, rather than of what is so.
KEPT_APART = {"event", "beat", "login_session"}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Ann talks to one caller of the first account, another waits; nobody talks in the second."""
    return busy_shop(tmp_path / "shop")


@pytest.fixture(scope="module")
def still_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The same for requests that may change nothing."""
    return busy_shop(tmp_path_factory.mktemp("still") / "shop")


def of_the_other(shop: Shop, knock: Knock) -> Answered:
    """The same request, rightly signed by the second account in its own name."""
    return ask(shop.app.wsgi_app, *knock.sent(the_other(shop), account_sid=OTHER_ACCOUNT))


def of_the_right(shop: Shop, knock: Knock) -> Answered:
    return ask(shop.app.wsgi_app, *knock.sent(right_one(shop)))


def truth(shop: Shop) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that says how things are."""
    while shop.rt.journal.step():
        pass
    with shop.rt.store.read() as tx:
        return {
            name: [tuple(row) for row in tx.execute(select(table))]
            for name, table in models.Base.metadata.tables.items()
            if name not in KEPT_APART
        }


@pytest.mark.parametrize("door", sorted(DOORS))
def test_no_door_moves_a_call_of_another_account(still_shop: Shop, door: str) -> None:
    shop = still_shop
    knock = next(knock for knock in knocks(shop) if knock.door == door)
    before = truth(shop)

    answered = of_the_other(shop, knock)

    assert answered.status in (200, 400, 403)
    assert truth(shop) == before


@pytest.mark.parametrize("door", ["room", "agent-left", "status", "recording", "phone", "phone-told"])
def test_the_same_requests_of_the_right_account_do_move_them(shop: Shop, door: str) -> None:
    knock = next(knock for knock in knocks(shop) if knock.door == door)
    before = truth(shop)

    assert of_the_right(shop, knock).status == 200
    assert truth(shop) != before


def test_the_end_of_an_agents_leg_counts_only_from_its_own_account(shop: Shop) -> None:
    talk = shop.only(models.Participation)
    ended = Knock(
        "status",
        "/voice/status",
        {
            "AccountSid": "",
            "CallSid": talk.leg_sid,
            "From": "client:us_ann",
            "To": "+12025550100",
            "CallStatus": "completed",
        },
    )

    of_the_other(shop, ended)

    assert shop.only(models.Participation).state == states.Participation.TALKING


def test_a_room_learns_its_number_only_from_its_own_account(shop: Shop) -> None:
    room = next(knock for knock in knocks(shop) if knock.door == "room")
    began = Knock("room", room.path, room.fields | {"StatusCallbackEvent": "participant-join"})
    with shop.rt.write() as tx:
        tx.get_one(models.Participation, ("northwind", shop.only(models.Participation).id)).room_sid = None

    of_the_other(shop, began)
    assert shop.only(models.Participation).room_sid is None

    of_the_right(shop, began)
    assert shop.only(models.Participation).room_sid == room.fields["ConferenceSid"]


def test_only_its_own_account_hears_that_a_caller_lost_the_agent(shop: Shop) -> None:
    hold = next(knock for knock in knocks(shop) if knock.door == "hold")
    shop.ann.closes_laptop()
    shop.waits(1)
    assert shop.only(models.Participation).state == states.Participation.VANISHED

    assert b"<Say" in of_the_right(shop, hold).body
    assert b"<Say" not in of_the_other(shop, hold).body


def test_a_sealed_session_opens_only_for_the_account_of_its_call(shop: Shop) -> None:
    turn = next(knock for knock in knocks(shop) if knock.door == "turn")

    assert of_the_other(shop, turn).status == 400
    assert of_the_right(shop, turn).status == 200


def test_a_number_of_another_account_is_nobodys_way_in(shop: Shop) -> None:
    incoming = next(knock for knock in knocks(shop) if knock.door == "incoming")

    assert of_the_other(shop, incoming).status == 403
