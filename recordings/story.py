"""The story of a call, as an agent reads it on the ticket: the journal's facts, one sentence each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from recordings.sentences import SENTENCES, SILENT, Fact
from voice.contacts import calls_of
from voice.events import EVENTS
from voice.models import Agent, Event


@dataclass(frozen=True)
class Line:
    """One moment of a call; `kind` is the journal's name of it."""

    at: float
    kind: str
    text: str


def story(tx: Session, merchant_id: str, call_id: str) -> tuple[Line, ...]:
    """What happened in a call and its callbacks, in order; small steps that tell a reader nothing are left out."""
    # At the same moment, what the caller did in a turn comes before what came of it.
    order = (Event.at, Event.turn.is_(None), Event.turn, Event.place, Event.id)
    rows = tx.execute(
        select(Event, Agent.name)
        .outerjoin(Agent, Agent.id == Event.agent_id)
        .where(
            Event.merchant_id == merchant_id,
            Event.call_id.in_(calls_of(tx, merchant_id, call_id)),
            Event.kind.not_in(SILENT),
        )
        .order_by(*order)
    )
    return tuple(Line(event.at, event.kind, sentence(event.kind, event.data, agent)) for event, agent in rows)


def sentence(kind: str, data: Mapping[str, Any], agent: str | None = None) -> str:
    """One fact in plain words; facts that older versions wrote fall back to the vocabulary's sentence."""
    say = SENTENCES.get(kind)
    if say is None:
        return EVENTS.get(kind, kind.replace("_", " "))
    return say(Fact(data, agent or "An agent")).rstrip(" :")
