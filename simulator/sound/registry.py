"""Which phones are there: let in by their token, registered by identity, gone when their token or socket is."""

import time
from collections.abc import Callable, Collection
from typing import Any

from simulator.sound.phone import Phone
from simulator.sound.protocol import Event, Registered
from simulator.sound.tokens import BadToken, Gate


class Registry:
    """Phones by identity. Only a token that allows incoming calls makes a phone ring (assumed)."""

    def __init__(self, gate: Gate, emit: Callable[[Event], None]) -> None:
        self._gate = gate
        self._emit = emit
        self._connected: set[Phone] = set()
        self._registered: dict[str, list[Phone]] = {}

    def of(self, identity: str) -> tuple[Phone, ...]:
        """The phones that ring for an identity."""
        return tuple(self._registered.get(identity, ()))

    def came(self, phone: Phone) -> None:
        """A socket was opened."""
        self._connected.add(phone)

    def left(self, phone: Phone) -> None:
        """A socket is gone."""
        phone.gone = True
        self._connected.discard(phone)
        self._enter(phone, on=False)

    def listen(self, phone: Phone, payload: Any) -> None:
        """The SDK's first word on a socket, said again with each new token."""
        now = time.time()
        try:
            grant = self._gate.check(str(payload.get("token", "")), now)
        except BadToken as error:
            self._turn_away(phone, error.code, error.message)
            return
        if phone.grant is not None and phone.grant.identity != grant.identity:
            self._enter(phone, on=False)
        phone.grant = grant
        phone.reconnect_seconds = _seconds(payload.get("reconnectTimeout"))
        token = {
            "identity": grant.identity,
            "ttl": int(grant.expires_at - now),
            "accountSid": grant.account_sid,
        }
        phone.tell("connected", {"region": "US_EAST_VIRGINIA", "token": token})

    def register(self, phone: Phone, *, on: bool) -> None:
        """The phone wants to be rung, or no longer."""
        self._enter(phone, on=on)
        phone.tell("ready" if on else "offline", {})

    def expire(self, in_calls: Collection[Phone | None]) -> None:
        """Turn away phones whose token has run out; a call is never interrupted."""
        for phone in self._connected:
            if phone.grant is not None and time.time() >= phone.grant.expires_at and phone not in in_calls:
                self._turn_away(phone, 20104, "Access Token expired")

    def _enter(self, phone: Phone, *, on: bool) -> None:
        if phone.grant is None:
            return
        identity = phone.grant.identity
        before = self._registered.get(identity, [])
        after = [other for other in before if other is not phone]
        if on and phone.grant.incoming:
            after.append(phone)
        self._registered[identity] = after
        if not after:
            del self._registered[identity]
        if bool(before) != bool(after):
            self._emit(Registered(identity, bool(after), phone.grant.phone))

    @staticmethod
    def _turn_away(phone: Phone, code: int, message: str) -> None:
        phone.tell("error", {"error": {"code": code, "message": message}})
        phone.tell("close")
        phone.close()


def _seconds(given: object) -> float:
    return float(given) if isinstance(given, int | float) else 0.0
