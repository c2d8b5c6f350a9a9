"""What pages answered to pings, told to SQL together once a second: 400 desks are one statement and not eighty requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from panel import login
from panel.standings import Standing
from voice import agents
from voice.runtime import Runtime
from voice.states import Agent


@dataclass
class Pongs:
    """The answers that SQL has not heard of yet."""

    _agents: set[str] = field(default_factory=set)
    _sessions: set[str] = field(default_factory=set)
    _sessions_at: float = 0.0

    def note(self, agent_id: str, session: str) -> None:
        """A page of this agent lives, and so its session is in use."""
        self._agents.add(agent_id)
        self._sessions.add(session)

    def forget(self, agent_id: str) -> None:
        """The last page of this agent is gone: what it answered a moment ago is not told any more."""
        self._agents.discard(agent_id)

    def tell(self, rt: Runtime, standings: Mapping[str, Standing], now: float) -> dict[str, Standing]:
        """Write down who answered, whom SQL remembers too long ago; how everybody stands after that."""
        answered = {name: standings[name] for name in self._agents if name in standings}
        self._agents.clear()
        back = [name for name, one in answered.items() if one.state == Agent.UNREACHABLE]
        stale = [
            name
            for name, one in answered.items()
            if one.state != Agent.UNREACHABLE and one.seen_at <= now - agents.SEEN_EVERY_SECONDS
        ]
        if stale:
            agents.seen_together(rt, stale)
        for name in back:
            agents.seen(rt, name)
        self._tell_sessions(rt, now)
        return {**standings, **{name: one._replace(seen_at=now) for name, one in answered.items()}}

    def _tell_sessions(self, rt: Runtime, now: float) -> None:
        if self._sessions and now - self._sessions_at >= login.SEEN_EVERY_SECONDS:
            login.seen_together(rt, self._sessions)
            self._sessions, self._sessions_at = set(), now
