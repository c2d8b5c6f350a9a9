"""Browser legs without sound: an access token opens a leg, as the Voice SDK's connect would.

POST connect {token, params}, POST hangup {token, call_sid}, GET calls/<sid>?token=.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from simulator.sound.tokens import BadToken, Gate, Grant

if TYPE_CHECKING:
    from simulator.legs import Leg
    from simulator.world import World


class Refused(Exception):
    """What the browser is told: HTTP status, Twilio's signalling code, a sentence."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class Signalling:
    """Legs of browsers, each known to the identity that opened it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._gate = Gate()

    def connect(self, form: Mapping[str, str]) -> dict[str, str]:
        """The new leg's sid; the application's VoiceUrl is asked with the params as fields of their own."""
        grant = self._grant(form)
        account = self._world.accounts[grant.account_sid]
        if not grant.app_sid or grant.app_sid not in account.applications:
            raise Refused(403, 31001, "the token names no application of this account to connect to")
        params = dict(parse_qsl(form.get("params", ""), keep_blank_values=True))
        leg = self._world.exchange.from_client(account, grant.identity, grant.app_sid, params)
        return {"call_sid": leg.sid}

    def hangup(self, form: Mapping[str, str]) -> dict[str, str]:
        leg = self._own_leg(form, form.get("call_sid", ""))
        self._world.exchange.hang_up(leg, "the browser hung up")
        return {"status": str(leg.status)}

    def status(self, form: Mapping[str, str], call_sid: str) -> dict[str, str]:
        return {"status": str(self._own_leg(form, call_sid).status)}

    def _own_leg(self, form: Mapping[str, str], call_sid: str) -> Leg:
        grant = self._grant(form)
        leg = self._world.legs.get(call_sid)
        if leg is None or leg.account.sid != grant.account_sid or leg.from_ != f"client:{grant.identity}":
            raise Refused(404, 31404, "no call of this browser has that sid")
        return leg

    def _grant(self, form: Mapping[str, str]) -> Grant:
        token = form.get("token", "")
        if not token:
            raise Refused(401, 31102, "Authorization token missing in request")
        for account in self._world.accounts.values():
            self._gate.admit(account.sid, account.api_keys)
        try:
            grant = self._gate.check(token, self._world.now)
        except BadToken as error:
            raise Refused(401, error.code, error.message) from None
        if grant.account_sid not in self._world.accounts:
            raise Refused(401, 31203, "No valid account")
        return grant
