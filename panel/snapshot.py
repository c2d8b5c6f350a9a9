"""The whole desk of an agent as plain data: what the page draws, and all it knows.

Moments are seconds since the epoch by the server's clock (`now` is among them, so the page needs no clock of its own).
Many desks are read with the same few questions as one.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from panel.askings import askers, consults
from panel.callbacks import offered
from panel.calls_out import last_dials, ringing_customers
from panel.path import Fact, path_of
from panel.supervisors import seen_by_agents, set_by_on_the_desks
from voice import states
from voice.contacts import contacts_of
from voice.models import Agent, Call, Event, Merchant, Offer, Participation, Ticket, Waiting
from voice.phones import show_number
from voice.transfers import Sent

Snapshot = dict[str, Any]
Calls = Mapping[tuple[str, str], tuple[Call, str]]  # (merchant, call) -> the call and the merchant's name
PATH_KINDS = (
    "menu_presented", "option_selected", "no_input", "no_match", "hours_checked", "enqueued", "requeued", "declined",
    "rang_out", "unacknowledged", "connect_failed", "agent_vanished", "flow_failed", "ticket_filled",
    "language_changed",
)  # fmt: skip


# Agents with the ring and the talk of each, of which there is one at most: a desk is mostly this one question.
_DESKS: Final = (
    select(Agent, Offer, Waiting, Participation)
    .outerjoin(Offer, and_(Offer.agent_id == Agent.id, Offer.state.in_(states.OFFER_LIVE)))
    .outerjoin(Waiting, and_(Waiting.merchant_id == Offer.merchant_id, Waiting.id == Offer.waiting_id))
    .outerjoin(
        Participation,
        and_(
            Participation.agent_id == Agent.id,
            Participation.state.in_(states.PARTICIPATION_LIVE),
            Participation.role != states.Role.LISTENER,
        ),
    )
    .where(Agent.id.in_(bindparam("ids", expanding=True)))
)


def desk(tx: Session, agent_id: str, now: float) -> Snapshot | None:
    """One agent's desk; None when there is no such agent."""
    return desks(tx, [agent_id], now).get(agent_id)


def desks(tx: Session, agent_ids: Collection[str], now: float) -> dict[str, Snapshot]:
    """The desks of several agents."""
    rows = tx.execute(_DESKS, {"ids": list(agent_ids)}).all()
    agents = list({agent.id: agent for agent, *_ in rows}.values())
    offers = {agent.id: (offer, waiting) for agent, offer, waiting, _ in rows if waiting is not None}
    parts = {agent.id: part for agent, _, _, part in rows if part is not None}
    dials = last_dials(tx, [agent for agent in agents if agent.state in states.AGENT_FREE])
    lasts = _last_talks(tx, [agent.id for agent in agents if agent.state == states.Agent.WRAP_UP])
    ringing = ringing_customers(tx, [part for part in parts.values() if part.joined_at is None])
    keys = {
        (row.merchant_id, row.call_id)
        for row in [o for o, _ in offers.values()] + [*parts.values(), *lasts.values()]
    }
    calls, senders = _calls(tx, keys), _senders(tx, [waiting for _, waiting in offers.values()])
    senders |= askers(tx, [offer for offer, _ in offers.values()])
    called_back = offered(tx, [offer for offer, _ in offers.values()])
    asked = consults(tx, [part.call_id for part in parts.values()])
    watching = seen_by_agents(tx, {(part.merchant_id, part.call_id) for part in parts.values()})
    set_by = set_by_on_the_desks(tx, agents)
    ways = _ways(tx, {(offer.merchant_id, offer.call_id) for offer, _ in offers.values()})
    tickets = _tickets(tx, {(part.merchant_id, part.call_id) for part in lasts.values()})
    return {
        agent.id: {
            "now": now,
            "version": agent.desk_version,
            "agent": {"id": agent.id, "name": agent.name, "identity": agent.identity},
            "state": agent.state,
            "reason": agent.reason,
            "since_at": agent.since_at,
            "until_at": agent.until_at,
            "next_state": agent.next_state,
            "phone": _phone(agent),
            "offer": _offer(*offers[agent.id], calls, ways, senders, called_back, now)
            if agent.id in offers
            else None,
            "set_by": set_by.get(agent.id, ""),
            "talk": _talk(parts[agent.id], calls, ringing, asked, watching) if agent.id in parts else None,
            "rejoin": _rejoin(parts.get(agent.id), calls),
            "wrap_up": _wrap_up(lasts[agent.id], calls, tickets) if agent.id in lasts else None,
            "last_dial": dials.get(agent.id),
        }
        for agent in agents
    }


def _senders(tx: Session, places: Sequence[Waiting]) -> dict[str, str]:
    """The names of the agents who sent these callers on."""
    ids = {sent.by for place in places if (sent := Sent.load(place.plan))}
    if not ids:
        return {}
    return {row.id: row.name for row in tx.execute(select(Agent.id, Agent.name).where(Agent.id.in_(ids)))}


def _last_talks(tx: Session, ids: Sequence[str]) -> dict[str, Participation]:
    """The talk that each agent now wraps up."""
    if not ids:
        return {}
    ended = (
        select(Participation.agent_id, func.max(Participation.ended_at).label("ended_at"))
        .where(Participation.agent_id.in_(ids), Participation.joined_at.is_not(None))
        .group_by(Participation.agent_id)
        .subquery()
    )
    rows = tx.scalars(
        select(Participation).join(
            ended,
            and_(Participation.agent_id == ended.c.agent_id, Participation.ended_at == ended.c.ended_at),
        )
    )
    return {part.agent_id: part for part in rows}


def _calls(tx: Session, keys: Collection[tuple[str, str]]) -> Calls:
    if not keys:
        return {}
    rows = tx.execute(
        select(Call, Merchant.name)
        .join(Merchant, Merchant.id == Call.merchant_id)
        .where(
            Call.merchant_id.in_({merchant for merchant, _ in keys}), Call.id.in_({call for _, call in keys})
        )
    )
    return {(call.merchant_id, call.id): (call, name) for call, name in rows}


def _ways(tx: Session, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], list[Fact]]:
    facts: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    if not keys:
        return facts
    rows = tx.execute(
        select(Event.merchant_id, Event.call_id, Event.at, Event.kind, Event.data)
        .where(
            Event.merchant_id.in_({merchant for merchant, _ in keys}),
            Event.call_id.in_({call for _, call in keys}),
        )
        .where(Event.kind.in_(PATH_KINDS))
        .order_by(Event.at, Event.turn, Event.place, Event.id)
    )
    for merchant_id, call_id, at, kind, data in rows:
        facts[merchant_id, call_id].append(Fact(at, kind, data or {}))
    return facts


def _tickets(tx: Session, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    if not keys:
        return {}
    elsewhere = contacts_of(tx, keys)
    wanted = {elsewhere.get(key, key) for key in keys}
    rows = tx.execute(
        select(Ticket.merchant_id, Ticket.call_id, Ticket.number).where(
            Ticket.merchant_id.in_({merchant for merchant, _ in wanted}),
            Ticket.call_id.in_({call for _, call in wanted}),
        )
    )
    found = {(merchant_id, call_id): number for merchant_id, call_id, number in rows}
    return {key: found[where] for key in keys if (where := elsewhere.get(key, key)) in found}


def _who(call: Call, merchant_name: str) -> Snapshot:
    return {
        "call_id": call.id,
        "account_sid": call.account_sid,
        "merchant": {"id": call.merchant_id, "name": merchant_name},
        "caller": show_number(call.caller),
        "caller_name": call.caller_name,
        "outbound": call.direction == "outbound",
        "dialled": show_number(call.dialled),
        "queue": call.queue,
    }


def _phone(agent: Agent) -> Snapshot:
    """Where this agent's calls come: an ordinary phone, or the browser; `fault` is why that phone was not dialled."""
    shown = show_number(agent.phone) if agent.phone else ""
    return {"number": agent.phone, "shown": shown, "on": agent.on_phone, "fault": agent.phone_fault}


def _offer(
    offer: Offer,
    waiting: Waiting,
    calls: Calls,
    ways: Mapping[tuple[str, str], list[Fact]],
    senders: Mapping[str, str],
    called_back: Mapping[str, Snapshot],
    now: float,
) -> Snapshot:
    key, sent = (offer.merchant_id, offer.call_id), Sent.load(waiting.plan)
    return {
        "id": offer.id,
        "state": offer.state,
        "phone": offer.phone,
        **_who(*calls[key]),
        "queue": waiting.queue,
        "sent_by": senders.get(sent.by, "") if sent else "",
        "asked_by": senders.get(offer.id, ""),
        "came_back": sent is not None and sent.is_back,
        "entered_at": waiting.entered_at,
        "waited_seconds": max(0.0, now - waiting.entered_at),
        "offered_at": offer.offered_at,
        "ring_until_at": offer.ring_until_at,
        "pushed": offer.pushed_at is not None,
        "path": path_of(ways.get(key, [])),
        "callback": called_back.get(offer.id),
        **_number_of(called_back.get(offer.id)),
    }


def _number_of(callback: Snapshot | None) -> Snapshot:
    """Whom the agent would call, who may have called from another number."""
    return {"caller": callback["caller"]} if callback else {}


def _talk(
    part: Participation,
    calls: Calls,
    ringing: Collection[tuple[str, str]],
    asked: Mapping[tuple[str, str], Snapshot],
    watching: Mapping[tuple[str, str], list[Snapshot]],
) -> Snapshot:
    return {
        **_who(*calls[part.merchant_id, part.call_id]),
        "offer_id": part.offer_id,
        "state": part.state,
        "phone": part.phone,
        "is_guest": part.role == states.Role.CONSULT,
        "consult": asked.get((part.merchant_id, part.call_id)),
        "supervisors": watching.get((part.merchant_id, part.call_id), []),
        "ringing": (part.merchant_id, part.call_id) in ringing,
        "began_at": part.began_at,
        "joined_at": part.joined_at,
        "held": part.held_at is not None,
        "held_at": part.held_at,
        "ending": part.end_asked_by is not None,
    }


def _rejoin(part: Participation | None, calls: Calls) -> Snapshot | None:
    """The phone was lost in the middle of a talk: connect it again with the same offer, before `until_at`."""
    if part is None or part.state != states.Participation.VANISHED:
        return None
    call, _ = calls[part.merchant_id, part.call_id]
    return {"offer": part.offer_id, "account_sid": call.account_sid, "until_at": part.until_at}


def _wrap_up(part: Participation, calls: Calls, tickets: Mapping[tuple[str, str], int]) -> Snapshot:
    key = (part.merchant_id, part.call_id)
    return {
        **_who(*calls[key]),
        "talked_seconds": max(0.0, (part.ended_at or 0.0) - (part.joined_at or 0.0)),
        "ticket": tickets.get(key),
    }
