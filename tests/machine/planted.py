"""Bugs to plant: each takes out what keeps one promise of routing, at the place where it is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.chaos import planted
from tests.machine.centre import Centre
from voice import asking_numbers, consults, guests, models, offers, speak
from voice.calls import owner_of
from voice.links import Links
from voice.moves import move
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.speak import Fragment
from voice.states import Offer, Waiting

Patch = pytest.MonkeyPatch
HOURS = 3600.0


@dataclass(frozen=True)
class Bug:
    """What is wrong with the build, and what plants it: once for all lives, and in each of them.

    It shows in the lives that the whole build lives through in `test_in_any_order_of_steps_what_routing_promises_holds`.
    """

    name: str
    breaks: str  # how the promise is told that it breaks first, a pattern
    once: Callable[[Runtime, Patch], None]
    in_each: Callable[[Centre], None] = lambda _centre: None


def no_compare_and_set(rt: Runtime, patch: Patch) -> None:
    """Who clicks first is looked up in one decision and written down in the next, which compares nothing."""

    def accept(rt: Runtime, agent_id: str, offer_id: str) -> dict[str, str]:
        with rt.store.read() as tx:
            theirs = models.Offer.id == offer_id, models.Offer.agent_id == agent_id
            offer = tx.scalars(select(models.Offer).where(*theirs)).one()
        if offer.state not in (Offer.OFFERED, Offer.RINGING):
            raise Refused("gone", "The caller is no longer offered to you.")
        rt.later(lambda: claim(rt, offer))
        return {"offer": offer.id, "account_sid": "", "call": offer.call_id}

    def claim(rt: Runtime, offer: models.Offer) -> None:
        with rt.write() as tx:
            taken = {"state": Waiting.CLAIMED, "agent_id": offer.agent_id, "generation": offer.generation + 1}
            tx.execute(update(models.Waiting).where(models.Waiting.id == offer.waiting_id).values(
                **taken, state_at=rt.now(), until_at=rt.now() + offers.CLAIM_SECONDS))  # fmt: skip
            tx.execute(update(models.Offer).where(models.Offer.id == offer.id).values(
                state=Offer.ACCEPTED, generation=offer.generation + 1))  # fmt: skip
            move(tx, rt, offer.agent_id, "claimed")

    patch.setattr(offers, "accept", accept)


def wrong_clock(centre: Centre) -> None:
    """One clock goes by its own machine, which is two hours behind."""
    centre.clocks[0].clock.is_off_by = -2 * HOURS


def nothing(rt: Runtime, patch: Patch) -> None:
    """What is wrong is in each life."""


def no_unique_index(rt: Runtime, patch: Patch) -> None:
    """The bug of the chaos tests."""
    planted.no_unique_index(_House(rt), patch)


def fence_before_the_send(rt: Runtime, patch: Patch) -> None:
    """The bug of the chaos tests."""
    planted.fence_before_the_send(_House(rt), patch)


def guest_hears_at_once(rt: Runtime, patch: Patch) -> None:
    """Who is asked comes into the room, and the caller is taken off hold as soon as that."""

    def let_in(
        tx: Session, rt: Runtime, call: models.Call, consult: models.Consult, leg_sid: str, **how: Any
    ) -> models.Participation | None:
        guest, owner = (
            guests.let_in(tx, rt, call, consult, leg_sid, **how),
            owner_of(tx, call.merchant_id, call.id),
        )
        if guest is not None and owner is not None:
            consults._unhold(tx, rt, call, owner)
        return guest

    for house in (consults, asking_numbers):
        patch.setattr(house, "let_in", let_in)


def listener_is_heard(rt: Runtime, patch: Patch) -> None:
    """A supervisor comes into the room like an agent."""

    def join(room: str, links: Links, *, leg_id: str, region: str | None = None) -> Fragment:
        return speak.join_as_agent(room, links, participation_id=leg_id, region=region)

    patch.setattr(speak, "join_silently", join)


@dataclass(frozen=True)
class _House:
    rt: Runtime


BUGS = (
    Bug(
        "no compare-and-set",
        r"UNIQUE constraint failed: offer\.(agent_id|merchant_id, offer\.waiting_id)",
        no_compare_and_set,
    ),
    Bug(
        "fence checked before the send",
        r"goes on without its leg|left on the line: \['client:us_",
        fence_before_the_send,
    ),
    Bug("no unique index", r"us_\w+ is available, bound by nothing or more", no_unique_index),
    Bug(
        "wrong clock",
        r"wt_\w+ is offered to us_\w+, who knows too little|us_\w+ writes for ever",
        nothing,
        wrong_clock,
    ),
)
OF_TALK_CONTROL = (  # rare in lives of chance: found in the first talk that is lived by hand
    Bug("a guest hears at once", r"hears the caller while consulting", guest_hears_at_once),
    Bug("a listener is heard", r"who listens is heard", listener_is_heard),
)
