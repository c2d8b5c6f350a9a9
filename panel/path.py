"""The caller's way through the flow, in a few words for the ring card: what was pressed, which queue, what failed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 8


@dataclass(frozen=True)
class Fact:
    """One event of the journal."""

    at: float
    kind: str
    data: Mapping[str, Any]


def path_of(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """The last few stations, oldest first: {"at", "text"}."""
    stations = [{"at": fact.at, "text": text} for fact in facts if (text := words(fact))]
    return stations[-LONGEST:]


def words(fact: Fact) -> str:
    """One station in words; "" for what an agent need not know."""
    said = {name: str(value) for name, value in fact.data.items() if value not in (None, "")}
    step = readable(said.get("step", ""))
    match fact.kind:
        case "menu_presented":
            return f"Menu: {step}" if step else "Menu"
        case "option_selected":
            return f"Pressed {said.get('key', '')}" + (f" for {readable(said['to'])}" if "to" in said else "")
        case "no_input":
            return "Pressed nothing"
        case "no_match":
            return "Pressed a key that the menu does not have"  # which one stays unseen: people type card numbers
        case "ticket_filled":
            return "; ".join(str(field) for field in fact.data.get("fields") or ())
        case "language_changed":
            return f"Speaks {said.get('language', '')}"
        case "hours_checked":
            return f"Hours: {readable(said.get('result', step))}"
        case "enqueued":
            return f"Queue: {readable(said.get('queue', step))}"
        case "requeued":
            return "Back to the head of the queue"
        case "declined" | "rang_out" | "unacknowledged" | "connect_failed":
            return {
                "declined": "A colleague declined",
                "rang_out": "Rang out at a colleague",
                "unacknowledged": "A colleague's desk did not answer",
                "connect_failed": "A connection failed",
            }[fact.kind]
        case "agent_vanished":
            return "Lost in the middle of a talk"
        case "flow_failed":
            return "The flow met a fault"
        case _:
            return ""


def readable(name: str) -> str:
    """order_status as order status."""
    return name.replace("_", " ").strip()
