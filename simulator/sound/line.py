"""A browser's call: which phone holds it, over which connection, and in which state."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from simulator.sound.inbox import Inbox
from simulator.sound.leg import Leg
from simulator.sound.peer import Peer
from simulator.sound.phone import Phone

PATIENCE_SECONDS: Final = 2.0  # neither socket nor sound for so long: gone, unless the SDK asked for longer
LOST_SOUND_SECONDS: Final = 35.0  # the SDK restarts ICE after about 6 s, and aioice gives up after about 33 s
LOST_SOCKET_SECONDS: Final = 60.0  # the SDK tries for up to 30 s by itself


class LineState(StrEnum):
    """Where a browser's call stands."""

    CALLING = "calling"  # the browser called, we have not answered
    RINGING = "ringing"  # we ring phones, none has answered
    OPEN = "open"
    ENDED = "ended"


@dataclass(eq=False)
class Line:
    """`name` is the SDK's temporary id until the kernel has named the leg."""

    name: str
    identity: str
    leg: Leg
    state: LineState
    pressed: Callable[[str], None]
    phone: Phone | None = None
    peer: Peer | None = None
    answer_sdp: str = ""
    ringing: dict[Phone, Peer] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    reconnect: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    socket_lost_at: float | None = None
    reconnect_seconds: float = 0.0

    def new_peer(self) -> Peer:
        """A fresh connection; it becomes the call's by `take_peer`."""
        return Peer(Inbox(), self.pressed)

    def take_peer(self, peer: Peer) -> Peer | None:
        """Speak and hear over this connection from now on; the one before is given back to be closed."""
        before, self.peer = self.peer, peer
        self.leg.inbox, self.leg.send = peer.inbox, peer.send
        return before

    def vanished(self, now: float) -> bool:
        """Whether the browser is gone (`now` is monotonic)."""
        silent = now - self.peer.heard_at if self.peer is not None else 0.0
        lost = now - self.socket_lost_at if self.socket_lost_at is not None else None
        return is_gone(self.state, silent, lost, max(PATIENCE_SECONDS, self.reconnect_seconds))


def is_gone(state: LineState, silent: float, lost: float | None, patience: float) -> bool:
    """Whether a browser without sound for `silent` seconds, and without socket for `lost`, will not come back.

    A socket that dropped while sound flows is only reconnecting; sound that stopped while the socket stands is being
    restarted by the SDK. Before the answer there is no sound to miss.
    """
    match state:
        case LineState.CALLING:
            return lost is not None and lost > patience
        case LineState.OPEN:
            if lost is None:
                return silent > LOST_SOUND_SECONDS
            return lost > LOST_SOCKET_SECONDS or min(lost, silent) > patience
        case _:
            return False
