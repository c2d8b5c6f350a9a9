"""The floor: who waits, what the agents do, and today's figures, as plain data for the people who watch over it.

Six questions to SQL, however many callers and agents there are, plus one for the day's news. Moments are seconds
since the epoch by the server's clock; "today" is each merchant's day in its own time zone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from panel.callbacks import due
from panel.day_clock import day_began
from panel.floor_agents import agents
from panel.floor_days import LATE_SECONDS, Days, queues_of, rule_of
from panel.floor_figures import KINDS, NO_QUEUE, Rule, Tally, total
from voice import states
from voice.models import Agent, Call, Event, Membership, Merchant, Offer, Waiting
from voice.phones import show_number
from voice.runtime import Runtime

Row = dict[str, Any]
SHOWN_KINDS = (
    *KINDS, "offered", "ringing", "declined", "rang_out", "undelivered", "unacknowledged", "withdrawn", "accepted",
    "connect_failed", "callback_due", "callback_rested", "callback_attempted", "callback_put_back", "callback_cancelled",
    "callback_replaced", "callback_held", "callback_moved", "hold_started", "hold_ended", "agent_vanished",
    "agent_rejoined", "requeued", "talk_ended",
)  # fmt: skip
SHOWN_STATE = {
    states.Waiting.WAITING: "waiting",
    states.Waiting.OFFERED: "offered",
    states.Waiting.CLAIMED: "connecting",
    states.Waiting.BRIDGING: "connecting",
}


@dataclass(frozen=True)
class Version:
    """Grows or changes with every fact that the floor shows; read with one question."""

    since_at: float  # the facts are counted from here
    facts: int
    agents: int
    days: tuple[float, ...]


def version(tx: Session, zones: Mapping[str, str], now: float, since_at: float | None = None) -> Version:
    """The floor's version; two are comparable when they count from the same moment."""
    since = now - LATE_SECONDS if since_at is None else since_at
    facts = (
        select(func.count())
        .select_from(Event)
        .where(Event.merchant_id.in_(zones), Event.at >= since, Event.kind.in_(SHOWN_KINDS))
    )
    agents = (
        select(func.coalesce(func.sum(Agent.desk_version + Agent.version + 1), 0))
        .select_from(Membership)
        .join(Agent, Agent.id == Membership.user_id)
        .where(Membership.merchant_id.in_(zones))
    )
    row = tx.execute(select(facts.scalar_subquery(), agents.scalar_subquery())).one()
    return Version(since, row[0], row[1], tuple(day_began(zone, now) for zone in zones.values()))


def zones_of(tx: Session, merchants: Collection[str]) -> dict[str, str]:
    """The time zones of merchants, by id, in the order of their names."""
    asked = (
        select(Merchant.id, Merchant.timezone)
        .where(Merchant.id.in_(merchants))
        .order_by(Merchant.name, Merchant.id)
    )
    return {merchant_id: zone for merchant_id, zone in tx.execute(asked)}


def floor(tx: Session, rt: Runtime, days: Days, merchants: Collection[str], now: float) -> Row:
    """The whole floor of these merchants, and nothing of any other."""
    shops = tx.execute(
        select(Merchant.id, Merchant.name, Merchant.timezone)
        .where(Merchant.id.in_(merchants))
        .order_by(Merchant.name, Merchant.id)
    ).all()
    names = {merchant_id: name for merchant_id, name, _ in shops}
    zones = {merchant_id: zone for merchant_id, _, zone in shops}
    return {
        "now": now,
        "merchants": [
            {"id": merchant_id, "name": name, "timezone": zone, "day_began_at": day_began(zone, now)}
            for merchant_id, name, zone in shops
        ],
        "waiting": _waiting(tx, rt, names),
        "callbacks": due(tx, names),
        "agents": agents(tx, names),
        "figures": _figures(rt, names, days.tallies(tx, rt, zones, now)),
    }


# --- callers ------------------------------------------------------------------------------------------------------


def _waiting(tx: Session, rt: Runtime, names: Mapping[str, str]) -> list[Row]:
    """Callers who wait, each with the place in the queue; who came back to the head is before the others."""
    rows = tx.execute(
        select(Waiting, Call, Agent.name)
        .outerjoin(  # each has its call; joined so, SQLite begins with who waits, not with all calls
            Call, and_(Call.merchant_id == Waiting.merchant_id, Call.id == Waiting.call_id)
        )
        .outerjoin(
            Offer,
            and_(
                Offer.merchant_id == Waiting.merchant_id,
                Offer.waiting_id == Waiting.id,
                Offer.state.in_(states.OFFER_LIVE),
            ),
        )
        .outerjoin(Agent, Agent.id == func.coalesce(Waiting.agent_id, Offer.agent_id))
        .where(Waiting.merchant_id.in_(names), Waiting.state.in_(SHOWN_STATE), Waiting.left_as.is_(None))
        .order_by(Waiting.merchant_id, Waiting.queue, Waiting.head_at.is_(None), Waiting.rank_at, Waiting.id)
    )
    shown = []
    for (merchant_id, queue), group in groupby(rows, lambda row: (row[0].merchant_id, row[0].queue)):
        limit = rule_of(rt, merchant_id, queue).limit
        for place, (waiting, call, agent) in enumerate(group, 1):
            if waiting.is_callback and call.outcome != states.CallEnd.ANSWERED:
                continue  # nobody is on the line
            shown.append(
                {
                    "call_id": call.id,
                    "merchant": {"id": merchant_id, "name": names[merchant_id]},
                    "queue": queue,
                    "place": place,
                    "caller": show_number(call.caller),
                    "caller_name": call.caller_name,
                    "entered_at": waiting.entered_at,
                    "state": SHOWN_STATE[states.Waiting(waiting.state)],
                    "agent": agent,
                    "came_back": waiting.head_at is not None,
                    "limit_seconds": limit,
                }
            )
    return shown


# --- figures ------------------------------------------------------------------------------------------------------


def _figures(rt: Runtime, names: Mapping[str, str], days: Mapping[str, dict[str, Tally]]) -> list[Row]:
    """One row for each queue, one for each merchant (queue is null), and one for all (merchant is null, too)."""
    rows = []
    for merchant_id, name in names.items():
        tallies = {queue: Tally() for queue in queues_of(rt, merchant_id)} | days[merchant_id]
        merchant = {"id": merchant_id, "name": name}
        for queue in sorted(set(tallies) - {NO_QUEUE}):
            rows.append(_figure(merchant, queue, tallies[queue], {rule_of(rt, merchant_id, queue)}))
        rules = {rule_of(rt, merchant_id, queue) for queue in tallies if queue != NO_QUEUE}
        rows.append(_figure(merchant, None, total(tallies.values()), rules))
    whole = total(tally for queues in days.values() for tally in queues.values())
    rules = {Rule(row["limit_seconds"], row["short_seconds"]) for row in rows if row["queue"] is not None}
    return [*rows, _figure(None, None, whole, rules)]


def _figure(merchant: Row | None, queue: str | None, tally: Tally, rules: Collection[Rule]) -> Row:
    """A row of figures; the limits are null where several queues with different ones are added up."""
    limits, shorts = {rule.limit for rule in rules}, {rule.short for rule in rules}
    return {
        "merchant": merchant,
        "queue": queue,
        "queued": tally.queued,
        "answered": tally.answered,
        "answered_in_time": tally.in_time,
        "abandoned": tally.abandoned,
        "short_abandons": tally.short,
        "missed": tally.missed,
        "voicemails": tally.voicemails,
        "callbacks_asked": tally.callbacks_asked,
        "callbacks_made": tally.callbacks_made,
        "callbacks_failed": tally.callbacks_failed,
        "longest_wait_seconds": tally.longest_seconds,
        "speed_of_answer_seconds": tally.speed_seconds,
        "service_level": tally.level,
        "connect_service_level": tally.connect_level,
        "limit_seconds": limits.pop() if len(limits) == 1 else None,
        "short_seconds": shorts.pop() if len(shorts) == 1 else None,
    }
