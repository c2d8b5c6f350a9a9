"""The whole desk of an agent as plain data: what the page draws, and all it knows.

Moments are seconds since the epoch by the server's clock (`now` is among them, so the page needs no clock of its own).
Many desks are read with the same few questions as one; the rows are those of desk_rows.py.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from panel import desk_rows
from panel.askings import askers, consults
from panel.callbacks import offered
from panel.calls_out import last_dials, ringing_customers
from panel.desk_rows import Key
from panel.path import Fact, path_of
from panel.supervisors import seen_by_agents, set_by_on_the_desks
from voice import states
from voice.among import Names, among
from voice.models import Agent
from voice.phones import show_number
from voice.transfers import Sent

Snapshot = dict[str, Any]
_NAMES: Final = select(Agent.id, Agent.name).where(
    among(Agent.__table__.c.id, bindparam("ids", type_=Names()))
)


def desk(tx: Session, agent_id: str, now: float) -> Snapshot | None:
    """One agent's desk; None when there is no such agent."""
    return desks(tx, [agent_id], now).get(agent_id)


def desks(tx: Session, agent_ids: Collection[str], now: float) -> dict[str, Snapshot]:
    """The desks of several agents."""
    agents = desk_rows.rows_of(tx, agent_ids)
    rung = [row for row in agents if row.place_queue is not None]
    talking = [row for row in agents if row.talk_id is not None]
    dials = last_dials(tx, {row.id: row.since_at for row in agents if row.has_dialled})
    lasts = desk_rows.last_talks(tx, [row.id for row in agents if row.state == states.Agent.WRAP_UP])
    ringing = ringing_customers(tx, [_talk_of(row) for row in talking if _is_dialling(row)])
    senders = _senders(tx, rung) | askers(tx, _offers(rung, states.OfferKind.ASKED))
    called_back = offered(
        tx, {row.offer_merchant_id for row in rung}, _offers(rung, states.OfferKind.CALLBACK)
    )
    asked = consults(tx, [row.talk_call_id for row in talking if row.has_consult])
    watching = seen_by_agents(tx, {_talk_of(row) for row in talking if row.has_supervisor})
    set_by = set_by_on_the_desks(tx, [row.id for row in agents if row.set_by])
    ways = _ways(tx, {_ring_of(row) for row in rung})
    return {
        row.id: {
            "now": now,
            "version": row.desk_version,
            "agent": {"id": row.id, "name": row.name, "identity": row.identity},
            "state": row.state,
            "reason": row.reason,
            "since_at": row.since_at,
            "until_at": row.until_at,
            "next_state": row.next_state,
            "phone": _phone(row),
            "offer": _offer(row, ways, senders, called_back, now) if row.place_queue is not None else None,
            "set_by": set_by.get(row.id, ""),
            "talk": _talk(row, ringing, asked, watching) if row.talk_id is not None else None,
            "rejoin": _rejoin(row),
            "wrap_up": _wrap_up(lasts[row.id]) if row.id in lasts else None,
            "last_dial": dials.get(row.id),
        }
        for row in agents
    }


def _ring_of(row: Any) -> Key:
    return row.offer_merchant_id, row.offer_call_id


def _talk_of(row: Any) -> Key:
    return row.talk_merchant_id, row.talk_call_id


def _is_dialling(row: Any) -> bool:
    """An agent waits in a talk for somebody whom we called."""
    return row.talk_joined_at is None and row.of_talk_direction == "outbound"


def _offers(rung: Sequence[Any], kind: states.OfferKind) -> dict[str, str]:
    """The rings of a kind, by the ids of their callers' places."""
    return {row.offer_waiting_id: row.offer_id for row in rung if row.offer_kind == kind}


def _senders(tx: Session, rung: Sequence[Any]) -> dict[str, str]:
    """The names of the agents who sent these callers on."""
    ids = {sent.by for row in rung if (sent := Sent.load(row.place_plan))}
    if not ids:
        return {}
    return {agent_id: name for agent_id, name in tx.execute(_NAMES, {"ids": list(ids)})}


def _ways(tx: Session, keys: Collection[Key]) -> Mapping[Key, list[Fact]]:
    facts: dict[Key, list[Fact]] = defaultdict(list)
    for merchant_id, call_id, at, kind, data in desk_rows.ways(tx, keys):
        facts[merchant_id, call_id].append(Fact(at, kind, data or {}))
    return facts


def _who(row: Any, call: str) -> Snapshot:
    """Whose call it is; `call` is the beginning of its columns' names."""
    of = row._mapping
    return {
        "call_id": of[f"{call}_id"],
        "account_sid": of[f"{call}_account_sid"],
        "merchant": {"id": of[f"{call}_merchant_id"], "name": of[f"{call}_merchant"]},
        "caller": show_number(of[f"{call}_caller"]),
        "caller_name": of[f"{call}_caller_name"],
        "outbound": of[f"{call}_direction"] == "outbound",
        "dialled": show_number(of[f"{call}_dialled"]),
        "queue": of[f"{call}_queue"],
    }


def _phone(row: Any) -> Snapshot:
    """Where this agent's calls come: an ordinary phone, or the browser; `fault` is why that phone was not dialled."""
    shown = show_number(row.phone) if row.phone else ""
    return {"number": row.phone, "shown": shown, "on": row.on_phone, "fault": row.phone_fault}


def _offer(
    row: Any,
    ways: Mapping[Key, list[Fact]],
    senders: Mapping[str, str],
    called_back: Mapping[str, Snapshot],
    now: float,
) -> Snapshot:
    sent = Sent.load(row.place_plan)
    return {
        "id": row.offer_id,
        "state": row.offer_state,
        "phone": row.offer_phone,
        **_who(row, "of_offer"),
        "queue": row.place_queue,
        "sent_by": senders.get(sent.by, "") if sent else "",
        "asked_by": senders.get(row.offer_id, ""),
        "came_back": sent is not None and sent.is_back,
        "entered_at": row.place_entered_at,
        "waited_seconds": max(0.0, now - row.place_entered_at),
        "offered_at": row.offer_offered_at,
        "ring_until_at": row.offer_ring_until_at,
        "pushed": row.offer_pushed_at is not None,
        "path": path_of(ways.get(_ring_of(row), [])),
        "callback": called_back.get(row.offer_id),
        **_number_of(called_back.get(row.offer_id)),
    }


def _number_of(callback: Snapshot | None) -> Snapshot:
    """Whom the agent would call, who may have called from another number."""
    return {"caller": callback["caller"]} if callback else {}


def _talk(
    row: Any,
    ringing: Collection[Key],
    asked: Mapping[Key, Snapshot],
    watching: Mapping[Key, list[Snapshot]],
) -> Snapshot:
    key = _talk_of(row)
    return {
        **_who(row, "of_talk"),
        "offer_id": row.talk_offer_id,
        "state": row.talk_state,
        "phone": row.talk_phone,
        "is_guest": row.talk_role == states.Role.CONSULT,
        "consult": asked.get(key),
        "supervisors": watching.get(key, []),
        "ringing": key in ringing,
        "began_at": row.talk_began_at,
        "joined_at": row.talk_joined_at,
        "held": row.talk_held_at is not None,
        "held_at": row.talk_held_at,
        "ending": row.talk_end_asked_by is not None,
    }


def _rejoin(row: Any) -> Snapshot | None:
    """The phone was lost in the middle of a talk: connect it again with the same offer, before `until_at`."""
    if row.talk_state != states.Participation.VANISHED:
        return None
    account_sid = row.of_talk_account_sid
    return {"offer": row.talk_offer_id, "account_sid": account_sid, "until_at": row.talk_until_at}


def _wrap_up(talk: Any) -> Snapshot:
    return {
        **_who(talk, "of_talk"),
        "talked_seconds": max(0.0, (talk.talk_ended_at or 0.0) - (talk.talk_joined_at or 0.0)),
        "ticket": talk.ticket,
    }
