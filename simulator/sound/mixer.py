"""The mixer: all legs, moved on together by one 20 ms clock."""

import asyncio
from collections.abc import Callable
from typing import Final

from simulator.sound.leg import Leg
from simulator.sound.mixing import Mix
from simulator.sound.mulaw import FRAME_SECONDS, SILENT
from simulator.sound.recording import Recording

GIVE_UP_SECONDS: Final = 0.5  # a machine that slept this long starts the beat anew instead of catching up


class Mixer:
    """Every tick: all legs speak, all legs hear, recordings keep, browsers are sent to."""

    def __init__(self, when_spoke: Callable[[Leg, bool], None]) -> None:
        self.legs: dict[str, Leg] = {}
        self.together: dict[Recording, tuple[str, ...]] = {}
        self.ticks = 0
        self.late_ticks = 0
        self._when_spoke = when_spoke

    def tick(self) -> None:
        """Move everything on by 20 ms."""
        legs = list(self.legs.values())
        for leg in legs:
            leg.speak()
        mix = Mix({leg.name: leg.said for leg in legs})
        for leg in legs:
            leg.heard = mix.of(leg.voices, leg.played())
            if leg.send is not None:
                leg.send(leg.heard)
            for recording in leg.recordings:
                recording.add(leg.said, leg.heard)
            if leg.watch is not None and leg.watch.changed(leg.said):
                self._when_spoke(leg, leg.watch.speaking)
        for recording, names in self.together.items():
            recording.add(mix.of(names), SILENT)

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
