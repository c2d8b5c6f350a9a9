"""A supervisor at the floor page under the virtual clock: watches over the shop, takes no calls.

sue = Supervisor(shop); sue.listens_to(shop.ann); sue.coaches(); sue.leaves()
"""

from typing import Any

from sqlalchemy import select

from panel.floor import floor
from panel.floor_days import Days
from simulator.handset import ClientLeg
from tests.journeys.desk import Desk
from tests.journeys.shop import Shop
from voice import models
from voice.supervisions import identity_of


class Supervisor(Desk):
    """Somebody who has no desk of calls, and a phone for being in the talks of others."""

    def __init__(self, shop: Shop, name: str = "sue", role: str = "supervisor") -> None:
        user_id = f"us_{name}"
        with shop.rt.write() as tx:
            tx.add(
                models.User(
                    id=user_id,
                    email=f"{name}@northwind.example",
                    name=name.title(),
                    password_hash="",
                    created_at=0,
                )
            )
            tx.add(models.Membership(merchant_id="northwind", user_id=user_id, role=role))
        super().__init__(shop, user_id, name)
        self.call = ""

    def asks_to(self, heard: str, call_id: str, expect: int = 200) -> dict[str, Any]:
        """A click on Listen, Coach or Barge in."""
        return self.posts(f"/api/supervision/{call_id}", expect, heard=heard)

    def comes(self, agent: Desk, heard: str = "listening") -> ClientLeg:
        """Into the talk of an agent: the click, then the page's phone."""
        told = self.asks_to(heard, agent.call_id())
        self.call = told["call"]
        self._leg = self.shop.sim.client(identity_of(self.agent_id)).connect({"offer": told["offer"]})
        self.shop.waits(2)
        return self._leg

    def turns(self, heard: str) -> None:
        """Heard by others from now on."""
        self.asks_to(heard, self.call)
        self.shop.waits(2)

    def leaves(self) -> None:
        """A click on Leave."""
        self.posts(f"/api/supervision/{self.call}/leave")
        self.shop.waits(2)

    def sets(self, agent: Desk, state: str, reason: str = "", expect: int = 200) -> str:
        """Sets an agent's state; the sentence that comes of it."""
        told = self.posts(f"/api/floor/agents/{agent.agent_id}/state", expect, state=state, reason=reason)
        return str(told.get("said") or told.get("message"))

    def finishes(self, agent: Desk, what: str, call_id: str = "", expect: int = 200) -> str:
        """Ends what an agent is at."""
        told = self.posts(f"/api/floor/agents/{agent.agent_id}/finish", expect, what=what, call=call_id)
        return str(told.get("said") or told.get("message"))

    def moves(self, call_id: str, to: str, target: str, expect: int = 200) -> str:
        """Moves a waiting caller."""
        told = self.posts(f"/api/floor/callers/{call_id}/move", expect, to=to, target=target)
        return str(told.get("said") or told.get("message"))

    def floor(self) -> dict[str, Any]:
        """What the floor page shows now."""
        with self.shop.rt.store.read() as tx:
            return floor(tx, self.shop.rt, Days(), ("northwind",), self.shop.now)

    def deeds(self) -> list[tuple[str, str]]:
        """What the list of who did what says of this supervisor: kind and about, in order."""
        with self.shop.rt.store.read() as tx:
            rows = tx.scalars(
                select(models.Audit).where(models.Audit.by_id == self.agent_id).order_by(models.Audit.id)
            )
            return [(row.kind, row.about) for row in rows]
