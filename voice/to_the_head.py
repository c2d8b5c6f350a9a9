"""The caller of a talk that lost its agent: back at the head of the queue, or an apology to whom we had called."""

from sqlalchemy.orm import Session

from voice import models
from voice.actions import Move, order
from voice.dispatch import decide_for_queue
from voice.runtime import Runtime
from voice.states import Waiting


def to_the_head(tx: Session, rt: Runtime, call: models.Call, waiting: models.Waiting) -> None:
    """Nobody is left with the caller, who keeps the place of the beginning; who has no queue is let go with an apology."""
    now = rt.now()
    if waiting.state != Waiting.CONNECTED:
        return
    if not waiting.queue:
        _let_go(tx, rt, call, waiting)
        return
    talked = now - waiting.state_at
    waiting.state, waiting.state_at, waiting.head_at = Waiting.WAITING, now, now
    waiting.generation, waiting.agent_id, waiting.proved_at = waiting.generation + 1, None, None
    waiting.deadline_at += talked
    tx.flush()
    rt.journal.write(tx, call.merchant_id, call.id, "requeued", now, queue=waiting.queue)
    order(tx, rt, call, Move("poke", call.call_sid))
    decide_for_queue(tx, rt, waiting.merchant_id, waiting.queue)


def _let_go(tx: Session, rt: Runtime, call: models.Call, waiting: models.Waiting) -> None:
    """Whom an agent had called has no queue to go back to: an apology ends the call, and the ticket tells."""
    waiting.state, waiting.state_at, waiting.left_as = Waiting.LET_GO, rt.now(), "let_go"
    tx.flush()
    call.hung_up_by = call.hung_up_by or "nobody"
    rt.journal.write(tx, call.merchant_id, call.id, "let_go", rt.now())
    order(tx, rt, call, Move("poke", call.call_sid))
