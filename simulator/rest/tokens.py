"""Short-lived credentials for TURN servers (twilio.com/docs/stun-turn/api)."""

from __future__ import annotations

from typing import Any

from simulator.params import rfc2822
from simulator.rest.answer import Request

DAY_SECONDS = 86_400
STUN = "stun:global.stun.twilio.com:3478"
TURN = (
    "turn:global.turn.twilio.com:3478?transport=udp",
    "turn:global.turn.twilio.com:3478?transport=tcp",
    "turn:global.turn.twilio.com:443?transport=tcp",
)


def create(request: Request) -> tuple[int, Any]:
    """Twilio's own servers stand in the answer; these credentials do not open them."""
    world = request.world
    username, password = world.mint.secret() * 2, world.mint.secret()
    now = rfc2822(world.now)
    servers: list[dict[str, str]] = [{"url": STUN, "urls": STUN}]
    servers += [{"url": url, "urls": url, "username": username, "credential": password} for url in TURN]
    return 201, {
        "account_sid": request.account.sid,
        "date_created": now,
        "date_updated": now,
        "ice_servers": servers,
        "password": password,
        "ttl": str(request.whole("Ttl", DAY_SECONDS, 1, DAY_SECONDS, 20422)),
        "username": username,
    }
