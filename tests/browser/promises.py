"""Customers who were promised a call, as their first call left them."""

from callflows.session import Session
from routing.callbacks import Callback
from tests.browser.stack import NORTHWIND, Whole
from voice import models
from voice.states import CallEnd, Waiting


def promised(here: Whole, number: str, due_in: float, **said: object) -> None:
    """A customer who asked for a callback ten minutes ago, as the call left it."""
    rt, now = here.rt, here.rt.now()
    flow = rt.books.live_flow("northwind")
    assert flow is not None
    digits = number[-4:]
    place = f"wt_{digits}"
    with rt.write() as tx:
        tx.add(
            models.Call(
                merchant_id="northwind", id=f"ca_{digits}", call_sid=f"CA{digits}", account_sid=rt.books.account_of("northwind").account_sid, caller=number,
                dialled=NORTHWIND, flow_digest=flow.digest, started_at=now - 600, ended_at=now - 590,
                ended_as=CallEnd.CALLBACK_REQUESTED, outcome=CallEnd.CALLBACK_REQUESTED, queue="orders",
            )
        )  # fmt: skip
        tx.flush()
        tx.add(
            models.Waiting(
                merchant_id="northwind", id=place, call_id=f"ca_{digits}", queue="orders",
                state=Waiting.CALLBACK_WAITING, state_at=now, entered_at=now - 600, rank_at=now - 600,
                deadline_at=now + 9000, ring_seconds=60, wrap_up_seconds=5, is_callback=True,
                session=Session(flow.digest, flow.start, 0, now).dump(),
            )
        )  # fmt: skip
        told = {"attempts_made": 0, "last_result": "", **said}
        tx.add(
            models.Callback(
                merchant_id="northwind", id=place, call_id=f"ca_{digits}", queue="orders", number=number,
                state=Callback.RESTING, state_at=now, asked_at=now - 600, next_at=now + due_in,
                expires_at=now + 9000, delay_seconds=0, retry_seconds=1800, attempts=3, **told,
            )
        )  # fmt: skip
        for kind in (
            "enqueued",
            "callback_asked",
        ):  # told now: a floor that is open looks at its newest facts
            rt.journal.write(tx, "northwind", f"ca_{digits}", kind, now, queue="orders")
