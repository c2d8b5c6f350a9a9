"""An agent of the site is rung, or talks: as SQL says it, without a call."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from tests.panel.build import call, ring, waiting
from voice.models import Offer, Participation
from voice.runtime import Runtime


def offer_to(rt: Runtime, call_id: str = "ca_1") -> str:
    """Ann is rung for a caller of Northwind; the offer."""
    call(rt, "northwind", call_id, caller_name="Maya Lin")
    waiting(rt, "northwind", call_id)
    offer_id = ring(rt, "northwind", call_id, "us_ann")
    rt.nudge("desks")
    return offer_id


def talk_of(rt: Runtime, state: str = "talking", **values: Any) -> None:
    """Ann's talk with the caller of `ca_1`, who was offered to her."""
    now = rt.now()
    with rt.write() as tx:
        offer = tx.scalars(select(Offer)).one()
        offer.state = "connected"
        tx.add(
            Participation(
                merchant_id="northwind", id="pa_1", call_id="ca_1", offer_id=offer.id, waiting_id=None,
                agent_id="us_ann", state=state, assignment=1, room="r", leg_sid="CAleg", began_at=now, joined_at=now, **values,
            )
        )  # fmt: skip


def read(rt: Runtime, column: InstrumentedAttribute[Any]) -> object:
    """A column of the one row that there is."""
    with rt.store.read() as tx:
        return tx.scalar(select(column))
