"""The mixer: all legs and rooms, moved on together by one 20 ms clock."""

import asyncio
from collections.abc import Callable
from typing import Final

from simulator.sound.leg import Leg
from simulator.sound.mulaw import FRAME_SECONDS
from simulator.sound.room import Room

GIVE_UP_SECONDS: Final = 0.5  # a machine that slept this long starts the beat anew instead of catching up


class Mixer:
    """Every tick: all legs speak, all rooms mix, all legs hear, recordings keep, browsers are sent to."""

    def __init__(self, when_spoke: Callable[[Leg, bool], None]) -> None:
        self.legs: dict[str, Leg] = {}
        self.rooms: dict[str, Room] = {}
        self.ticks = 0
        self.late_ticks = 0
        self._when_spoke = when_spoke

    def join(self, leg: Leg, room_name: str) -> Room:
        """Put the leg into a room, out of any other."""
        self.part(leg)
        room = self.rooms.setdefault(room_name, Room(room_name))
        room.legs.append(leg)
        leg.room = room
        return room

    def part(self, leg: Leg) -> None:
        """Take the leg out of its room; the last one closes it, unless it is being recorded."""
        room, leg.room = leg.room, None
        if room is None:
            return
        room.legs.remove(leg)
        if not room.legs and room.recording is None:
            self.rooms.pop(room.name, None)

    def tick(self) -> None:
        """Move everything on by 20 ms."""
        legs = list(self.legs.values())
        for leg in legs:
            leg.speak()
        for room in list(self.rooms.values()):
            room.mix()
            room.record()
        for leg in legs:
            leg.listen()
            if leg.send is not None:
                leg.send(leg.heard)
            for recording in leg.recordings:
                recording.add(leg.said, leg.heard)
            if leg.watch is not None and leg.watch.changed(leg.said):
                self._when_spoke(leg, leg.watch.speaking)

    async def run(self) -> None:
        """Beat for ever. A late beat is made up for at once, and counted when a whole tick late."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += FRAME_SECONDS
            wait = due - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            elif wait < -GIVE_UP_SECONDS:
                due = loop.time()
            self.ticks += 1
            self.late_ticks += loop.time() - due > FRAME_SECONDS
            self.tick()
