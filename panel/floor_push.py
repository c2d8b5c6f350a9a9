"""The floor on the stream: whole snapshots, at most one each two seconds, for those who asked for it.

Knows no sockets, as panel/push.py. Everybody who watches over the same merchants is told the same; one question to SQL
says whether anything changed since. A stream whose session ended, or whose person watches over nobody any more, ends.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from panel.floor import Version, floor, version, zones_of
from panel.floor_days import Days
from panel.people import WATCHING, is_open
from panel.push import PING_SECONDS, event
from panel.standings import parted
from voice.models import LoginSession, Membership, User
from voice.runtime import Runtime

GAP_SECONDS = 2.0
LOOK_GAP_SECONDS = 0.25  # many nudges at once are one look
STREAMS_PER_SESSION = 8

Scope = tuple[str, ...]  # merchants, sorted


@dataclass(slots=True, eq=False)
class FloorStream:
    """One open connection of a page that shows the floor."""

    session: str
    scope: Scope
    write: Callable[[bytes], bool]
    hang_up: Callable[[], None]
    pinged_at: float
    sent: int = -1  # number of the shot that went out last
    sent_at: float = 0.0


@dataclass
class Shot:
    """The floor of some merchants as it was at a version."""

    number: int
    zones: dict[str, str]
    version: Version
    data: dict[str, Any]


@dataclass
class FloorStreams:
    """Every open floor of this process."""

    days: Days = field(default_factory=Days)
    _streams: list[FloorStream] = field(default_factory=list)
    _shots: dict[Scope, Shot] = field(default_factory=dict)
    _sessions_at: float = 0.0
    _looked_at: float = 0.0
    _is_postponed: bool = False

    def __len__(self) -> int:
        return len(self._streams)

    def open(
        self,
        session: str,
        merchants: Collection[str],
        write: Callable[[bytes], bool],
        now: float,
        hang_up: Callable[[], None] = lambda: None,
    ) -> FloorStream:
        """A page connected; its first snapshot goes out at the next look. Of too many streams the oldest ends."""
        stream = FloorStream(session, tuple(sorted(merchants)), write, hang_up, pinged_at=now)
        mine = [one for one in self._streams if one.session == session]
        self._streams.append(stream)
        if len(mine) >= STREAMS_PER_SESSION:
            self._end(mine[0])
        return stream

    def close(self, stream: FloorStream) -> None:
        """A stream ended, from either side; closing it twice is no harm."""
        if stream in self._streams:
            self._streams.remove(stream)
            if not any(one.scope == stream.scope for one in self._streams):
                self._shots.pop(stream.scope, None)

    def due_at(self) -> float:
        """When to look again before the next second: somebody who was told a moment ago may then be told again."""
        if self._is_postponed:
            return self._looked_at + LOOK_GAP_SECONDS
        told = (one.sent_at + GAP_SECONDS for one in self._streams)
        return min((at for at in told if at > self._looked_at), default=float("inf"))

    def step(self, rt: Runtime, now: float) -> None:
        """The round of each second."""
        self._ping(now)
        self._look_at_sessions(rt, now)
        self._look(rt, now)

    def hasten(self, rt: Runtime, now: float) -> None:
        """Something changed somewhere: look now, unless that was done this very moment."""
        if now < self._looked_at + LOOK_GAP_SECONDS:
            self._is_postponed = True
        else:
            self._look(rt, now)

    def _look(self, rt: Runtime, now: float) -> None:
        """Tell everybody who is behind and was not told in the last two seconds."""
        self._looked_at, self._is_postponed = now, False
        asking: dict[Scope, list[FloorStream]] = defaultdict(list)
        for stream in self._streams:
            if stream.sent_at + GAP_SECONDS <= now:
                asking[stream.scope].append(stream)
        if not asking:
            return
        with rt.store.read() as tx:
            shots = {scope: self._shot(tx, rt, scope, now) for scope in asking}
        for scope, streams in asking.items():
            shot = shots[scope]
            behind = [one for one in streams if one.sent != shot.number]
            data = event("floor", {**shot.data, "now": now}) if behind else b""
            for stream in behind:
                stream.sent, stream.sent_at = shot.number, now
                self._write(stream, data)

    def _shot(self, tx: Session, rt: Runtime, scope: Scope, now: float) -> Shot:
        known = self._shots.get(scope)
        if known and version(tx, known.zones, now, known.version.since_at) == known.version:
            return known
        zones, number = zones_of(tx, scope), known.number + 1 if known else 0
        shot = Shot(number, zones, version(tx, zones, now), floor(tx, rt, self.days, scope, now))
        self._shots[scope] = shot
        return shot

    def _ping(self, now: float) -> None:
        data = event("ping", {"now": round(now, 3)})
        for stream in list(self._streams):
            if now - stream.pinged_at >= PING_SECONDS:
                stream.pinged_at = now
                self._write(stream, data)

    def _look_at_sessions(self, rt: Runtime, now: float) -> None:
        if not self._streams or now - self._sessions_at < PING_SECONDS:
            return
        with rt.store.read() as tx:
            scopes = watched(tx, {stream.session for stream in self._streams}, now)
        self._sessions_at = now
        for stream in list(self._streams):
            scope = scopes.get(stream.session, ())
            if not scope:
                stream.write(event("signed_out", {}))
                self._end(stream)
            elif scope != stream.scope:
                stream.scope, stream.sent = scope, -1

    def _write(self, stream: FloorStream, data: bytes) -> None:
        if not stream.write(data):
            self._end(stream)

    def _end(self, stream: FloorStream) -> None:
        stream.hang_up()
        self.close(stream)


def watched(tx: Session, sessions: Collection[str], now: float) -> dict[str, Scope]:
    """The merchants whose floor each of these sessions may watch now; ended sessions are absent."""
    found: dict[str, set[str]] = defaultdict(set)
    for part in parted(list(sessions)):
        rows = tx.execute(
            select(LoginSession.token_hash, Membership.merchant_id)
            .join(User, User.id == LoginSession.user_id)
            .join(Membership, Membership.user_id == User.id)
            .where(LoginSession.token_hash.in_(part), *is_open(now), User.disabled_at.is_(None))
            .where(Membership.role.in_(WATCHING))
        )
        for session, merchant_id in rows:
            found[session].add(merchant_id)
    return {session: tuple(sorted(merchants)) for session, merchants in found.items()}
