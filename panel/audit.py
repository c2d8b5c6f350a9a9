"""Who did what: a row for each change of accounts, teams and merchants, and for each recording that was played.

Rows are only added, in the transaction of what they tell of: what was done is told, what failed is not.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from voice.models import Audit, Membership, User
from voice.upsert import insert


class Did(StrEnum):
    """What is told of, as it is stored."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    SESSIONS_ENDED = "sessions_ended"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    PASSWORD_RESET = "password_reset"  # noqa: S105
    ROLE_GIVEN = "role_given"
    ROLE_TAKEN = "role_taken"
    PHONE_SET = "phone_set"
    CALLS_MOVED = "calls_moved"
    SHIFT_STARTED = "shift_started"
    SHIFT_ENDED = "shift_ended"
    TEAM_ADDED = "team_added"
    TEAM_RENAMED = "team_renamed"
    TEAM_REMOVED = "team_removed"
    TEAM_JOINED = "team_joined"
    TEAM_LEFT = "team_left"
    QUEUE_SERVED = "queue_served"
    QUEUE_UNSERVED = "queue_unserved"
    MERCHANT_ADDED = "merchant_added"
    MERCHANT_DISABLED = "merchant_disabled"
    MERCHANT_ENABLED = "merchant_enabled"
    RECORDING_PLAYED = "recording_played"
    TALK_LISTENED = "talk_listened"
    TALK_COACHED = "talk_coached"
    TALK_BARGED = "talk_barged"
    TALK_LEFT = "talk_left"  # written where it is noticed: voice/supervising.py
    STATE_SET = "state_set"
    WORK_ENDED = "work_ended"
    CALLER_MOVED = "caller_moved"
    CALLBACK_CANCELLED = "callback_cancelled"


SENTENCES = {
    Did.SIGNED_IN: "signed in",
    Did.SIGNED_OUT: "signed out",
    Did.SESSION_ENDED: "ended a session of",
    Did.SESSIONS_ENDED: "ended the sessions of",
    Did.ACCOUNT_ADDED: "added the account",
    Did.ACCOUNT_DISABLED: "disabled the account",
    Did.ACCOUNT_ENABLED: "enabled the account",
    Did.PASSWORD_CHANGED: "changed the own password",
    Did.PASSWORD_RESET: "made a new password for",
    Did.ROLE_GIVEN: "gave a role to",
    Did.ROLE_TAKEN: "took the role of",
    Did.PHONE_SET: "set the phone of",
    Did.CALLS_MOVED: "chose where calls come for",
    Did.SHIFT_STARTED: "started the shift of",
    Did.SHIFT_ENDED: "ended the shift of",
    Did.TEAM_ADDED: "added the team",
    Did.TEAM_RENAMED: "renamed the team",
    Did.TEAM_REMOVED: "removed the team",
    Did.TEAM_JOINED: "put into a team",
    Did.TEAM_LEFT: "took out of a team",
    Did.QUEUE_SERVED: "gave a queue to the team",
    Did.QUEUE_UNSERVED: "took a queue from the team",
    Did.MERCHANT_ADDED: "added the merchant",
    Did.MERCHANT_DISABLED: "disabled the merchant",
    Did.MERCHANT_ENABLED: "enabled the merchant",
    Did.RECORDING_PLAYED: "played a recording of ticket",
    Did.TALK_LISTENED: "listens to the call",
    Did.TALK_COACHED: "coaches the agent in the call",
    Did.TALK_BARGED: "speaks to both in the call",
    Did.TALK_LEFT: "left the call",
    Did.STATE_SET: "set the state of",
    Did.WORK_ENDED: "ended the work of",
    Did.CALLER_MOVED: "moved the caller of the call",
    Did.CALLBACK_CANCELLED: "took the callback off the list that was asked for in the call",
}
OF_ONESELF = frozenset({Did.SIGNED_IN, Did.SIGNED_OUT, Did.PASSWORD_CHANGED})


@dataclass(frozen=True)
class By:
    """Who does something: somebody signed in, from an address; or whoever is at the machine's shell."""

    name: str
    user_id: str = ""
    address: str = ""


@dataclass(frozen=True)
class Deed:
    """A row as lists show it."""

    at: float
    merchant: str
    by: str
    address: str
    kind: str
    about: str
    detail: str

    @property
    def sentence(self) -> str:
        """What was done, to be read after the name; a kind of a newer program as it is."""
        text = SENTENCES[Did(self.kind)] if self.kind in SENTENCES else self.kind
        about = "" if self.kind in OF_ONESELF else f" {self.about}"
        return f"{text}{about}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True)
class Hand:
    """A transaction in somebody's hands: what they do in it is told with it."""

    tx: Session
    by: By
    at: float

    def tell(self, did: Did, merchant_id: str, about: str = "", detail: str = "") -> None:
        """What was done at a merchant."""
        self.tx.add(Audit(**self._row(did, merchant_id, about, detail)))

    def tell_of(self, did: Did, user: User, detail: str = "") -> None:
        """What concerns an account as a whole is told to each merchant where it has a role; to none if it has none."""
        roles = select(Membership.merchant_id).where(Membership.user_id == user.id)
        for merchant_id in self.tx.scalars(roles).all() or [""]:
            self.tell(did, merchant_id, user.email, detail)

    def tell_once(self, did: Did, merchant_id: str, about: str, detail: str, once: str) -> None:
        """The same, unless a row with this `once` is there already."""
        row = insert(self.tx, Audit).values(once=once, **self._row(did, merchant_id, about, detail))
        self.tx.execute(row.on_conflict_do_nothing())

    def _row(self, did: Did, merchant_id: str, about: str, detail: str) -> dict[str, Any]:
        return {
            "merchant_id": merchant_id, "at": self.at, "kind": did.value, "about": about[:254], "detail": detail,
            "by_id": self.by.user_id, "by_name": self.by.name, "address": self.by.address[:64],
        }  # fmt: skip


def deeds(
    tx: Session, merchants: Collection[str] | None, *, about: str = "", kinds: Collection[str] = (),
    since: float = 0.0, page: int = 1, size: int = 100,
) -> list[Deed]:  # fmt: skip
    """What was done at these merchants, the latest first; None: everywhere. `about` is a whole address, team or ticket."""
    asked = select(Audit).where(Audit.at >= since).order_by(Audit.id.desc())
    if merchants is not None:
        asked = asked.where(Audit.merchant_id.in_(merchants))
    if about:
        asked = asked.where(Audit.about == about)
    if kinds:
        asked = asked.where(Audit.kind.in_(kinds))
    rows = tx.scalars(asked.limit(size).offset((page - 1) * size))
    return [
        Deed(row.at, row.merchant_id, row.by_name, row.address, row.kind, row.about, row.detail)
        for row in rows
    ]
