"""Test credentials: nothing happens, and magic numbers say what would (twilio.com/docs/iam/test-credentials).

The mapping of numbers to codes is assumed in part (magic-numbers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.account import Account
from simulator.clock import VirtualClock
from simulator.rest.answer import Request, RestError

if TYPE_CHECKING:
    from simulator.rest.server import Handler
    from simulator.world import World

GOOD = "+15005550006"
_CALL_FROM = {"+15005550001": 21212}
_CALL_TO = {"+15005550001": 21217, "+15005550002": 21214, "+15005550003": 21215, "+15005550004": 21216}
_TEXT_FROM = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
_TEXT_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
_BOUGHT = {"+15005550000": 21422, "+15005550001": 21421}
MAGIC: Mapping[str, Mapping[str, Mapping[str, int]]] = {
    "/Calls.json": {"From": _CALL_FROM, "To": _CALL_TO},
    "/Messages.json": {"From": _TEXT_FROM, "To": _TEXT_TO},
    "/IncomingPhoneNumbers.json": {"PhoneNumber": _BOUGHT},
}


def answer(request: Request, path: str, handler: Handler) -> tuple[int, Any]:
    """What the real resource would say, made in a world that nobody looks at."""
    if request.method != "POST" or path not in MAGIC:
        raise RestError(403, 20008, "Resource not accessible with Test Account Credentials")
    for name, numbers in MAGIC[path].items():
        code = numbers.get(request.one(name) or "")
        if code is not None:
            raise RestError(400, code, f"{name} {request.one(name)} is a magic number for this error")
    if path == "/IncomingPhoneNumbers.json":
        return handler(replace(request, world=_nowhere(request), account=_account(request, owns=False)))
    return handler(replace(request, world=_nowhere(request), account=_account(request, owns=True)))


def _account(request: Request, *, owns: bool) -> Account:
    account = Account(request.account.test_sid, request.account.test_token)
    if owns:
        account.add_number(GOOD)
    return account


def _nowhere(request: Request) -> World:
    """A world whose time never passes, so that nothing that is begun in it happens."""
    world = type(request.world)(VirtualClock(request.world.now), 0, request.world.base_url)
    world.mint = request.world.mint
    return world
