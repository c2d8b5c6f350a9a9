"""A call's trace for a terminal, and for other programs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from voice.events import EVENTS
from voice.trace import Happening, Trace, TurnTraced


def as_text(trace: Trace, *, documents: bool = False) -> str:
    """Turn by turn, with what happened in between; offsets count from the beginning of the call."""
    began = datetime.fromtimestamp(trace.started_at, UTC)
    lines = [
        f"{trace.call} at {trace.merchant}, {began:%Y-%m-%d %H:%M:%S} UTC, "
        f"flow {trace.digest[:12]}, {trace.ended_as or 'in progress'}"
    ]
    if trace.flow is None:
        lines.append("  the version of the flow is not there any more; only the journal speaks")
    rows: list[TurnTraced | Happening] = [*trace.turns, *trace.others]
    for row in sorted(rows, key=lambda one: (one.at, isinstance(one, Happening))):
        lines += _turn(trace, row, documents) if isinstance(row, TurnTraced) else _other(trace, row)
    return "\n".join(lines) + "\n"


def as_json(trace: Trace) -> str:
    """Everything but the flow itself."""
    told = {name: value for name, value in vars(trace).items() if name != "flow"}
    told["path"] = trace.path
    return json.dumps(told, default=asdict, indent=2, ensure_ascii=False) + "\n"


def in_words(data: Mapping[str, Any]) -> str:
    """The values of a fact: `queue sales, why full`."""
    shown = (
        (name, ", ".join(map(str, value)) if isinstance(value, list) else value)
        for name, value in data.items()
    )
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in shown if value not in ("", None))


def _turn(trace: Trace, turn: TurnTraced, documents: bool) -> Iterator[str]:
    if turn.skipped:
        yield f"{'':10}{turn.skipped} turn{'s' * (turn.skipped > 1)} before this one left nothing in the journal"
    yield f"{_offset(trace, turn.at)}turn {turn.number}: {turn.happened}"
    if turn.path:
        yield f"{'':10}{' > '.join(turn.path)}"
    for line in turn.heard:
        yield f"{'':12}{line}"
    for kind, step, data in turn.facts:
        yield f"{'':12}* {kind} {step} {in_words(data)}".rstrip()
    if documents and turn.document:
        yield from (f"{'':14}{line}" for line in turn.document.splitlines())


def _other(trace: Trace, one: Happening) -> Iterator[str]:
    told = in_words(one.data)
    yield f"{_offset(trace, one.at)}{EVENTS.get(one.kind, one.kind)}{f' ({told})' if told else ''}"


def _offset(trace: Trace, at: float) -> str:
    seconds = max(0.0, at - trace.started_at)
    return f"{int(seconds // 60):3}:{seconds % 60:04.1f}  "
