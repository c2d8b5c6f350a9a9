"""Accounts and sub-accounts (twilio.com/docs/iam/api/account)."""

from __future__ import annotations

from typing import Any

from simulator.account import Account
from simulator.params import API_VERSION, rfc2822
from simulator.rest.answer import Request, RestError
from simulator.rest.filters import by_value
from simulator.rest.paging import page

STATES = ("active", "suspended", "closed")
SUBRESOURCES = (
    "applications",
    "calls",
    "conferences",
    "incoming_phone_numbers",
    "messages",
    "queues",
    "recordings",
    "transcriptions",
    "usage",
)


def index(request: Request) -> tuple[int, Any]:
    """The account that asks, and its sub-accounts."""
    found = [
        one for one in request.world.accounts.values() if one is request.account or _is_below(request, one)
    ]
    found = by_value(request, "FriendlyName", found, lambda account: account.friendly_name)
    found = by_value(request, "Status", found, lambda account: account.status)
    return page(request, "accounts", found, render)


def create(request: Request) -> tuple[int, Any]:
    """A sub-account has a token of its own; the parent's credentials open it as well."""
    owner, world = request.account, request.world
    if owner.owner is not None:
        raise RestError(400, 20422, "A sub-account cannot have sub-accounts")
    made = Account(
        sid=world.mint.sid("AC"),
        auth_token=world.mint.secret(),
        friendly_name=request.one("FriendlyName") or "SubAccount Created at " + rfc2822(world.now),
        calls_per_second=owner.calls_per_second,
        seed=world.mint.random.getrandbits(32),
        owner=owner,
    )
    made.created_at = made.updated_at = world.now
    world.add_account(made)
    return 201, render(made)


def fetch(request: Request) -> tuple[int, Any]:
    return 200, render(request.account)


def update(request: Request) -> tuple[int, Any]:
    """FriendlyName, or Status: suspended accounts do nothing until they are active again; closed ones never."""
    account, status = request.account, request.one("Status")
    if status is not None:
        if status not in STATES:
            raise RestError(400, 20422, f"Status must be one of {', '.join(STATES)}, not {status!r}")
        if account.owner is None:
            raise RestError(400, 20422, "The status of the main account cannot be changed through the API")
        if account.status == "closed":
            raise RestError(400, 20005, "A closed account cannot be opened again")
        account.status = status
    account.friendly_name = request.one("FriendlyName") or account.friendly_name
    account.updated_at = request.world.now
    return 200, render(account)


def render(account: Account) -> dict[str, Any]:
    uri = f"/{API_VERSION}/Accounts/{account.sid}"
    return {
        "auth_token": account.auth_token,
        "date_created": rfc2822(account.created_at),
        "date_updated": rfc2822(account.updated_at),
        "friendly_name": account.friendly_name,
        "owner_account_sid": (account.owner or account).sid,
        "sid": account.sid,
        "status": account.status,
        "subresource_uris": {name: f"{uri}/{_camel(name)}.json" for name in SUBRESOURCES},
        "type": "Full",
        "uri": uri + ".json",
    }


def _is_below(request: Request, account: Account) -> bool:
    return account.owner is request.account


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
