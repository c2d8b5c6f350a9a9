"""Examples and replies as plain values: YAML with every scalar a text."""

from typing import Any

from callflows.faults import FlowFaults
from callflows.yaml_text import Listing, Node, Table, Text, read_yaml


def plain_yaml(text: str) -> Any:
    """A text of YAML as dicts, lists and texts; a text that is none of these stays as it is."""
    try:
        if "\n" in text:
            return plain(read_yaml(text, "example"))
        return plain(read_yaml(f"value: {text}", "example").by_key["value"])
    except FlowFaults:
        return text


def plain(node: Node | None) -> Any:
    """A node without its places."""
    match node:
        case None:
            return None
        case Text(value):
            return value
        case Listing(items):
            return [plain(item) for item in items]
        case Table(entries):
            return {key.value: plain(value) for key, value in entries}
