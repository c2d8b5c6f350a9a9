"""Decides where a fact is born: the snapshot from SQL, the pure decision, the offers stored under their indexes.

The fact is committed whatever happens here: each offer is stored in a savepoint and dropped on conflict. The clock
decides again each second for every queue where somebody waits.
"""

from collections.abc import Iterable
from typing import Final

import structlog
from sqlalchemy import bindparam, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from routing.decide import decide
from routing.snapshot import MakeOffer, QueueKey
from voice import models
from voice.callback_rows import is_pending
from voice.candidates import is_open, passed_over, queues_for, snapshot
from voice.changes import changed
from voice.due import OPEN_QUEUES
from voice.locks import try_agent, try_call_of
from voice.moves import move
from voice.phone_rings import WAY_SECONDS, NotRung, not_rung, number_of, ring_agent, seconds_to_ring
from voice.reach import beyond, helped
from voice.runtime import Runtime
from voice.states import Offer, OfferKind, Waiting
from voice.store import StoreAway

log = structlog.get_logger()

ROUNDS = 3  # who finds a caller or an agent in other hands looks once more at the rest; then the clock does


_PLACE: Final = (
    select(models.Waiting)
    .where(models.Waiting.id == bindparam("id"))
    .execution_options(populate_existing=True)
)


class Outrun(RuntimeError):
    """Somebody else holds this caller or agent, or was first; the offer is dropped."""


def decide_for_queue(tx: Session, rt: Runtime, merchant_id: str, queue: str) -> int:
    """Somebody entered a queue, or an offer of it ended: make the offers that are possible now."""
    return _decide(tx, rt, {(merchant_id, queue)})


def decide_for_agent(tx: Session, rt: Runtime, agent_id: str) -> int:
    """An agent may have become free: look at every queue the agent serves, or helps out in."""
    served = queues_for(tx, agent_id)
    return _decide(tx, rt, served | helped(rt, served))


def decide_everywhere(rt: Runtime) -> int:
    """Look at every queue where a caller waits without an offer."""
    with rt.store.read() as tx:
        queues = tx.execute(OPEN_QUEUES).all()
    return decide_in(rt, ((merchant_id, queue) for merchant_id, queue in queues))


def decide_in(rt: Runtime, queues: Iterable[QueueKey]) -> int:
    """Look at these queues, each in a decision of its own; the clock calls this each second."""
    made = 0
    for merchant_id, queue in queues:
        try:
            made += _decide_when_possible(rt, merchant_id, queue)
        except StoreAway:
            raise
        except Exception:  # one queue that cannot be decided must not silence the others
            log.exception("a queue cannot be decided", merchant=merchant_id, queue=queue)
    return made


def _decide_when_possible(rt: Runtime, merchant_id: str, queue: str) -> int:
    with rt.store.read() as tx:
        possible = _fair_offers(tx, rt, {(merchant_id, queue)}, set())
    if not possible:
        return 0
    with rt.write() as tx:
        return decide_for_queue(tx, rt, merchant_id, queue)


def _decide(tx: Session, rt: Runtime, queues: Iterable[QueueKey]) -> int:
    wanted = set(queues)
    if not wanted:
        return 0
    tx.flush()
    made, held = 0, set[str]()
    for _ in range(ROUNDS):
        offers = _fair_offers(tx, rt, wanted, held)
        outrun = [offer for offer in offers if not _offered(tx, rt, offer, held)]
        made += len(offers) - len(outrun)
        if not outrun:
            break
    return made


def _fair_offers(tx: Session, rt: Runtime, queues: set[QueueKey], held: set[str]) -> tuple[MakeOffer, ...]:
    """The offers that are possible now, decided among all queues that could have had the same agents."""
    looked_at = set(queues)
    while True:
        room = snapshot(tx, looked_at, rt.now(), held)
        offers = decide(room, rt.now())
        if len(offers) < len(room.callers):
            wider = passed_over(tx, room, offers, rt.now(), held)
            room, offers = (room, offers) if wider is None else (wider, decide(wider, rt.now()))
        more = beyond(tx, rt, room, offers) - looked_at
        if not more:
            return offers
        looked_at |= more


def ring_now(tx: Session, rt: Runtime, offer: MakeOffer) -> bool:
    """Ring this agent for this caller, by somebody's wish; false when either is in other hands at this moment."""
    return _offered(tx, rt, offer, set())


def _offered(tx: Session, rt: Runtime, offer: MakeOffer, held: set[str]) -> bool:
    """Store one offer, or leave it to whoever holds the caller or the agent."""
    try:
        with tx.begin_nested():
            _store(tx, rt, offer)
            tx.flush()
    except NotRung as why:
        held.add(offer.agent_id)
        _leave_phone(tx, rt, offer, str(why))
    except Outrun as outrun:
        held.add(str(outrun))
    except IntegrityError:
        held.update((offer.waiting_id, offer.agent_id))
    else:
        return True
    log.info("offer dropped", caller=offer.waiting_id, agent=offer.agent_id)
    return False


def _store(tx: Session, rt: Runtime, offer: MakeOffer) -> None:
    now = rt.now()
    call = try_call_of(tx, offer.waiting_id)
    if call is None:
        raise Outrun(offer.waiting_id)
    agent = try_agent(tx, offer.agent_id)
    if agent is None:
        raise Outrun(offer.agent_id)
    waiting = tx.scalar(_PLACE, {"id": offer.waiting_id})
    if waiting is None or waiting.call_id != call.id:
        raise Outrun(offer.waiting_id)
    number = number_of(tx, rt, call, agent)
    taken = changed(
        tx,
        update(models.Waiting)
        .where(
            tuple_(models.Waiting.merchant_id, models.Waiting.id) == (waiting.merchant_id, waiting.id),
            is_open(),
            models.Waiting.left_as.is_(None),
            models.Waiting.generation == waiting.generation,
        )
        .values(
            state=Waiting.OFFERED,
            state_at=now,
            offers_made=models.Waiting.offers_made + 1,
            last_agent_id=offer.agent_id,
        ),
    )
    if not taken:
        raise Outrun(offer.waiting_id)
    if move(tx, rt, offer.agent_id, "offered", held=agent, last_offer_at=now) is None:
        raise Outrun(offer.agent_id)
    offer_id = rt.chance.id("of")
    made = models.Offer(
        merchant_id=waiting.merchant_id,
        id=offer_id,
        waiting_id=waiting.id,
        call_id=waiting.call_id,
        agent_id=offer.agent_id,
        generation=waiting.generation,
        kind=OfferKind.CALLBACK if is_pending(call, waiting) else OfferKind.QUEUE,
        state=Offer.OFFERED,
        offered_at=now,
    )
    tx.add(made)
    rt.journal.write(
        tx,
        waiting.merchant_id,
        waiting.call_id,
        "offered",
        now,
        agent_id=offer.agent_id,
        offer=offer_id,
        queue=waiting.queue,
    )
    if number:
        until = now + seconds_to_ring(waiting, agent.id) + WAY_SECONDS
        ring_agent(tx, rt, call, made, number, until)


def _leave_phone(tx: Session, rt: Runtime, offer: MakeOffer, why: str) -> None:
    """This agent's phone is not to be dialled now: others are looked for, and this one is tried again later."""
    waiting = tx.scalar(select(models.Waiting).where(models.Waiting.id == offer.waiting_id))
    agent = try_agent(tx, offer.agent_id)
    if waiting is None or agent is None:
        return
    not_rung(tx, rt, agent, why)
    rt.journal.write(
        tx, waiting.merchant_id, waiting.call_id, "phone_not_rung", rt.now(), agent_id=agent.id, why=why
    )
