"""An agent at a desk under the virtual clock: what the page, the stream and the phone do, and what they show.

shop.ann.rings(); shop.ann.accepts(); shop.ann.talks_to(caller)
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from panel.login import hash_of
from panel.push import Stream
from simulator.handset import ClientLeg, Handset
from tests.build import BASE_URL
from tests.journeys.northwind import CUSTOMER
from voice import models
from voice.states import Agent as AgentState

if TYPE_CHECKING:
    from tests.journeys.shop import Shop


class Desk:
    """An agent and the browser: the stream, the page's answers to it, and the phone."""

    def __init__(self, shop: Shop, agent_id: str, name: str) -> None:
        self.shop, self.agent_id, self.name = shop, agent_id, name
        self.token, self.csrf = f"token-{agent_id}", f"csrf-{agent_id}"
        self.snapshot: dict[str, Any] = {}
        self.stream: Stream | None = None
        self._leg: ClientLeg | None = None
        self.acknowledges = True
        self.is_awake = True
        with shop.rt.write() as tx:
            tx.add(
                models.LoginSession(
                    token_hash=hash_of(self.token),
                    user_id=agent_id,
                    csrf=self.csrf,
                    created_at=shop.now,
                    seen_at=shop.now,
                    expires_at=shop.now + 86400,
                )
            )

    def starts_shift(self) -> Desk:
        """Opens the page and begins to take callers."""
        self.opens_page()
        self.posts("/api/shift/start")
        return self

    def opens_page(self) -> None:
        """The page connects to the stream; after a reload it is a new one."""
        self.is_awake = True
        self.stream = self.shop.streams.open(self.agent_id, hash_of(self.token), self._told, self.shop.now)

    def posts(self, path: str, expect: int = 200, **body: Any) -> dict[str, Any]:
        """A click."""
        got = self.shop.browser(self).post(
            path, json=body, headers={"X-CSRF-Token": self.csrf, "Origin": BASE_URL}
        )
        assert got.status_code in (expect, 204), f"{path}: {got.status_code} {got.get_data(as_text=True)}"
        return got.get_json(silent=True) or {}

    @property
    def leg(self) -> ClientLeg:
        """The browser's connection of the present or last talk."""
        assert self._leg is not None, f"{self.name}'s phone never connected"
        return self._leg

    @property
    def is_connected(self) -> bool:
        """The phone has called in at least once."""
        return self._leg is not None

    def loses_stream(self) -> None:
        """The stream breaks; the page does not notice yet."""
        assert self.stream is not None
        self.shop.streams.close(self.stream, self.shop.now)

    @property
    def offer(self) -> dict[str, Any] | None:
        """The ring that the desk shows."""
        return self.snapshot.get("offer")

    @property
    def row(self) -> models.Agent:
        """What SQL says of the agent now."""
        with self.shop.rt.store.read() as tx:
            return tx.get_one(models.Agent, self.agent_id)

    @property
    def state(self) -> str:
        """What the agent is doing now."""
        return self.row.state

    def rings(self, within: float = 30.0) -> dict[str, Any]:
        """Lets time pass until the desk shows a ring."""
        return self.shop.sim.wait_for(
            lambda: self.offer, within, lambda: f"{self.name}'s desk does not ring ({self.state})"
        )

    def is_silent(self) -> bool:
        """No ring is shown."""
        return self.offer is None

    def accepts(self, connects: bool = True) -> None:
        """Takes the caller; then the page's phone connects."""
        assert self.offer is not None, f"{self.name} has no ring to accept"
        won = self.posts(f"/api/offers/{self.offer['id']}/accept")
        self.offer_id = won["offer"]
        if connects:
            self.connects()

    def connects(self) -> None:
        """The page's phone calls in with the offer that was won."""
        self._leg = self.shop.sim.client(self.agent_id).connect({"offer": self.offer_id})

    def dials(self, number: str = CUSTOMER, connects: bool = True, **how: str) -> None:
        """Calls a customer; then the page's phone connects."""
        placed = self.posts("/api/dial", 200, merchant="northwind", number=number, **how)
        self.offer_id = placed["offer"]
        if connects:
            self.connects()

    def declines(self) -> None:
        """Not this one."""
        assert self.offer is not None
        self.posts(f"/api/offers/{self.offer['id']}/decline")

    def talks_to(self, caller: Handset, within: float = 15.0) -> None:
        """Lets time pass until both hear each other."""
        self.shop.sim.wait_for(
            lambda: (self._leg is not None and self._leg.is_talking_to(caller)) or None,
            within,
            lambda: f"{self.name} ({self.state}) does not talk to the caller; {caller.told()}",
        )

    def becomes(self, state: AgentState, within: float = 60.0) -> None:
        """Lets time pass until the agent is in a state."""
        self.shop.sim.wait_for(
            lambda: self.state == state or None, within, lambda: f"{self.name} is {self.state}, not {state}"
        )

    def call_id(self) -> str:
        """The call of the talk that goes on."""
        with self.shop.rt.store.read() as tx:
            return str(
                tx.scalar(
                    select(models.Participation.call_id)
                    .where(models.Participation.agent_id == self.agent_id)
                    .order_by(models.Participation.began_at.desc())
                )
            )

    def holds(self) -> None:
        """Puts the caller on hold."""
        self.posts(f"/api/calls/{self.call_id()}/hold")

    def resumes(self) -> None:
        """Takes the caller off hold."""
        self.posts(f"/api/calls/{self.call_id()}/resume")

    def ends(self) -> None:
        """Ends the call."""
        self.posts(f"/api/calls/{self.call_id()}/end")

    def sends(self, to: str, target: str, expect: int = 200) -> None:
        """Gives the caller to somebody else, at once."""
        self.posts(f"/api/calls/{self.call_id()}/send", expect=expect, to=to, target=target)

    def asks(self, to: str, target: str, expect: int = 200) -> None:
        """Puts the caller on hold and asks somebody first."""
        self.posts(f"/api/calls/{self.call_id()}/ask", expect=expect, to=to, target=target)

    def hands_over(self) -> None:
        """The colleague who was asked takes the caller."""
        self.posts(f"/api/calls/{self.call_id()}/ask/hand-over")

    def takes_back(self) -> None:
        """The caller comes off hold, and nobody is asked any more."""
        self.posts(f"/api/calls/{self.call_id()}/ask/cancel")

    def brings_together(self) -> None:
        """Caller, agent and whoever was asked hear each other."""
        self.posts(f"/api/calls/{self.call_id()}/ask/together")

    def closes_laptop(self) -> None:
        """The browser is gone, stream, phone and all, without a word."""
        self.is_awake = False
        if self.stream is not None:
            self.shop.streams.close(self.stream, self.shop.now)
        if self._leg is not None and not self._leg.is_over:
            self._leg.vanishes()

    def _told(self, data: bytes) -> bool:
        for block in data.decode().strip().split("\n\n"):
            kind, _, text = block.partition("\n")
            self.shop.sim.later(0.01, partial(self._hears, kind, text))
        return True

    def _hears(self, kind: str, text: str) -> None:
        if not self.is_awake:
            return
        if kind == "event: ping" and self.stream is not None:
            self.shop.streams.answered(self.stream.session)
        elif kind == "event: desk":
            self.snapshot = json.loads(text.removeprefix("data: "))
            if self.acknowledges and self.offer is not None and self.snapshot["state"] == AgentState.RINGING:
                self.shop.browser(self).post(
                    f"/api/offers/{self.offer['id']}/acknowledge",
                    headers={"X-CSRF-Token": self.csrf, "Origin": BASE_URL},
                )
