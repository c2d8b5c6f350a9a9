"""A leg at the carrier: where it is, what it hears, whom its address tells; and what may become of a webhook about it."""

import re
from dataclasses import dataclass
from enum import StrEnum

PATH = re.compile(r"/voice/([a-z-]+)/?([^#]*)")


class Place(StrEnum):
    """Where a leg is."""

    RINGING = "ringing"
    FLOW = "flow"
    ELSEWHERE = "elsewhere"  # with a number to which it was forwarded
    QUEUE = "queue"
    ROOM = "room"
    GONE = "gone"


@dataclass(eq=False)
class Leg:
    """One leg; `turn` grows with everything that interrupts what it hears, `action` is asked when its verb is over.

    `who` is a client's name or a number; `told` the address that hears how a leg of ours fares.
    """

    sid: str
    from_: str
    to: str
    place: Place = Place.FLOW
    room: str = ""
    is_held: bool = False
    turn: int = 0
    action: str = ""
    keys_to: str = ""
    wait: str = ""
    ended_at: float | None = None
    who: str = ""
    told: str = ""
    first: str = ""  # the document of a phone that is picked up
    ends_room: bool = False  # a customer's way of being in a room
    is_muted: bool = False
    coaches: str = ""  # the leg that alone hears this one


@dataclass
class Harm:
    """What becomes of the next webhook to these doors: it is lost, told twice, or late."""

    doors: tuple[str, ...]
    kind: str
    seconds: float = 0.0


def door_of(url: str) -> tuple[str, str]:
    """The product's door behind an address, and what follows its name."""
    found = PATH.search(url)
    assert found is not None, url
    return found[1], found[2]
