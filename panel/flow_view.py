"""Flows as people look at them: the list, one with its versions and what changed, and the way of one call."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callflows.faults import FlowFaults
from callflows.flow import Flow
from callflows.read import read_flow
from callflows.tools.graph import Graph, graph
from callflows.tools.meaning import Change, changes
from callflows.tools.svg import as_svg
from callflows.tools.transcript import TOLD_OTHERWISE
from panel.people import Viewer
from recordings.sentences import SILENT
from recordings.story import sentence
from voice.drafts import drafts
from voice.flow_log import Entry, NoSuchVersion, history, version
from voice.models import Call, FlowVersion, Merchant, Ticket
from voice.phones import show_number
from voice.runtime import Runtime
from voice.trace import Trace, trace

LINKS = "#step-"
# What a turn's own words and title say already, and what tells a reader nothing.
HEARD = (
    SILENT
    | {str(kind) for kind in TOLD_OTHERWISE}
    | {"no_input", "no_match", "call_started", "ending_triggered"}
)


@dataclass(frozen=True)
class Moment:
    """One moment of a call's way: a turn of the flow, or something else that happened."""

    at: float
    title: str
    path: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    document: str = ""
    skipped: int = 0


def flow_list(tx: Session, viewer: Viewer) -> list[dict[str, Any]]:
    """The flows of the merchants that somebody watches over: which version is live, since when, by whom."""
    rows = []
    for merchant_id in viewer.watches:
        merchant = tx.get_one(Merchant, merchant_id)
        live = next((one for one in history(tx, merchant_id) if one.is_live), None)
        rows.append(
            {
                "id": merchant_id,
                "name": merchant.name,
                "digest": merchant.live_digest,
                "published": live,
                "fault": merchant.flow_fault,
                "drafts": len(drafts(tx, merchant_id)),
            }
        )
    return rows


def one_flow(tx: Session, merchant_id: str, beginning: str = "") -> dict[str, Any]:
    """A merchant's flow, live or the version that begins so; raises NoSuchVersion."""
    merchant = tx.get_one(Merchant, merchant_id)
    entries = history(tx, merchant_id)
    wanted = beginning or merchant.live_digest or ""
    shown = version(tx, merchant_id, wanted) if wanted else None
    flow = _readable(shown)
    before = _before(tx, entries, shown)
    return {
        "merchant": {"id": merchant_id, "name": merchant.name},
        "live_digest": merchant.live_digest,
        "version": shown,
        "is_live": shown is not None and shown.digest == merchant.live_digest,
        "entries": entries,
        "drafts": [asdict(one) | {"shown": show_number(one.number)} for one in drafts(tx, merchant_id)],
        "fault": merchant.flow_fault,
        **_picture(flow),
        "before": before,
        "changes": _changes(before, flow),
    }


def way_of(tx: Session, rt: Runtime, merchant_id: str, call_id: str) -> dict[str, Any] | None:
    """The way of a call through its flow; None when there is no such call."""
    call = tx.get(Call, (merchant_id, call_id))
    if call is None:
        return None
    found = trace(rt, tx, call)
    ticket = tx.scalar(
        select(Ticket.number).where(Ticket.merchant_id == merchant_id, Ticket.call_id == call_id)
    )
    return {
        "merchant": {"id": merchant_id, "name": tx.get_one(Merchant, merchant_id).name},
        "call": {
            "id": call.id,
            "caller": show_number(call.caller),
            "started_at": call.started_at,
            "ended_as": call.ended_as,
        },
        "ticket": ticket,
        "digest": found.digest,
        "moments": moments(found),
        **_picture(found.flow, found),
    }


def moments(found: Trace) -> list[Moment]:
    """The turns and everything else, in order."""
    turns = [
        Moment(
            at=turn.at,
            title=_title(turn.number, turn.happened),
            path=turn.path,
            heard=turn.heard,
            told=tuple(
                _told(kind, data) for kind, _, data in turn.facts if not (turn.heard and kind in HEARD)
            ),
            document=turn.document,
            skipped=turn.skipped,
        )
        for turn in found.turns
    ]
    others = [Moment(at=one.at, title=_told(one.kind, one.data)) for one in found.others]
    return sorted([*turns, *others], key=lambda one: (one.at, not one.path))


def _title(number: int, happened: str) -> str:
    if number == 0:
        return "The call came in"
    return f"The caller pressed {happened}" if set(happened) <= set("0123456789*#") else happened.capitalize()


def _told(kind: str, data: Mapping[str, Any]) -> str:
    return sentence(kind, data)


def _picture(flow: Flow | None, found: Trace | None = None) -> dict[str, Any]:
    """The drawing, and the same as a list; nothing when the text of the version cannot be read any more."""
    if flow is None:
        return {"svg": "", "graph": None}
    drawn: Graph = graph(flow, found.path, found.walked) if found else graph(flow)
    return {"svg": as_svg(drawn, inside=LINKS), "graph": drawn}


def _readable(shown: FlowVersion | None) -> Flow | None:
    if shown is None:
        return None
    try:
        return read_flow(shown.text, f"{shown.merchant_id}.yaml")
    except FlowFaults:
        return None


def _before(tx: Session, entries: list[Entry], shown: FlowVersion | None) -> FlowVersion | None:
    """What answered before this version did."""
    if shown is None:
        return None
    was = next((one.was_digest for one in entries if one.digest == shown.digest and one.was_digest), None)
    return tx.get(FlowVersion, (shown.merchant_id, was)) if was else None


def _changes(before: FlowVersion | None, flow: Flow | None) -> list[Change]:
    old = _readable(before)
    return changes(old, flow) if old is not None and flow is not None else []


__all__ = ["Moment", "NoSuchVersion", "flow_list", "moments", "one_flow", "way_of"]
