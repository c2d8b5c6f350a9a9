"""The small steps of every parting: a participation closed, a claim's offer failed, an agent's time for notes begun."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from voice import models
from voice.dispatch import decide_for_agent
from voice.moves import bump_desks, move
from voice.runtime import Runtime
from voice.states import Offer, Participation


def close(tx: Session, rt: Runtime, talk: models.Participation) -> None:
    """This agent's part is over."""
    talk.state, talk.ended_at, talk.until_at = Participation.ENDED, rt.now(), None
    tx.flush()
    bump_desks(tx, rt, talk.agent_id)


def fail_offer(tx: Session, rt: Runtime, waiting: models.Waiting) -> None:
    """The claim on this caller came to nothing."""
    tx.execute(
        update(models.Offer)
        .where(
            models.Offer.merchant_id == waiting.merchant_id,
            models.Offer.waiting_id == waiting.id,
            models.Offer.state == Offer.ACCEPTED,
        )
        .values(state=Offer.FAILED, ended_at=rt.now())
    )


def wrap_up(tx: Session, rt: Runtime, call: models.Call, agent_id: str, seconds: float) -> None:
    """The agent writes notes; without time for them the next caller may come at once."""
    now = rt.now()
    if move(tx, rt, agent_id, "talk_ended", until_at=now + seconds) is None:
        return
    rt.journal.write(
        tx, call.merchant_id, call.id, "wrap_up_started", now, agent_id=agent_id, seconds=seconds
    )
    if seconds <= 0:
        move(tx, rt, agent_id, "wrapped_up")
        decide_for_agent(tx, rt, agent_id)
