"""The process `clock`: every second it ends what is due, decides again, sends again, and says that it did.

Several clocks at once are safe: each step is a conditional change of a row.
"""

import signal
import threading
from collections.abc import Callable

import structlog

from voice import models, reconcile
from voice.actions import retake
from voice.dispatch import decide_everywhere
from voice.expire import expire
from voice.runtime import Runtime
from voice.store import StoreAway
from voice.upsert import insert

log = structlog.get_logger()


def step(rt: Runtime) -> None:
    """One round."""
    expire(rt)
    decide_everywhere(rt)
    retake(rt)
    with rt.write() as tx:
        beat = insert(tx, models.Beat).values(name="clock", at=rt.now(), ok=True)
        tx.execute(beat.on_conflict_do_update(index_elements=["name"], set_={"at": rt.now(), "ok": True}))
    reconcile.step(rt)


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
