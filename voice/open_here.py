"""What is open in the database and ought to be open at the carrier: what the reconciler compares."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from voice import models
from voice.states import PARTICIPATION_LIVE, PHONE_RING_LIVE
from voice.store import Store

PIECE = 500  # values of one IN; SQLite takes 32,766


@dataclass(frozen=True)
class OpenHere:
    """The open legs and recordings of one account, by the carrier's ids."""

    calls: frozenset[str]
    agent_legs: frozenset[str]  # of agents, of whom they ask, and of phones that ring
    recordings: dict[str, str]  # and the call of each

    @property
    def legs(self) -> frozenset[str]:
        """Customers' and agents' legs together."""
        return self.calls | self.agent_legs


def look(store: Store, account_sid: str) -> OpenHere:
    """What is open at this moment; raises StoreAway."""
    of_call = (models.Call.merchant_id == models.Participation.merchant_id) & (
        models.Call.id == models.Participation.call_id
    )
    recording_of_call = (models.Call.merchant_id == models.Recording.merchant_id) & (
        models.Call.id == models.Recording.call_id
    )
    with store.read() as tx:
        return OpenHere(
            frozenset(
                tx.scalars(
                    select(models.Call.call_sid).where(
                        models.Call.ended_at.is_(None),
                        models.Call.account_sid == account_sid,
                        models.Call.call_sid != models.Call.id,  # it is still to be dialled
                    )
                )
            ),
            frozenset(
                tx.scalars(
                    select(models.Participation.leg_sid)
                    .join(models.Call, of_call)
                    .where(
                        models.Participation.state.in_(PARTICIPATION_LIVE),
                        models.Call.account_sid == account_sid,
                    )
                )
            )
            | _ringing_phones(tx, account_sid),
            {
                recording: call
                for recording, call in tx.execute(
                    select(models.Recording.recording_sid, models.Call.call_sid)
                    .join(models.Call, recording_of_call)
                    .where(
                        models.Recording.state == "in_progress", models.Recording.account_sid == account_sid
                    )
                )
            },
        )


def _ringing_phones(tx: Session, account_sid: str) -> frozenset[str]:
    """Ordinary phones that we ring, of which we know the leg."""
    of_call = (models.Call.merchant_id == models.PhoneRing.merchant_id) & (
        models.Call.id == models.PhoneRing.call_id
    )
    legs = tx.scalars(
        select(models.PhoneRing.leg_sid)
        .join(models.Call, of_call)
        .where(models.PhoneRing.state.in_(PHONE_RING_LIVE), models.Call.account_sid == account_sid)
    )
    return frozenset(leg for leg in legs if leg is not None)


def known_calls(store: Store, account_sid: str, sids: Iterable[str]) -> set[str]:
    """Those of these calls that have a row."""
    return _known(store, account_sid, sids, models.Call, models.Call.call_sid)


def known_recordings(store: Store, account_sid: str, sids: Iterable[str]) -> set[str]:
    """Those of these recordings that have a row."""
    return _known(store, account_sid, sids, models.Recording, models.Recording.recording_sid)


def _known(
    store: Store,
    account_sid: str,
    sids: Iterable[str],
    table: type[models.Call | models.Recording],
    column: InstrumentedAttribute[str],
) -> set[str]:
    found: set[str] = set()
    with store.read() as tx:
        for piece in _pieces(sids):
            found.update(
                tx.scalars(select(column).where(table.account_sid == account_sid, column.in_(piece)))
            )
    return found


def _pieces(values: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(sorted(values))
    while piece := list(islice(rest, PIECE)):
        yield piece
