"""Reference pages that are made from code: `python -m voice.reference` writes them, a test compares them."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from pydantic_core import PydanticUndefined

from routing.callbacks import CALLBACK_MOVES
from voice import states
from voice.events import EVENTS
from voice.settings import SECRETS, Settings

MADE: Final = "This page is made from the code by `make docs`; change it there."


def states_page() -> str:
    """The state tables as diagrams and lists."""
    tables: tuple[tuple[str, Mapping[Any, StrEnum]], ...] = (
        ("Agent", states.AGENT_MOVES),
        ("Waiting caller", states.WAITING_MOVES),
        ("Callback", CALLBACK_MOVES),
        ("Offer", states.OFFER_MOVES),
        ("Part in a talk", states.PARTICIPATION_MOVES),
        ("Asking a colleague", states.CONSULT_MOVES),
        ("Request to the carrier", states.ACTION_MOVES),
        ("Ring of an ordinary phone", states.PHONE_RING_MOVES),
        ("Supervisor in a talk", states.SUPERVISION_MOVES),
    )
    parts = ["# States", "", f"{MADE} What is not drawn does not happen."]
    for title, moves in tables:
        parts += ["", f"## {title}", "", "```mermaid", "stateDiagram-v2"]
        parts += [f"    {source} --> {target}: {happened}" for (source, happened), target in moves.items()]
        parts.append("```")
    ends = ", ".join(f"`{end}`" for end in states.CallEnd)
    return "\n".join([*parts, "", "## How a call ends", "", f"{ends}."]) + "\n"


def events_page() -> str:
    """The journal's vocabulary."""
    rows = [f"| `{kind}` | {sentence} |" for kind, sentence in EVENTS.items()]
    head = ["# Events", "", MADE, "", "Reports, traces, tickets and webhooks read nothing else.", ""]
    return "\n".join([*head, "| event | what happened |", "| --- | --- |", *rows]) + "\n"


def settings_page() -> str:
    """Every setting with its default and its sentence."""
    rows = [
        f"| `{name.upper()}` | {_default(name, field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    head = [
        "# Settings",
        "",
        MADE,
        "",
        "Given as environment variables. A secret may be given as a file instead.",
        "",
    ]
    return "\n".join([*head, "| setting | default | meaning |", "| --- | --- | --- |", *rows]) + "\n"


PAGES: Final = {"states.md": states_page, "events.md": events_page, "settings.md": settings_page}


def _default(name: str, field: Any) -> str:
    if name in SECRETS or field.default in ("", None, PydanticUndefined):
        return ""
    return f"`{field.default}`"


if __name__ == "__main__":
    for page, make in PAGES.items():
        Path("docs", page).write_text(make(), encoding="utf-8")
