"""Accounts, numbers and flow versions, held in memory by every process and looked up again each second.

The numbers of a disabled merchant are not among them: whoever dials one hears what an unknown number says.

While SQL is away what is held goes on serving, however old.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from callflows.flow import Flow
from callflows.read import read_flow
from voice import models
from voice.signature import Secrets
from voice.store import Store
from voice.vault import AccountSecrets, open_secrets

_A, _M, _N, _D = models.TwilioAccount, models.Merchant, models.Number, models.FlowDraft

# What is looked up each second, in columns: mostly it is as it was, and then nothing is made of it.
_BOOKS: Final = (
    select(_A.id, _A.account_sid, _A.secrets_sealed, _A.api_key_sid, _A.app_sid, _A.region, _A.edge),
    select(_M.id, _M.name, _M.timezone, _M.twilio_account_id, _M.live_digest),
    select(_N.e164, _N.merchant_id, _N.twilio_account_id)
    .join(_M, _M.id == _N.merchant_id)
    .where(_M.disabled_at.is_(None)),
    select(_D.e164, _D.merchant_id, _D.digest),
)
# The versions of calls that go on: a process that begins now has not met them.
_PINNED: Final = (
    select(models.Call.merchant_id, models.Call.flow_digest).where(models.Call.ended_at.is_(None)).distinct()
)

_TEXTS: Final = select(
    models.FlowVersion.merchant_id, models.FlowVersion.digest, models.FlowVersion.text
).where(models.FlowVersion.digest.in_(bindparam("digests", expanding=True)))
FETCHED_AT_ONCE = 500

Rows = Sequence[Row[Any]]
Version = tuple[str, str]  # merchant, digest


@dataclass(frozen=True)
class Account:
    """An account at the carrier, with its secrets opened."""

    id: str
    account_sid: str
    secrets: AccountSecrets = field(repr=False)
    api_key_sid: str
    app_sid: str
    region: str
    edge: str

    @cached_property
    def signing(self) -> Secrets:
        """What may sign its webhooks."""
        return Secrets(self.secrets.auth_tokens, tuple(self.secrets.shared_keys.items()))


@dataclass(frozen=True)
class Shop:
    """A merchant as the voice path knows it."""

    id: str
    name: str
    timezone: str
    account_id: str
    live_digest: str | None


@dataclass(frozen=True)
class Page:
    """One consistent look at the books."""

    accounts: dict[str, Account] = field(default_factory=dict)  # by id
    by_sid: dict[str, Account] = field(default_factory=dict)
    shops: dict[str, Shop] = field(default_factory=dict)
    numbers: dict[str, tuple[str, str]] = field(default_factory=dict)  # E.164 -> merchant, account id
    drafts: dict[str, tuple[str, str]] = field(default_factory=dict)  # E.164 -> merchant, digest


class NoSuchFlow(LookupError):
    """A flow version that the database does not hold."""


class Books:
    """The present page and the flows; replaced whole by `refresh`, so readers need no lock."""

    def __init__(self, store: Store, secret_key: str) -> None:
        self._store, self._secret_key = store, secret_key
        self._texts: dict[Version, str] = {}
        self._flows: dict[Version, Flow] = {}
        self._opened: dict[bytes, Account] = {}
        self._seen: tuple[Rows, ...] = ()
        self.page = Page()

    def refresh(self) -> None:
        """Look again; raises StoreAway and keeps the old page when SQL cannot be read."""
        with self._store.read() as tx:
            seen = tuple(tx.execute(question).all() for question in _BOOKS)
            if seen == self._seen:
                return
            page = self._page_of(*seen)
            live = {(shop.id, shop.live_digest) for shop in page.shops.values() if shop.live_digest}
            pinned = {(merchant_id, digest) for merchant_id, digest in tx.execute(_PINNED)}
            self._fetch(tx, (live | set(page.drafts.values()) | pinned) - self._texts.keys())
        self.page, self._seen = page, seen

    def _page_of(self, accounts: Rows, shops: Rows, numbers: Rows, drafts: Rows) -> Page:
        opened = [self._open(row) for row in accounts]
        answering = {row.e164: (row.merchant_id, row.twilio_account_id) for row in numbers}
        return Page(
            {one.id: one for one in opened},
            {one.account_sid: one for one in opened},
            {
                row.id: Shop(row.id, row.name, row.timezone, row.twilio_account_id, row.live_digest)
                for row in shops
            },
            answering,
            {
                row.e164: (row.merchant_id, row.digest)
                for row in drafts
                if answering.get(row.e164, ("",))[0] == row.merchant_id
            },
        )

    def live_flow(self, merchant_id: str) -> Flow | None:
        """The flow that a new call of this merchant gets."""
        shop = self.page.shops.get(merchant_id)
        return self.flow(merchant_id, shop.live_digest) if shop and shop.live_digest else None

    def answering(self, number: str) -> Flow | None:
        """The flow that answers a number (E.164): a draft where one is to be heard, else the live one."""
        merchant_id, _ = self.page.numbers.get(number, ("", ""))
        draft = self.page.drafts.get(number)
        return self.flow(*draft) if draft else self.live_flow(merchant_id)

    def flow(self, merchant_id: str, digest: str) -> Flow:
        """The version that a call began with; from SQL when this process has not met it yet.

        It is read when somebody needs it first: with thousands of merchants a process that begins would take minutes,
        and a version that cannot be read is the trouble of its own merchant only.
        """
        version = merchant_id, digest
        flow = self._flows.get(version)
        if flow is None:
            if version not in self._texts:
                with self._store.read() as tx:
                    self._fetch(tx, {version})
            if version not in self._texts:
                raise NoSuchFlow(f"merchant {merchant_id} has no flow version {digest[:12]}")
            flow = self._flows[version] = read_flow(self._texts[version], f"{merchant_id}@{digest[:12]}")
        return flow

    def account_of(self, merchant_id: str) -> Account:
        """The account under which a merchant's calls run."""
        return self.page.accounts[self.page.shops[merchant_id].account_id]

    def _fetch(self, tx: Session, versions: Collection[Version]) -> None:
        """The texts of these versions, as far as SQL has them; some hundred with each question."""
        ordered = sorted(versions)
        for start in range(0, len(ordered), FETCHED_AT_ONCE):
            part = ordered[start : start + FETCHED_AT_ONCE]
            rows = tx.execute(_TEXTS, {"digests": [digest for _, digest in part]})
            found = {(row.merchant_id, row.digest): row.text for row in rows}
            self._texts |= {version: found[version] for version in part if version in found}

    def _open(self, row: Row[Any]) -> Account:
        known = self._opened.get(row.secrets_sealed)
        said = (row.account_sid, row.app_sid, row.api_key_sid, row.region, row.edge)
        if known and (known.account_sid, known.app_sid, known.api_key_sid, known.region, known.edge) == said:
            return known
        secrets = open_secrets(row.secrets_sealed, self._secret_key, row.account_sid)
        account = Account(
            row.id, row.account_sid, secrets, row.api_key_sid, row.app_sid, row.region, row.edge
        )
        self._opened[row.secrets_sealed] = account
        return account
