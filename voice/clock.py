"""The process `clock`: every second it ends what is due, decides again, sends again, and says that it did.

Several clocks at once are safe: each step is a conditional change of a row.
"""

import signal
import threading
from collections.abc import Callable
from typing import Any, Final

import structlog
from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite

from voice import due, models, reconcile
from voice.actions import retake
from voice.dispatch import decide_in
from voice.expire import PASSES, expire
from voice.runtime import Runtime
from voice.store import StoreAway

log = structlog.get_logger()


def _beat(insert: Any) -> Any:
    said = insert(models.Beat.__table__).values(name="clock", at=bindparam("at"), ok=True)
    return said.on_conflict_do_update(index_elements=["name"], set_={"at": said.excluded.at, "ok": True})


_BEATS: Final = {True: _beat(sqlite.insert), False: _beat(postgresql.insert)}  # by whether it is SQLite

_EACH_SECOND: Final = (
    *(rows for rows, _end in PASSES),
    due.OPEN_QUEUES,
    due.UNCONFIRMED,
    due.ASKED_ACCOUNTS,
)
_LOOKS: Final = {
    True: due.together(_EACH_SECOND, sqlite.dialect(paramstyle="named")),
    False: due.together(_EACH_SECOND, postgresql.dialect(paramstyle="named")),
}


def step(rt: Runtime) -> None:
    """One round: one look for all that it may have to do, and then only what there is to do."""
    found: list[list[tuple[str, str]]] = [[] for _ in _EACH_SECOND]
    with rt.store.read() as tx:
        for number, merchant_id, name in tx.execute(_LOOKS[rt.store.is_sqlite], {"now": rt.now()}):
            found[number].append((merchant_id, name))
    *over, queues, unconfirmed, asked = found
    for (_, end), keys in zip(PASSES, over, strict=True):
        expire(rt, end, sorted(keys))
    decide_in(rt, sorted(queues))
    retake(rt, unconfirmed)
    with rt.write() as tx:
        tx.execute(_BEATS[rt.store.is_sqlite], {"at": rt.now()})
    reconcile.step(rt, {name for _, name in asked})


def run(rt: Runtime, *others: Callable[[Runtime], object]) -> int:
    """Rounds until told to stop; a round that fails is logged and the next one comes a second later."""
    done = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: done.set())
    while not done.wait(1.0):
        for one in (step, *others):
            try:
                one(rt)
            except StoreAway as away:
                log.warning("store away", error=str(away)[:200])
            except Exception:
                log.exception("a round failed", step=getattr(one, "__name__", ""))
    return 0
