"""Connects a real number: the account is kept sealed, the application and the queue are made, the number is set.

The settings that a number had are kept in a file beside, so that `--undo` brings them back.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from callflows.files import check_files
from callflows.flow import Flow
from voice import connect_carrier, models
from voice.books import Account
from voice.carrier_faults import CarrierRefused
from voice.connect_plan import Difference, Settings, differences, wanted_settings
from voice.connect_secrets import Given
from voice.links import Links
from voice.phrases import phrase
from voice.publish import publish, readable_flows
from voice.runtime import Runtime
from voice.seeding import adopt_merchant
from voice.speak import retry_later, say
from voice.turns import queue_name
from voice.vault import AccountSecrets, seal_secrets

AGAIN_SECONDS = (
    2  # with the words less than BRIDGE_SECONDS: an agent who waits at the fence meets who comes back
)


class NotConnected(RuntimeError):
    """The number cannot be connected; says why and the way out."""


@dataclass(frozen=True)
class Plan:
    """What connecting a number would change."""

    e164: str
    flow: Flow
    account: Account
    number: connect_carrier.NumberThere
    changes: tuple[Difference, ...]


def flow_of(rt: Runtime, e164: str) -> Flow:
    """The flow file that answers a number; raises NotConnected."""
    for flow in readable_flows(rt.settings.flows_dir):
        if e164 in flow.numbers:
            return flow
    raise NotConnected(
        f"no flow in {rt.settings.flows_dir} answers {e164}; write it under `numbers:` of a merchant's file, "
        f"then: ringdesk flows check {rt.settings.flows_dir}"
    )


def account_given(given: Given) -> Account:
    """An account as it was typed, before it is kept."""
    secrets = AccountSecrets((given.auth_token,), given.api_key_secret)
    return Account("", given.account_sid, secrets, given.api_key_sid, "", given.region, given.edge)


def plan(rt: Runtime, e164: str, flow: Flow, account: Account, fallback_url: str) -> Plan:
    """Look at the number and say what differs; changes nothing. Raises NotConnected and CarrierAway."""
    try:
        number = connect_carrier.find_number(rt.carrier, account, e164)
    except CarrierRefused as refused:
        raise NotConnected(
            f"Twilio refuses this account ({refused}); look at Account SID, API key SID and API key secret: "
            "the key must belong to this very account, not to its parent"
        ) from None
    if number is None:
        raise NotConnected(
            f"the account {account.account_sid} has no number {e164}; buy it in Twilio's console "
            "(Phone Numbers > Buy a number), or give the account that has it"
        )
    return Plan(
        e164, flow, account, number, differences(number.settings, wanted_settings(rt.links, fallback_url))
    )


def carry_out(rt: Runtime, plan: Plan, memory: "Memory", fallback_url: str) -> None:
    """Keep the account, make what it needs, remember the old settings, and set the number."""
    app_sid = connect_carrier.ready_app(rt.carrier, plan.account, rt.links)
    connect_carrier.ready_queue(rt.carrier, plan.account, queue_name(plan.flow.merchant))
    account_id = _keep_account(rt, plan.account, app_sid)
    adopt_merchant(rt, plan.flow, account_id)
    for file in check_files([rt.settings.flows_dir]):
        if file.flow is not None and file.flow.merchant == plan.flow.merchant:
            publish(rt, file.path, "connect")
    rt.books.refresh()
    before = {one.name: one.now for one in plan.changes}
    memory.remember(plan.e164, plan.account.account_sid, before, fallback_url)
    if plan.changes:
        wanted = {one.name: one.wanted for one in plan.changes}
        connect_carrier.change_number(rt.carrier, plan.account, plan.number.sid, wanted)


def undo(rt: Runtime, e164: str, memory: "Memory") -> Settings:
    """Bring back the settings that a number had before it was first connected; which they are."""
    kept = memory.of(e164)
    account = rt.books.page.by_sid.get(str(kept.get("account_sid", "")))
    before: Settings = kept.get("before", {})
    if account is None or not before:
        raise NotConnected(f"nothing is remembered of {e164} in {memory.folder}; was it connected from here?")
    number = connect_carrier.find_number(rt.carrier, account, e164)
    if number is None:
        raise NotConnected(f"the account {account.account_sid} no longer has the number {e164}")
    connect_carrier.change_number(rt.carrier, account, number.sid, before)
    memory.forget(e164)
    return before


def fallback_document(flow: Flow, links: Links) -> bytes:
    """What callers hear when this installation is down, and how they come back: TwiML to be uploaded to another host."""
    words = say(phrase("away", flow.language), flow.language, flow.voice)
    return retry_later(links.again(), words=words, seconds=AGAIN_SECONDS)


class Memory:
    """A folder with one file for each number: the settings it had, and the fallback address it was given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, e164: str) -> dict[str, Any]:
        """What is remembered of a number; nothing: an empty one."""
        try:
            kept: dict[str, Any] = json.loads(self._file(e164).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return kept

    def remember(self, e164: str, account_sid: str, before: Settings, fallback_url: str) -> None:
        """Keep what a number had; of a second connecting only what the first did not change."""
        kept = {
            "account_sid": account_sid,
            "fallback_url": fallback_url,
            "before": before | self.of(e164).get("before", {}),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file(e164).write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")

    def forget(self, e164: str) -> None:
        """It is as it was."""
        self._file(e164).unlink(missing_ok=True)

    def _file(self, e164: str) -> Path:
        return self.folder / f"{e164.removeprefix('+')}.json"


def _keep_account(rt: Runtime, account: Account, app_sid: str) -> str:
    table = models.TwilioAccount
    with rt.write() as tx:
        row = tx.scalar(select(table).where(table.account_sid == account.account_sid))
        if row is None:
            row = table(id="main" if tx.get(table, "main") is None else account.account_sid)
            tx.add(row)
        row.account_sid, row.api_key_sid, row.app_sid = account.account_sid, account.api_key_sid, app_sid
        row.region, row.edge = account.region, account.edge
        row.secrets_sealed = seal_secrets(account.secrets, rt.settings.secret_text, account.account_sid)
        return row.id
