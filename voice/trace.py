"""The path that a real call took: what was said, pressed and decided, and the documents exchanged; secrets masked.

Read from the journal, played again on the version of the flow that the call was pinned to.
"""

import re
import xml.dom.minidom
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session as Tx

from callflows.events import Event, KeysPressed, Replied, ReplyOutcome, VoicemailTaken
from callflows.flow import Flow
from callflows.read import read_flow
from callflows.session import Caller
from callflows.tools.happenings import words_of
from callflows.tools.replay import Replayed, Told, replay
from callflows.tools.transcript import heard
from callflows.tools.ways import Way
from voice import models
from voice.calls import Facts
from voice.phones import mask
from voice.runtime import Runtime
from voice.turns import Story, write_down

NUMBER = re.compile(r"\+[1-9]\d{6,14}")
SEALED = re.compile(r"(/voice/turn/)[A-Za-z0-9._~-]+")
SIGNED = re.compile(r"([?&](?:sig|token|key|s)=)[^&\"<]+")


class NoSuchCall(LookupError):
    """A call that nobody knows; says what would name one."""


@dataclass(frozen=True)
class Happening:
    """A fact outside the flow's turns: an offer, a talk, a recording."""

    at: float
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class TurnTraced:
    """One turn: what led to it, the steps, what was heard and done, what the journal tells, and the document."""

    number: int
    at: float
    happened: str
    path: tuple[str, ...]
    heard: tuple[str, ...]
    facts: tuple[tuple[str, str, Mapping[str, Any]], ...]
    document: str
    skipped: int


@dataclass(frozen=True)
class Trace:
    """A call; `path` and `walked` are all its steps and exits, `flow` is None when its version cannot be read."""

    merchant: str
    call: str
    digest: str
    started_at: float
    ended_as: str | None
    flow: Flow | None
    turns: tuple[TurnTraced, ...]
    others: tuple[Happening, ...]
    walked: tuple[Way, ...]

    @property
    def path(self) -> tuple[str, ...]:
        """Every step that the call came to, in order."""
        return tuple(step for turn in self.turns for step in turn.path)


def find(tx: Tx, name: str) -> models.Call:
    """A call by our id, by the carrier's, or by its ticket as northwind#17; raises NoSuchCall."""
    merchant, hash_, number = name.partition("#")
    if hash_ and number.isdecimal():
        found = tx.scalars(
            select(models.Call)
            .join(
                models.Ticket,
                (models.Ticket.merchant_id == models.Call.merchant_id)
                & (models.Ticket.call_id == models.Call.id),
            )
            .where(models.Ticket.merchant_id == merchant, models.Ticket.number == int(number))
        ).first()
    else:
        found = tx.scalars(
            select(models.Call).where(or_(models.Call.id == name, models.Call.call_sid == name))
        ).first()
    if found is None:
        raise NoSuchCall(
            f"nobody knows the call '{name}'; name its id, its CallSid, or its ticket as in northwind#17"
        )
    return found


def trace(rt: Runtime, tx: Tx, call: models.Call) -> Trace:
    """Everything that is known of a call's way."""
    version = tx.get(models.FlowVersion, (call.merchant_id, call.flow_digest))
    flow = read_flow(version.text, f"{call.merchant_id}.yaml") if version is not None else None
    events = tx.scalars(
        select(models.Event)
        .where(models.Event.merchant_id == call.merchant_id, models.Event.call_id == call.id)
        .order_by(models.Event.turn, models.Event.place, models.Event.at, models.Event.id)
    ).all()
    told = _told([event for event in events if event.turn is not None])
    caller = Caller(call.caller or None, call.dialled, call.caller_name)
    again = replay(flow, caller, call.id, told, _replies(tx, call)) if flow is not None else []
    stored = {
        row.turn: row.answer
        for row in tx.scalars(
            select(models.TurnAnswer).where(
                models.TurnAnswer.merchant_id == call.merchant_id, models.TurnAnswer.call_id == call.id
            )
        )
    }
    turns = (
        [_traced(rt, call, flow, one, stored) for one in again] if flow else [_untraced(one) for one in told]
    )
    return Trace(
        merchant=call.merchant_id,
        call=call.id,
        digest=call.flow_digest,
        started_at=call.started_at,
        ended_as=call.ended_as,
        flow=flow,
        turns=tuple(turns),
        others=tuple(Happening(one.at, one.kind, masked(one.data)) for one in events if one.turn is None),
        walked=tuple(way for one in again for way in one.walked),
    )


def masked(value: Any) -> Any:
    """A value without whole telephone numbers and without what opens anything."""
    match value:
        case str():
            text = SIGNED.sub(r"\1…", SEALED.sub(r"\1…", value))
            return NUMBER.sub(lambda found: mask(found[0]), text)
        case Mapping():
            return {name: masked(one) for name, one in value.items()}
        case list() | tuple():
            return [masked(one) for one in value]
        case _:
            return value


def _told(events: Sequence[models.Event]) -> list[Told]:
    by_turn: dict[int, list[models.Event]] = {}
    for event in events:
        by_turn.setdefault(event.turn or 0, []).append(event)
    return [
        Told(
            number,
            several[0].at,
            tuple(
                (one.kind, str(one.data.get("step", "")), {k: v for k, v in one.data.items() if k != "step"})
                for one in several
            ),
        )
        for number, several in by_turn.items()
    ]


def _replies(tx: Tx, call: models.Call) -> dict[int, list[Event]]:
    """What other systems answered, as the events of the turns after those that asked."""
    rows = tx.scalars(
        select(models.Reply).where(
            models.Reply.merchant_id == call.merchant_id, models.Reply.call_id == call.id
        )
    )
    return {
        row.turn + 1: [Replied(ReplyOutcome(row.state), tuple((str(n), str(v)) for n, v in row.saved))]
        for row in rows
        if row.state != "asked"
    }


def _traced(
    rt: Runtime, call: models.Call, flow: Flow, one: Replayed, stored: Mapping[int, bytes]
) -> TurnTraced:
    said = [line.strip() for action in one.turn.actions for line in heard(action)] if one.turn else []
    return TurnTraced(
        number=one.told.number,
        at=one.told.at,
        happened=masked(_happened(one)),
        path=one.path,
        heard=tuple(masked(said)),
        facts=tuple((kind, step, masked(data)) for kind, step, data in one.told.facts),
        document=_document(rt, call, flow, one, stored.get(one.told.number)),
        skipped=one.skipped,
    )


def _untraced(told: Told) -> TurnTraced:
    """Without its flow a call's facts are still there."""
    facts = tuple((kind, step, masked(data)) for kind, step, data in told.facts)
    path = tuple(dict.fromkeys(step for _, step, _ in told.facts if step))
    return TurnTraced(told.number, told.at, "", path, (), facts, "", 0)


def _happened(one: Replayed) -> str:
    """What led to the turn. Keys that the journal does not name were entered in confidence."""
    if one.event is None:
        return "the call came in" if one.told.number == 0 else "not known"
    if isinstance(one.event, KeysPressed):
        told = {str(value) for _, _, data in one.told.facts for value in data.values()}
        return one.event.keys if one.event.keys in told else "keys"
    # How long a message was stands with its recording.
    return "the message ended" if isinstance(one.event, VoicemailTaken) else words_of(one.event)


def _document(rt: Runtime, call: models.Call, flow: Flow, one: Replayed, stored: bytes | None) -> str:
    """The TwiML that was answered: kept when the turn had an effect, else written again, which gives the same."""
    if stored is None and (one.turn is None or not one.turn.actions):
        return ""
    if stored is None and one.turn is not None:
        facts = Facts(
            merchant_id=call.merchant_id, call_id=call.id, call_sid=call.call_sid, account_sid=call.account_sid,
            caller=call.caller, caller_name=call.caller_name, dialled=call.dialled, flow_digest=call.flow_digest,
            started_at=call.started_at,
        )  # fmt: skip
        stored = write_down(rt, Story(facts, flow, one.told.number, one.turn))
    return str(masked(_indented(stored or b"")))


def _indented(document: bytes) -> str:
    try:
        lines = xml.dom.minidom.parseString(document).toprettyxml(indent="  ").splitlines()[1:]  # noqa: S318 - ours
    except Exception:  # an answer of an older version must not hide the rest
        return document.decode("utf-8", "replace")
    return "\n".join(line for line in lines if line.strip())
