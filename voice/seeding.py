"""Merchants from their flow files, with numbers, queues and the account they are reached by."""

import json
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete

from callflows.flow import Flow
from voice import models
from voice.publish import publish_folder, readable_flows
from voice.runtime import Runtime
from voice.vault import AccountSecrets, seal_secrets


class NotSeeded(RuntimeError):
    """The seed cannot be sown; says why."""


@dataclass(frozen=True)
class Seeded:
    """A merchant that can be called."""

    id: str
    name: str
    numbers: tuple[str, ...]
    queues: tuple[str, ...]


def seed_merchants(rt: Runtime, account_file: Path) -> tuple[Seeded, ...]:
    """Make or update every merchant in the flows folder; raises FlowFaults or NotSeeded. May be run again."""
    account_id = seed_account(rt, account_file)
    sown = [adopt_merchant(rt, flow, account_id) for flow in readable_flows(rt.settings.flows_dir)]
    publish_folder(rt, rt.settings.flows_dir)
    rt.books.refresh()
    return tuple(sown)


def seed_account(rt: Runtime, file: Path) -> str:
    """Keep the account of a JSON file, its secrets sealed; its id."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        secrets = AccountSecrets((told["auth_token"],), told["api_key_secret"])
        sid, api_key_sid, app_sid = told["account_sid"], told["api_key_sid"], told["app_sid"]
    except (OSError, ValueError, KeyError) as error:
        raise NotSeeded(f"{file} is no account file ({type(error).__name__}: {error})") from error
    with rt.write() as tx:
        row = tx.get(models.TwilioAccount, "main") or models.TwilioAccount(id="main")
        row.account_sid, row.api_key_sid, row.app_sid = sid, api_key_sid, app_sid
        row.secrets_sealed = seal_secrets(secrets, rt.settings.secret_text, sid)
        tx.add(row)
    return "main"


def adopt_merchant(rt: Runtime, flow: Flow, account_id: str) -> Seeded:
    """Make or update the merchant of a flow, reached by this account under the flow's numbers."""
    with rt.write() as tx:
        merchant = tx.get(models.Merchant, flow.merchant)
        if merchant is None:
            tx.add(
                models.Merchant(
                    id=flow.merchant,
                    name=flow.name,
                    timezone=flow.timezone,
                    twilio_account_id=account_id,
                    live_digest=None,
                )
            )
        else:
            merchant.twilio_account_id = account_id
        tx.execute(delete(models.Number).where(models.Number.merchant_id == flow.merchant))
        for number in flow.numbers:
            tx.add(models.Number(merchant_id=flow.merchant, e164=number, twilio_account_id=account_id))
    return Seeded(flow.merchant, flow.name, flow.numbers, tuple(flow.queues))
