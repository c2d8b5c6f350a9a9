"""Decides where a fact is born: the snapshot from SQL, the pure decision, the offers stored under their indexes.

The fact is committed whatever happens here: an offer against which an index stands is not stored and leaves nothing
behind. The clock decides again each second for every queue where somebody waits.
"""

from collections.abc import Iterable
from typing import Any, Final

import structlog
from sqlalchemy import Float, String, bindparam, case, delete, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from routing.decide import decide
from routing.snapshot import MakeOffer, QueueKey
from voice import models
from voice.candidates import Serves, passed_over, queues_for, snapshot
from voice.due import OPEN_QUEUES
from voice.locks import try_agent, try_call_of
from voice.moves import may, move
from voice.phone_rings import WAY_SECONDS, NotRung, not_rung, number_of, ring_agent, seconds_to_ring
from voice.reach import beyond, helped
from voice.runtime import Runtime
from voice.states import Offer, OfferKind, Waiting
from voice.store import StoreAway
from voice.who_waits import is_open

log = structlog.get_logger()

ROUNDS = 3  # who finds a caller or an agent in other hands looks once more at the rest; then the clock does


_O, _W = models.Offer, models.Waiting
_MOMENT = bindparam("moment", type_=Float(53))
_IS_TO_BE_HAD: Final = (
    _W.merchant_id == bindparam("merchant"),
    _W.id == bindparam("place"),
    is_open(),
    _W.left_as.is_(None),
)


def _storing(insert: Any) -> Any:
    """An offer for a place that is to be had, unless an index stands against it; made once, as building it takes longest."""
    row = {
        "merchant_id": _W.merchant_id,
        "id": bindparam("offer", type_=String),
        "waiting_id": _W.id,
        "call_id": _W.call_id,
        "agent_id": bindparam("agent", type_=String),
        "generation": _W.generation,
        "state": literal(str(Offer.OFFERED)),
        "offered_at": _MOMENT,
        "kind": case(
            (_W.is_callback, bindparam("if_callback", type_=String)), else_=literal(str(OfferKind.QUEUE))
        ),
        "phone": literal(""),
    }
    places = select(*row.values()).where(*_IS_TO_BE_HAD, _W.call_id == bindparam("of_call"))
    stored = insert(_O.__table__).from_select(list(row), places, include_defaults=False)
    return stored.on_conflict_do_nothing().returning(_O.__table__.c.id)


_STORE: Final = {True: _storing(sqlite.insert), False: _storing(postgresql.insert)}  # by whether it is SQLite
_TAKE: Final = (
    update(_W)
    .where(*_IS_TO_BE_HAD)
    .values(
        state=str(Waiting.OFFERED),
        state_at=_MOMENT,
        offers_made=_W.offers_made + 1,
        last_agent_id=bindparam("agent", type_=String),
    )
    .returning(_W)
    .execution_options(synchronize_session=False, populate_existing=True)
)


class Outrun(RuntimeError):
    """Somebody else holds this caller or agent, or was first; the offer is dropped."""


def decide_for_queue(tx: Session, rt: Runtime, merchant_id: str, queue: str) -> int:
    """Somebody entered a queue, or an offer of it ended: make the offers that are possible now."""
    return _decide(tx, rt, {(merchant_id, queue)}, {})


def decide_for_agent(tx: Session, rt: Runtime, agent_id: str) -> int:
    """An agent may have become free: look at every queue the agent serves, or helps out in."""
    served, meant = queues_for(tx, agent_id)
    return _decide(tx, rt, served | meant | helped(rt, served), {agent_id: served})


def decide_everywhere(rt: Runtime) -> int:
    """Look at every queue where a caller waits without an offer."""
    with rt.store.read() as tx:
        queues = tx.execute(OPEN_QUEUES).all()
    return decide_in(rt, ((merchant_id, queue) for merchant_id, queue in queues))


def decide_in(rt: Runtime, queues: Iterable[QueueKey]) -> int:
    """Look at these queues, each in a decision of its own; the clock calls this each second."""
    return sum(_decided(rt, queue) for queue in queues)


def _decided(rt: Runtime, queue: QueueKey) -> int:
    """One queue, fairly among its neighbours; alone when that fails: who cannot be decided must not silence the others."""
    for is_alone in (False, True):
        try:
            return _decide_when_possible(rt, queue, is_alone)
        except StoreAway:
            raise
        except Exception:
            log.exception("a queue cannot be decided", merchant=queue[0], queue=queue[1], alone=is_alone)
    return 0


def _decide_when_possible(rt: Runtime, queue: QueueKey, is_alone: bool) -> int:
    with rt.store.read() as tx:
        possible = _fair_offers(tx, rt, {queue}, set(), {}, is_alone)
    if not possible:
        return 0
    with rt.write() as tx:
        return _decide(tx, rt, {queue}, {}, is_alone)


def _decide(
    tx: Session, rt: Runtime, queues: Iterable[QueueKey], serves: Serves, is_alone: bool = False
) -> int:
    wanted = set(queues)
    if not wanted:
        return 0
    tx.flush()
    made, held = 0, set[str]()
    for _ in range(ROUNDS):
        offers = _fair_offers(tx, rt, wanted, held, serves, is_alone)
        outrun = [offer for offer in offers if not _offered(tx, rt, offer, held)]
        made += len(offers) - len(outrun)
        if not outrun:
            break
    return made


def _fair_offers(
    tx: Session, rt: Runtime, queues: set[QueueKey], held: set[str], serves: Serves, is_alone: bool
) -> tuple[MakeOffer, ...]:
    """The offers that are possible now, decided among all queues that could have had the same agents (not `is_alone`)."""
    looked_at = set(queues)
    while True:
        room = snapshot(tx, looked_at, rt.now(), held, serves)
        offers = decide(room, rt.now())
        if len(offers) < len(room.callers):
            wider = passed_over(tx, room, offers, rt.now(), held, serves)
            room, offers = (room, offers) if wider is None else (wider, decide(wider, rt.now()))
        more = set() if is_alone else beyond(tx, rt, room, offers, looked_at)
        if not more:
            return offers
        looked_at |= more


def ring_now(tx: Session, rt: Runtime, offer: MakeOffer) -> bool:
    """Ring this agent for this caller, by somebody's wish; false when either is in other hands at this moment."""
    return _offered(tx, rt, offer, set())


def _offered(tx: Session, rt: Runtime, offer: MakeOffer, held: set[str]) -> bool:
    """Store one offer, or leave it to whoever holds the caller or the agent."""
    try:
        _store(tx, rt, offer)
    except NotRung as why:
        held.add(offer.agent_id)
        _leave_phone(tx, rt, offer, str(why))
    except Outrun as outrun:
        held.update(outrun.args)
    except IntegrityError:
        held.update((offer.waiting_id, offer.agent_id))
    else:
        return True
    log.info("offer dropped", caller=offer.waiting_id, agent=offer.agent_id)
    return False


def _store(tx: Session, rt: Runtime, offer: MakeOffer) -> None:
    """Nothing is changed before both are ours and the offer stands; raises Outrun or NotRung."""
    call = try_call_of(tx, offer.waiting_id)
    if call is None:
        raise Outrun(offer.waiting_id)
    agent = try_agent(tx, offer.agent_id)
    if agent is None or not may(agent, "offered"):
        raise Outrun(offer.agent_id)
    number = number_of(tx, rt, call, agent)
    if not number:
        _make(tx, rt, call, agent, offer.waiting_id)
        return
    with (
        tx.begin_nested()
    ):  # with an order to the carrier, of which nothing must be left when it cannot be stored
        waiting, offer_id = _make(tx, rt, call, agent, offer.waiting_id)
        made = tx.get_one(models.Offer, (call.merchant_id, offer_id))
        until = rt.now() + seconds_to_ring(waiting, agent.id) + WAY_SECONDS
        ring_agent(tx, rt, call, made, number, until)


def _make(
    tx: Session, rt: Runtime, call: models.Call, agent: models.Agent, waiting_id: str
) -> tuple[models.Waiting, str]:
    """The offer, its caller's place and its agent; first the offer, for only that can be in the way of another."""
    now = rt.now()
    place = {"merchant": call.merchant_id, "place": waiting_id, "agent": agent.id, "moment": now}
    offer_id = tx.scalar(
        _STORE[rt.store.is_sqlite],
        {
            **place,
            "offer": rt.chance.id("of"),
            "of_call": call.id,
            "if_callback": str(OfferKind.QUEUE if call.callback_of else OfferKind.CALLBACK),
        },
    )
    if offer_id is None:
        raise Outrun(waiting_id, agent.id)
    waiting = tx.scalar(_TAKE, place)
    if waiting is None:
        tx.execute(delete(_O).where(_O.merchant_id == call.merchant_id, _O.id == offer_id))
        raise Outrun(waiting_id)
    if move(tx, rt, agent.id, "offered", held=agent, last_offer_at=now) is None:
        raise RuntimeError(f"{agent.id} was changed by somebody who does not hold the row")
    rt.journal.write(
        tx,
        call.merchant_id,
        call.id,
        "offered",
        now,
        agent_id=agent.id,
        offer=offer_id,
        queue=waiting.queue,
    )
    return waiting, offer_id


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
