"""One agent's state changes here and nowhere else, under the lock of (state, version)."""

from collections.abc import Iterable
from typing import Final, cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from voice import models
from voice.among import Names, among
from voice.changes import changed, is_now
from voice.locks import lock_agent
from voice.runtime import Runtime, after_commit
from voice.states import AGENT_BUSY, AGENT_MOVES, Agent

SAID = frozenset(
    {"shift_started", "shift_ended", "went_away", "came_back"}
)  # a word of now beats an earlier wish

_AGENT: Final = cast(Table, models.Agent.__table__)
_IS_NEWS: Final = update(_AGENT).values(desk_version=_AGENT.c.desk_version + 1)
_MOVED: Final = _IS_NEWS.where(
    _AGENT.c.id == bindparam("agent_id"), _AGENT.c.version == bindparam("from_version")
)
_BUMPED: Final = _IS_NEWS.where(among(_AGENT.c.id, bindparam("agent_ids", type_=Names())))


def may(agent: models.Agent, happened: str) -> bool:
    """Whether the table has a move by this from where the agent is."""
    return (Agent(agent.state), happened) in AGENT_MOVES


def move(
    tx: Session,
    rt: Runtime,
    agent_id: str,
    happened: str,
    *,
    reason: str = "",
    until_at: float | None = None,
    by: str = "",
    held: models.Agent | None = None,
    **also: object,
) -> Agent | None:
    """Move an agent by what happened; None when the table has no such move from where the agent is.

    `held` is the agent's row when this decision has locked it already; `also` are columns that change with it. `by` is the id of the supervisor whose word it is; a supervisor's word about what comes after a call is remembered until then.
    """
    agent = held or lock_agent(tx, agent_id)
    if agent is None or (target := AGENT_MOVES.get((Agent(agent.state), happened))) is None:
        return None
    if agent.next_state and target not in AGENT_BUSY and happened not in SAID:
        target, reason = wish(agent.next_state)
        by = by or agent.set_by
    elif agent.next_state and target in AGENT_BUSY:
        by = agent.set_by
    values: dict[str, object] = {
        "state": target,
        "reason": reason,
        "since_at": rt.now(),
        "until_at": until_at,
        "version": agent.version + 1,
        "next_state": agent.next_state if target in AGENT_BUSY else "",
        "set_by": by,
        **also,
    }
    tx.flush()
    if not changed(tx, _MOVED, params={"agent_id": agent_id, "from_version": agent.version, **values}):
        return None
    is_now(agent, {**values, "desk_version": agent.desk_version + 1})
    _tell_desks(tx, rt, {agent_id})
    return target


def wish(next_state: str) -> tuple[Agent, str]:
    """What a busy agent asked to become afterwards: state and reason."""
    state, _, reason = next_state.partition(":")
    return Agent(state), reason


def bump_desks(tx: Session, rt: Runtime, *agent_ids: str | None) -> None:
    """What these agents' desks show has changed; push hears of it once this is committed."""
    ids = [one for one in agent_ids if one]
    if not ids:
        return
    tx.flush()
    tx.execute(_BUMPED, {"agent_ids": ids})
    _tell_desks(tx, rt, ids)


def _tell_desks(tx: Session, rt: Runtime, ids: Iterable[str]) -> None:
    named: set[str] = tx.info.setdefault("changed_desks", set())
    if not named:
        after_commit(tx, lambda: rt.nudge(" ".join(sorted(named))))
    named.update(ids)
