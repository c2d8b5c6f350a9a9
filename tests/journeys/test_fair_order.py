"""An agent who serves several queues, of several merchants, is given to whoever is first in any of them."""

from pathlib import Path
from typing import TypeVar

import pytest

from routing.plan import Plan, Stage
from simulator.handset import Caller
from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, Waiting
from voice.who_waits import CANDIDATES

T = TypeVar("T", bound=models.Base)
TWO = (
    FLOW.replace("options: {1: orders_line}", "options: {1: orders_line, 2: returns_line}")
    .replace(
        "  busy:\n", "  returns_line:\n    queue: returns\n    timeout: busy\n    full: busy\n  busy:\n", 1
    )
    .replace("max_wait: 10m}", "max_wait: 10m}\n  returns: {}")
)
HELPED = TWO.replace("max_wait: 10m}", "max_wait: 10m, tiers: {returns: 1m}}")


@pytest.fixture
def shop(tmp_path: Path, request: pytest.FixtureRequest) -> Shop:
    return Shop(tmp_path, flow=getattr(request, "param", TWO), agents=("ann",))


def joins(shop: Shop, key: str, number: str) -> Caller:
    caller = shop.rings_up(number)
    caller.hears("For orders, press 1")
    caller.presses(key)
    caller.hears_music()
    return caller


def comes_unnoticed(shop: Shop) -> None:
    """Ann is there, as if the moment in which she came had decided nothing: the clock must."""
    shop.ann.opens_page()
    with shop.rt.write() as tx:
        agent = tx.get_one(models.Agent, "us_ann")
        agent.state, agent.seen_at = Agent.AVAILABLE, shop.now


def rung_for(shop: Shop) -> str:
    """The number of the caller for whom Ann's desk rings."""
    shop.ann.rings(within=5)
    (offer,) = (row for row in shop.rows(models.Offer) if row.ended_at is None)
    (call,) = (row for row in shop.rows(models.Call) if row.id == offer.call_id)
    return str(call.caller)


def test_wazo_the_clock_too_gives_an_agent_to_who_waits_longest_in_any_queue(shop: Shop) -> None:
    joins(shop, "2", "+12025550181")
    shop.waits(3)
    joins(shop, "1", "+12025550182")
    comes_unnoticed(shop)

    assert rung_for(shop) == "+12025550181"
    shop.sim.assert_quiet()


def test_whoever_waits_longest_is_first_also_when_it_is_another_merchants_caller(shop: Shop) -> None:
    joins(shop, "1", "+12025550181")
    with shop.rt.write() as tx:
        ours = tx.query(models.Waiting).one()
        call = tx.query(models.Call).one()
        for row, changes in (
            (models.Merchant, {"id": "marlow", "name": "Marlow Books", "twilio_account_id": "marlow"}),
            (
                models.Call,
                {
                    "merchant_id": "marlow",
                    "id": "ca_marlow",
                    "call_sid": "CA" + "1" * 32,
                    "account_sid": call.account_sid,
                    "caller": "+12025550184",
                    "dialled": "+12025550101",
                    "flow_digest": call.flow_digest,
                    "started_at": shop.now - 60,
                },
            ),
        ):
            tx.add(row(**changes))
            tx.flush()
        tx.add(models.QueueMember(merchant_id="marlow", queue="books", agent_id="us_ann"))
        tx.add(
            models.Waiting(
                merchant_id="marlow",
                id="wt_marlow",
                call_id="ca_marlow",
                queue="books",
                state=Waiting.WAITING,
                state_at=shop.now,
                entered_at=shop.now - 30,
                rank_at=shop.now - 30,
                deadline_at=shop.now + 600,
                ring_seconds=20,
                wrap_up_seconds=30,
                session=ours.session,
            )
        )
    comes_unnoticed(shop)

    assert rung_for(shop) == "+12025550184"


@pytest.mark.parametrize("shop", [HELPED], indirect=True)
def test_who_helps_out_does_so_when_it_is_the_callers_turn_although_the_own_queue_is_never_empty(
    shop: Shop,
) -> None:
    with shop.rt.write() as tx:
        tx.delete(tx.get_one(models.QueueMember, ("northwind", "orders", "us_ann")))
    joins(shop, "1", "+12025550181")
    shop.waits(70)
    for count in range(2, 5):
        joins(shop, "2", f"+1202555018{count}")
    shop.ann.starts_shift()

    assert rung_for(shop) == "+12025550181"


def test_many_whom_nobody_free_can_help_do_not_hide_the_one_whom_somebody_can(shop: Shop) -> None:
    joins(shop, "1", "+12025550181")
    with shop.rt.write() as tx:
        here, call = tx.query(models.Waiting).one(), tx.query(models.Call).one()
        for number in range(CANDIDATES + 3):
            tx.add(_copy(call, id=f"ca_{number}", call_sid=f"CA{number:032d}"))
            tx.flush()
            plan = Plan(stages=(Stage(0.0, frozenset({"us_nobody"})),)).dump()
            sooner = {"entered_at": here.entered_at - 60, "rank_at": here.rank_at - 60}
            tx.add(_copy(here, id=f"wt_{number}", call_id=f"ca_{number}", plan=plan, **sooner))
    comes_unnoticed(shop)

    assert rung_for(shop) == "+12025550181"


def _copy(row: T, **changes: object) -> T:
    """Another row like this one."""
    values = {column.key: getattr(row, column.key) for column in type(row).__mapper__.columns}
    return type(row)(**{**values, **changes})
