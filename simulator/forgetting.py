"""What a long-running simulator forgets: the oldest ended calls and rooms, and the recordings of such calls."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.conferences import Conference
    from simulator.legs import Leg
    from simulator.recordings import Recording
    from simulator.world import World


class Forgetting:
    """Keeps so many ended calls and as many ended rooms; None keeps all."""

    def __init__(self, world: World, keep: int | None) -> None:
        self._world = world
        self._keep = keep
        self._legs: deque[Leg] = deque()
        self._rooms: deque[Conference] = deque()

    def leg_ended(self, leg: Leg) -> None:
        if self._keep is None:
            return
        self._legs.append(leg)
        if len(self._legs) > self._keep:
            oldest = self._legs.popleft()
            self._world.legs.pop(oldest.sid, None)
            for recording in oldest.recordings:
                if not recording.is_running:
                    self._forget(recording)

    def room_ended(self, room: Conference) -> None:
        if self._keep is None:
            return
        self._rooms.append(room)
        if len(self._rooms) > self._keep:
            oldest = self._rooms.popleft()
            self._world.conferences.all.pop(oldest.sid, None)
            if oldest.to_record is not None:
                recordings = self._world.recordings.all
                for recording in [
                    found for found in recordings.values() if found.conference_sid == oldest.sid
                ]:
                    self._forget(recording)

    def message_sent(self) -> None:
        """As many messages are kept as calls; the oldest go first."""
        messages = self._world.messages.all
        if self._keep is not None and len(messages) > self._keep:
            del messages[next(iter(messages))]

    def _forget(self, recording: Recording) -> None:
        self._world.recordings.all.pop(recording.sid, None)
        for made in self._world.transcriptions.of(recording):
            del self._world.transcriptions.all[made.sid]
