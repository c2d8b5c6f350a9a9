"""What push asks SQL about everybody at once: how an agent stands, and which sessions are still open."""

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from sqlalchemy import Float, bindparam, select
from sqlalchemy.orm import Session

from panel.people import is_open
from voice.among import Names, among
from voice.models import Agent, LoginSession

AT_ONCE = 400  # ids in one question: SQLite takes 32,766, and a shorter one is planned faster

_AGENT, _SESSION = Agent.__table__.c, LoginSession.__table__.c
_STANDINGS: Final = select(_AGENT.id, _AGENT.desk_version, _AGENT.seen_at, _AGENT.state)
_STANDINGS_OF: Final = _STANDINGS.where(among(_AGENT.id, bindparam("ids", type_=Names())))
_OPEN_SESSIONS: Final = select(_SESSION.token_hash).where(
    among(_SESSION.token_hash, bindparam("sessions", type_=Names())),
    *is_open(bindparam("now", type_=Float(53))),
)


class Standing(NamedTuple):
    """What SQL says of an agent in this round."""

    version: int
    seen_at: float
    state: str


def standing_of(tx: Session, agent_ids: Collection[str]) -> dict[str, Standing]:
    """Version, last pong and state of agents; of many, the whole (short) table is cheaper than a list of names."""
    wanted = set(agent_ids)
    sql = tx.connection()  # plain rows: the ORM's take twice as long
    few = len(wanted) <= AT_ONCE
    rows = (sql.execute(_STANDINGS_OF, {"ids": list(wanted)}) if few else sql.execute(_STANDINGS)).fetchall()
    return {row[0]: Standing(row[1], row[2], row[3]) for row in rows if row[0] in wanted}


def open_sessions(tx: Session, sessions: Collection[str], now: float) -> set[str]:
    """Those of these sessions that still stand for somebody."""
    good: set[str] = set()
    for part in parted(list(sessions)):
        good.update(tx.scalars(_OPEN_SESSIONS, {"sessions": part, "now": now}))
    return good


def parted(names: list[str]) -> Iterable[list[str]]:
    """A list in pieces that SQL takes well."""
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))
