"""A conference as a thing: who sits in it, how they take part, and who hears whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from simulator.account import Account
from simulator.kernel import Signal, Task
from simulator.legs import Callback, Leg
from simulator.recordings import Order
from simulator.twiml.document import Document

MOST_PARTICIPANTS = 250


class ConferenceStatus(StrEnum):
    INIT = "init"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"


@dataclass(frozen=True)
class Terms:
    """How one participant takes part."""

    label: str = ""
    muted: bool = False
    beep: str = "true"
    starts: bool = True
    ends: bool = False
    wait: Callback | None = None
    waits_with_music: bool = True
    coaches: str = ""
    most: int = MOST_PARTICIPANTS
    callback: Callback | None = None


@dataclass(eq=False)
class Seat:
    """A leg in a conference; `left` fires with the reason when it is out."""

    leg: Leg
    conference: Conference
    terms: Terms
    joined_at: float
    updated_at: float
    document: Document
    muted: bool = False
    hold: bool = False
    ends: bool = False
    coaching: bool = False
    coaches: str = ""
    beep_on_exit: bool = False
    left: Signal[str] = field(default_factory=Signal)
    sound: Task[Any] | None = None
    hearing: tuple[str, ...] | None = None

    def listeners(self, leg: Leg) -> list[Leg]:
        return self.conference.listeners(self)


@dataclass(frozen=True)
class Expected:
    """A leg that REST calls into the room and that has not answered yet, and how it will take part."""

    leg: Leg
    terms: Terms


@dataclass(eq=False)
class Conference:
    """A conference resource; of one name at most one is not completed."""

    sid: str
    account: Account
    friendly_name: str
    created_at: float
    updated_at: float
    callback: Callback | None
    region: str = "us1"
    status: ConferenceStatus = ConferenceStatus.INIT
    seats: dict[str, Seat] = field(default_factory=dict)
    expected: dict[str, Expected] = field(default_factory=dict)
    sequence: int = 0
    ended_reason: str | None = None
    ended_by: str | None = None
    to_record: Order | None = None

    @property
    def is_over(self) -> bool:
        return self.status is ConferenceStatus.COMPLETED

    def seat(self, call_sid_or_label: str) -> Seat | None:
        found = self.seats.get(call_sid_or_label)
        if found is not None:
            return found
        return next((seat for seat in self.seats.values() if seat.terms.label == call_sid_or_label), None)

    def voices(self, hearer: Seat) -> tuple[str, ...]:
        """The calls that this participant hears."""
        return tuple(
            seat.leg.sid for seat in self.seats.values() if seat is not hearer and self._hears(hearer, seat)
        )

    def listeners(self, speaker: Seat) -> list[Leg]:
        return [
            seat.leg for seat in self.seats.values() if seat is not speaker and self._hears(seat, speaker)
        ]

    def _hears(self, hearer: Seat, speaker: Seat) -> bool:
        if self.status is not ConferenceStatus.IN_PROGRESS or hearer.hold or speaker.hold or speaker.muted:
            return False
        return not speaker.coaching or speaker.coaches == hearer.leg.sid
