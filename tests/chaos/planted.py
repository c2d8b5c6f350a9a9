"""Ten bugs to plant in the product: each takes out what keeps one promise, at the place where it is kept.

The list is that of any contact centre that was built in a hurry; `test_planted.py` proves that the judge finds each.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, Protocol

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from panel.people import Viewer
from recordings import store_recording
from recordings import tickets as ticket_rows
from tests.chaos.town import TEAM, Town
from voice import agent_legs, models, signals, talks, turns
from voice.books import Books
from voice.calls import owner_of
from voice.legs import caller_gone
from voice.runtime import Runtime
from voice.states import AGENT_MOVES, Agent, Offer

Patch = pytest.MonkeyPatch
HOURS = 3600.0


class House(Protocol):
    """Whatever has a runtime to plant a bug in."""

    @property
    def rt(self) -> Runtime:
        """The product."""
        ...


@dataclass(frozen=True)
class Bug:
    """What is wrong with the build, what plants it, and the verdict that must find it."""

    name: str
    plant: Callable[[Town, Patch], None]
    verdict: str


def no_unique_index(house: House, patch: Patch) -> None:
    """Who has taken a caller counts as free, and no index refuses the second one."""
    _drop(house, "offer_one_live_per_agent", "participation_one_per_agent")
    patch.setitem(AGENT_MOVES, (Agent.RINGING, "claimed"), Agent.AVAILABLE)


def fence_before_the_send(house: House, patch: Patch) -> None:
    """Who has accepted is let in; that the claim is over since then is not looked at when the phone comes."""

    def talk_for(
        tx: Session, rt: Runtime, call: models.Call, offer_id: str, leg_sid: str
    ) -> models.Participation | None:
        offer = tx.get_one(models.Offer, (call.merchant_id, offer_id))
        if (talk := owner_of(tx, call.merchant_id, call.id)) is not None:
            return talk
        return talks.agent_arrives(tx, rt, call, offer, leg_sid) if offer.state == Offer.ACCEPTED else None

    patch.setattr(agent_legs, "_talk_for", talk_for)


def acknowledged_before_the_commit(town: Town, patch: Patch) -> None:
    """A turn is answered first and written afterwards, by a process that may die in between."""
    write = turns._with_effect

    def answer_first(rt: Runtime, story: turns.Story) -> bytes:
        rt.later(lambda: (write(rt, story), None)[1])
        return turns.write_down(rt, story)

    patch.setattr(turns, "_with_effect", answer_first)


def doorbell_alone(town: Town, patch: Patch) -> None:
    """Jobs are done when the doorbell rings; nobody looks into the outbox."""
    town.sweeps = False


def lease_by_the_local_clock(town: Town, patch: Patch) -> None:
    """The worker asks its own machine for the time, and that is two hours behind."""
    behind = SimpleNamespace(now=lambda: town.now - 2 * HOURS)
    town.workers_rt = replace(town.rt, clock=behind)


def erased_before_it_was_verified(town: Town, patch: Patch) -> None:
    """The carrier's copy of a recording is deleted as soon as it was fetched."""
    fetch = store_recording._fetch

    def fetch_and_erase(rt: Runtime, recording: models.Recording, file: Any) -> str:
        sha256 = fetch(rt, recording, file)
        account = town.sim.account
        address = f"/2010-04-01/Accounts/{account.sid}/Recordings/{recording.recording_sid}.json"
        town.sim.rest("DELETE", address, auth=(account.sid, account.auth_token))
        return sha256

    patch.setattr(store_recording, "_fetch", fetch_and_erase)


def ticket_without_a_key(town: Town, patch: Patch) -> None:
    """Whoever has something for a ticket writes one; neither a look nor an index says that there is one."""
    _drop(town, "ticket_once_per_call")
    patch.setattr(ticket_rows, "ticket_of", lambda *_: None)


def no_tenant_filter(town: Town, patch: Patch) -> None:
    """Whoever is signed in sees every merchant."""
    patch.setattr(Viewer, "merchants", property(lambda _self: tuple(TEAM)))


def late_event_overwrites(town: Town, patch: Patch) -> None:
    """A status that comes again ends the call again."""

    def end_again(tx: Session, rt: Runtime, call: models.Call, ended_at: float | None = None) -> None:
        call.ended_at = None
        caller_gone(tx, rt, call, ended_at)

    patch.setattr(signals, "caller_gone", end_again)


def flow_swapped(town: Town, patch: Patch) -> None:
    """A call goes on in the flow of now, not in the one that it began with."""
    pinned = Books.flow

    def newest(books: Books, merchant_id: str, _digest: str) -> Any:
        return pinned(books, merchant_id, books.page.shops[merchant_id].live_digest or "")

    patch.setattr(Books, "flow", newest)


BUGS = (
    Bug("no unique index", no_unique_index, "agent_in_two_talks"),
    Bug("fence checked before the send", fence_before_the_send, "caller_in_two_talks"),
    Bug("acknowledged before the commit", acknowledged_before_the_commit, "dropped"),
    Bug("doorbell only, no sweep", doorbell_alone, "missing_tickets"),
    Bug("lease by the local clock", lease_by_the_local_clock, "missing_tickets"),
    Bug("recording deleted before it was verified", erased_before_it_was_verified, "recordings_lost"),
    Bug("ticket without an idempotency key", ticket_without_a_key, "duplicate_tickets"),
    Bug("tenant filter dropped", no_tenant_filter, "crossed_merchants"),
    Bug("late event overwrites a terminal state", late_event_overwrites, "times_wrong"),
    Bug("flow swapped in the middle of a call", flow_swapped, "another_flow"),
)


def _drop(house: House, *indexes: str) -> None:
    with house.rt.write() as tx:
        for name in indexes:
            tx.execute(text(f"DROP INDEX {name}"))
