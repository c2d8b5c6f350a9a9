"""What agents say of themselves: shift, break, back, notes written; and what their desk's silence says."""

from collections.abc import Collection, Iterable
from typing import Final, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from voice import models, offers, tally
from voice.among import Names, among
from voice.dispatch import decide_for_agent
from voice.locks import lock_agent, lock_calls
from voice.moves import bump_desks, move
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import AGENT_BUSY, PARTICIPATION_LIVE, Agent, Offer

SEEN_EVERY_SECONDS = 8.0

_AGENT: Final = cast(Table, models.Agent.__table__)
_STANDING: Final = select(_AGENT.c.state, _AGENT.c.seen_at).where(_AGENT.c.id == bindparam("agent_id"))
_SEEN: Final = update(_AGENT).where(_AGENT.c.id == bindparam("agent_id")).values(seen_at=bindparam("moment"))
_FREE: Final = (
    select(_AGENT.c.id)
    .where(among(_AGENT.c.id, bindparam("agent_ids", type_=Names())))
    .with_for_update(skip_locked=True)
)
_SEEN_TOGETHER: Final = update(_AGENT).where(_AGENT.c.id.in_(_FREE)).values(seen_at=bindparam("moment"))


def start_shift(rt: Runtime, agent_id: str) -> None:
    """Begin to take callers."""
    with rt.write() as tx:
        shift_starts(tx, rt, agent_id)


def shift_starts(tx: Session, rt: Runtime, agent_id: str) -> bool:
    """The same as a part of what else is done; whether anything came of it."""
    agent, now = _agent(tx, agent_id), rt.now()
    begins = move(tx, rt, agent_id, "shift_started", held=agent, seen_at=now) is not None
    if begins:
        tally.begin(tx, agent_id)
    moved = begins or move(tx, rt, agent_id, "came_back", held=agent, seen_at=now) is not None
    if not moved:
        agent.seen_at = now
    decide_for_agent(tx, rt, agent_id)
    return moved


def end_shift(rt: Runtime, agent_id: str) -> None:
    """Go home; in the middle of a call it takes effect when the call is done."""
    with rt.write() as tx:
        shift_ends(tx, rt, agent_id)


def shift_ends(tx: Session, rt: Runtime, agent_id: str) -> bool:
    """The same as a part of what else is done; whether anything came of it."""
    return move(tx, rt, agent_id, "shift_ended") is not None or later(tx, rt, agent_id, Agent.OFFLINE)


def go_away(rt: Runtime, agent_id: str, reason: str) -> None:
    """Take a break for a reason; in the middle of a call it takes effect when the call is done."""
    reason = reason.strip()[:40] or "break"
    with rt.write() as tx:
        if move(tx, rt, agent_id, "went_away", reason=reason) is None:
            later(tx, rt, agent_id, Agent.AWAY, reason)


def come_back(rt: Runtime, agent_id: str) -> None:
    """Be available again."""
    with rt.write() as tx:
        agent, now = _agent(tx, agent_id), rt.now()
        if move(tx, rt, agent_id, "came_back", held=agent, seen_at=now) is None:
            if agent.state == Agent.OFFLINE:
                raise Refused("not_now", "Start your shift first.")
            agent.next_state, agent.set_by, agent.seen_at = "", "", now
            bump_desks(tx, rt, agent_id)
        decide_for_agent(tx, rt, agent_id)


def end_wrap_up(rt: Runtime, agent_id: str) -> None:
    """The notes are written: take callers again."""
    with rt.write() as tx:
        if move(tx, rt, agent_id, "wrapped_up") is None:
            raise Refused("not_now", "You are not in wrap-up.")
        decide_for_agent(tx, rt, agent_id)


def extend_wrap_up(rt: Runtime, agent_id: str) -> None:
    """The notes take longer: a little more time, until the most that the installation allows; raises Refused."""
    more, longest = rt.settings.wrap_up_more_seconds, rt.settings.wrap_up_longest_seconds
    with rt.write() as tx:
        agent = _agent(tx, agent_id)
        if agent.state != Agent.WRAP_UP or agent.until_at is None:
            raise Refused("not_now", "You are not in wrap-up.")
        until_at = min(agent.until_at + more, agent.since_at + longest)
        if until_at <= agent.until_at:
            raise Refused(
                "not_now", "Your time for notes cannot become longer. Go away for a while if you need to."
            )
        agent.until_at, agent.version = until_at, agent.version + 1
        bump_desks(tx, rt, agent_id)


def seen(rt: Runtime, agent_id: str) -> None:
    """The desk answered a ping; SQL is told only now and then."""
    now = rt.now()
    with rt.store.read() as tx:
        agent = tx.execute(_STANDING, {"agent_id": agent_id}).one_or_none()
    if agent is None or (agent.seen_at > now - SEEN_EVERY_SECONDS and agent.state != Agent.UNREACHABLE):
        return
    with rt.write() as tx:
        tx.execute(_SEEN, {"agent_id": agent_id, "moment": now})
        if (
            agent.state == Agent.UNREACHABLE
            and _is_free(tx, agent_id)
            and move(tx, rt, agent_id, "came_back")
        ):
            decide_for_agent(tx, rt, agent_id)


def seen_together(rt: Runtime, agent_ids: Collection[str]) -> None:
    """The desks of these agents answered, none of whom was out of reach.

    Who is being decided about at this moment is left out, so that nobody waits for anybody; the next answer tells of them.
    """
    with rt.write() as tx:
        tx.execute(_SEEN_TOGETHER, {"agent_ids": list(agent_ids), "moment": rt.now()})


def lost(rt: Runtime, agent_id: str) -> None:
    """The desk is gone: its stream closed or it stopped answering."""
    with rt.write() as tx:
        agent = tx.get(models.Agent, agent_id)
        if agent is not None:
            lose(tx, rt, agent)


def lose(tx: Session, rt: Runtime, agent: models.Agent) -> None:
    """Make an agent unreachable and take the rings back; a talk is not touched, its leg tells of itself.

    Whose calls come to an ordinary phone needs no desk.
    """
    if not _is_lost_without_desk(agent):
        return
    rings = _hold_rings(tx, agent.id)
    if rings is None or not _is_lost_without_desk(agent):
        return
    move(tx, rt, agent.id, "lost")
    _take_back(tx, rt, rings)


def take_rings_back(rt: Runtime, agent_id: str) -> None:
    """Nothing rings for this agent any more, neither desk nor phone; each caller keeps the place. A talk goes on."""
    with rt.write() as tx:
        _take_back(tx, rt, _hold_rings(tx, agent_id) or ())


def _is_lost_without_desk(agent: models.Agent) -> bool:
    return not agent.on_phone and agent.state in (Agent.AVAILABLE, Agent.RINGING, Agent.WRAP_UP)


def _hold_rings(tx: Session, agent_id: str) -> list[models.Offer] | None:
    """The rings of an agent, with their calls and the agent locked; None when one began this very moment.

    That one is of a call which is not in our hands, and has its own deadline.
    """
    ours = lock_calls(tx, {(offer.merchant_id, offer.call_id) for offer in _rings_of(tx, agent_id)})
    lock_agent(tx, agent_id)
    rings = _rings_of(tx, agent_id)
    return rings if all((offer.merchant_id, offer.call_id) in ours for offer in rings) else None


def _take_back(tx: Session, rt: Runtime, rings: Iterable[models.Offer]) -> None:
    for offer in rings:
        if offers.end_offer(tx, rt, offer, "withdrawn"):
            offers.give_back(tx, rt, offer)


def _rings_of(tx: Session, agent_id: str) -> list[models.Offer]:
    rings = models.Offer.state.in_((Offer.OFFERED, Offer.RINGING))
    found = select(models.Offer).where(models.Offer.agent_id == agent_id, rings)
    return list(tx.scalars(found.execution_options(populate_existing=True)))


def later(tx: Session, rt: Runtime, agent_id: str, state: Agent, reason: str = "", by: str = "") -> bool:
    """What a busy agent becomes when the work is done; whether that is news. `by` is the id of the supervisor whose word it is."""
    agent = _agent(tx, agent_id)
    if agent.state not in AGENT_BUSY:
        return False
    before = agent.next_state, agent.set_by
    agent.next_state, agent.set_by = (f"{state}:{reason}" if reason else str(state)), by
    bump_desks(tx, rt, agent_id)
    return (agent.next_state, agent.set_by) != before


def _agent(tx: Session, agent_id: str) -> models.Agent:
    agent = lock_agent(tx, agent_id)
    if agent is None:
        raise Refused("not_found", "There is no such agent.")
    return agent


def _is_free(tx: Session, agent_id: str) -> bool:
    return (
        tx.scalar(
            select(models.Participation.id)
            .where(
                models.Participation.agent_id == agent_id, models.Participation.state.in_(PARTICIPATION_LIVE)
            )
            .limit(1)
        )
        is None
    )
