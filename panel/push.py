"""Which desk is told what, and when: whole snapshots to streams whose agent's `desk_version` has grown, pings, leases.

Knows no sockets: a stream is a function that takes bytes and says whether they went out. Each second `step` asks SQL
once for the versions of all open desks; a nudge that names agents has their desks read at once. A ping goes out every
5 s, to a fifth of the streams in each second; the page answers it by POST /pong to this process, or to web when push is
of an older version. SQL remembers it at most every 8 s (voice.agents.SEEN_EVERY_SECONDS). So silence of the lease's 15 s
is certain after 23 s, and a closed stream is given 15 s to come back.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from panel.pongs import Pongs
from panel.snapshot import Snapshot, desks
from panel.standings import Standing, open_sessions, parted, standing_of
from voice import agents, offers
from voice.runtime import Runtime
from voice.states import Agent as AgentState

PING_SECONDS = 5.0
SHIFTS = 5  # streams that opened at one moment, as after a restart, are not all pinged at one moment
LEASE_SECONDS = 15.0
STRAY_SECONDS = 2.0  # an answer that was under way to SQL when its stream closed
SILENCE_SECONDS = LEASE_SECONDS + agents.SEEN_EVERY_SECONDS
STREAMS_PER_AGENT = 8
REACHABLE = frozenset({AgentState.AVAILABLE, AgentState.RINGING, AgentState.WRAP_UP})

Write = Callable[[bytes], bool]


@dataclass(slots=True, eq=False)
class Stream:
    """One open connection of a desk."""

    agent_id: str
    session: str  # hash of the session's token: a session that ended ends its streams
    write: Write
    hang_up: Callable[[], None]
    opened_at: float
    pinged_at: float
    version: int = -1  # of the snapshot that went out last


@dataclass
class Streams:
    """Every open stream of this process."""

    pongs: Pongs = field(default_factory=Pongs)
    _by_agent: dict[str, list[Stream]] = field(default_factory=dict)
    _agent_of: dict[str, str] = field(default_factory=dict)  # whose desk a session has open here
    _closed_at: dict[str, float] = field(default_factory=dict)  # agents whose last stream closed a moment ago
    _told_lost: set[str] = field(default_factory=set)
    _shown_rings: set[str] = field(default_factory=set)  # written to a stream, not yet told
    _sessions_at: float = 0.0
    _opened: int = 0

    def __len__(self) -> int:
        return sum(map(len, self._by_agent.values()))

    def open(
        self,
        agent_id: str,
        session: str,
        write: Write,
        now: float,
        hang_up: Callable[[], None] = lambda: None,
    ) -> Stream:
        """A desk connected; its first snapshot goes out at the next step. Of too many streams the oldest ends."""
        pinged_at = now - PING_SECONDS * (self._opened % SHIFTS) / SHIFTS
        self._opened += 1
        stream = Stream(agent_id, session, write, hang_up, opened_at=now, pinged_at=pinged_at)
        mine = self._by_agent.setdefault(agent_id, [])
        mine.append(stream)
        self._agent_of[session] = agent_id
        self._closed_at.pop(agent_id, None)
        self._told_lost.discard(agent_id)
        if len(mine) > STREAMS_PER_AGENT:
            self._end(mine[0], now)
        return stream

    def close(self, stream: Stream, now: float) -> None:
        """A stream ended, from either side; closing it twice is no harm."""
        mine = self._by_agent.get(stream.agent_id, [])
        if stream not in mine:
            return
        mine.remove(stream)
        if all(one.session != stream.session for one in mine):
            del self._agent_of[stream.session]
        if not mine:
            del self._by_agent[stream.agent_id]
            self.pongs.forget(stream.agent_id)
            self._closed_at[stream.agent_id] = now

    def answered(self, session: str) -> bool:
        """A page answered a ping; whether its stream is one of ours."""
        agent_id = self._agent_of.get(session)
        if agent_id is not None:
            self.pongs.note(agent_id, session)
        return agent_id is not None

    def step(self, rt: Runtime, now: float) -> None:
        """The round of each second: pings first, for they need no SQL; then what changed; then who lives and who is gone."""
        self.ping(now)
        self.end_old_sessions(rt, now)
        standings = self.refresh(rt, now)
        self.expire(rt, self.pongs.tell(rt, standings, now), now)

    def ping(self, now: float) -> None:
        """Ask every page whether it lives, each five seconds after the last time."""
        data = event("ping", {"now": round(now, 3)})
        for stream in self._all():
            if now - stream.pinged_at >= PING_SECONDS:
                stream.pinged_at = now
                self._write(stream, data, now)

    def refresh(self, rt: Runtime, now: float) -> dict[str, Standing]:
        """Write snapshots to the streams that are behind, and tell which rings were shown."""
        wanted = [*self._by_agent, *self._closed_at]
        if not wanted:
            return {}
        with rt.store.read() as tx:
            standings = standing_of(tx, wanted)
            shots = _shots(tx, [name for name, one in standings.items() if self._is_behind(name, one)], now)
        self._show_all(rt, shots, now)
        return standings

    def look_at(self, rt: Runtime, agent_ids: Collection[str], now: float) -> None:
        """The same for agents whose desks are said to have changed: they are not asked for their versions first."""
        here = [one for one in agent_ids if one in self._by_agent]
        if not here:
            return
        with rt.store.read() as tx:
            shots = _shots(tx, here, now)
        self._show_all(rt, shots, now)

    def end_old_sessions(self, rt: Runtime, now: float) -> None:
        """Every few seconds: hang up on streams whose session ended or was revoked."""
        if not self._by_agent or now - self._sessions_at < PING_SECONDS:
            return
        with rt.store.read() as tx:
            good = open_sessions(tx, {stream.session for stream in self._all()}, now)
        self._sessions_at = now
        for stream in self._all():
            if stream.session not in good:
                stream.write(event("signed_out", {}))
                self._end(stream, now)

    def expire(self, rt: Runtime, standings: dict[str, Standing], now: float) -> None:
        """Tell of agents whose desk fell silent, each silence once."""
        for agent_id, one in standings.items():
            if one.state not in REACHABLE:
                self._told_lost.discard(agent_id)
            elif agent_id not in self._told_lost and self._is_silent(agent_id, one, now):
                agents.lost(rt, agent_id)
                self._told_lost.add(agent_id)
        for agent_id in [name for name, at in self._closed_at.items() if now - at > SILENCE_SECONDS]:
            del self._closed_at[agent_id]
            self._told_lost.discard(agent_id)

    def _is_behind(self, agent_id: str, one: Standing) -> bool:
        return any(stream.version != one.version for stream in self._by_agent.get(agent_id, ()))

    def _is_silent(self, agent_id: str, one: Standing, now: float) -> bool:
        closed_at = self._closed_at.get(agent_id)
        if closed_at is not None:  # a later pong came from a stream that another push process holds
            return now - closed_at > LEASE_SECONDS and one.seen_at <= closed_at + STRAY_SECONDS
        if agent_id not in self._by_agent:
            return False
        newest = max(stream.opened_at for stream in self._by_agent[agent_id])
        return now - max(one.seen_at, newest) > SILENCE_SECONDS

    def _show_all(self, rt: Runtime, shots: dict[str, Snapshot], now: float) -> None:
        for agent_id, shot in shots.items():
            self._show(agent_id, shot, now)
        if self._shown_rings:
            offers.pushed(rt, sorted(self._shown_rings))
            self._shown_rings.clear()

    def _show(self, agent_id: str, shot: Snapshot, now: float) -> None:
        """Write one snapshot to every stream that is behind, and remember the ring in it."""
        data = event("desk", shot)
        for stream in list(self._by_agent.get(agent_id, ())):
            if stream.version != shot["version"] and self._write(stream, data, now):
                stream.version = shot["version"]
                if shot["offer"] and not shot["offer"]["pushed"]:
                    self._shown_rings.add(shot["offer"]["id"])

    def _write(self, stream: Stream, data: bytes, now: float) -> bool:
        if stream.write(data):
            return True
        self._end(stream, now)
        return False

    def _end(self, stream: Stream, now: float) -> None:
        stream.hang_up()
        self.close(stream, now)

    def _all(self) -> list[Stream]:
        return [stream for mine in self._by_agent.values() for stream in mine]


def event(name: str, data: Any) -> bytes:
    """One server-sent event (WHATWG HTML, 9.2.6)."""
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def _shots(tx: Session, agent_ids: list[str], now: float) -> dict[str, Snapshot]:
    shots: dict[str, Snapshot] = {}
    for part in parted(agent_ids):
        shots.update(desks(tx, part, now))
    return shots
