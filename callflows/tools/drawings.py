"""A flow's graph in the languages of other programs: Mermaid, DOT and JSON."""

import json
from dataclasses import asdict

from callflows.tools.graph import Box, Door, Graph


def as_mermaid(graph: Graph) -> str:
    """A flowchart that GitHub and many editors draw, https://mermaid.js.org/syntax/flowchart.html"""
    lines = ["flowchart TD"]
    for box in graph.boxes:
        words = f"<b>{_safe(box.name)}</b><br/>{_safe(_told(box))}"
        lines.append(f'  {_id(box.name)}(["{words}"])' if not box.doors else f'  {_id(box.name)}["{words}"]')
    for box in graph.boxes:
        for door in _drawn(box):
            arrow = "-.->" if door.implied else "-->"
            label = f'|"{_safe(door.label)}"|' if door.label else ""
            lines.append(f"  {_id(box.name)} {arrow}{label} {_id(door.to or '')}")
    lines += [f"  style {_id(box.name)} stroke-width:4px" for box in graph.boxes if box.is_start]
    return "\n".join(lines) + "\n"


def as_dot(graph: Graph) -> str:
    """Graphviz, https://graphviz.org/doc/info/lang.html"""
    lines = ["digraph flow {", f"  label={_quoted(graph.title)};", "  node [shape=box, style=rounded];"]
    for box in graph.boxes:
        pen = ", penwidth=2" if box.is_start else ""
        words = f"{box.name}\n{_told(box)}"
        lines.append(f"  {_quoted(box.name)} [label={_quoted(words)}{pen}];")
    for box in graph.boxes:
        for door in _drawn(box):
            style = ", style=dashed" if door.implied else ""
            lines.append(
                f"  {_quoted(box.name)} -> {_quoted(door.to or '')} [label={_quoted(door.label)}{style}];"
            )
    return "\n".join([*lines, "}"]) + "\n"


def as_json(graph: Graph) -> str:
    """Boxes and their doors."""
    return json.dumps(asdict(graph), indent=2, ensure_ascii=False) + "\n"


def _drawn(box: Box) -> list[Door]:
    return [door for door in box.doors if door.to is not None]


def _told(box: Box) -> str:
    return f"{box.verb}: {box.text}" if box.text else box.verb


def _id(name: str) -> str:
    # Mermaid has words of its own, such as `end`.
    return f"s_{name.replace('.', '__')}"


def _safe(text: str) -> str:
    for mark, code in (("&", "amp"), ('"', "quot"), ("<", "lt"), (">", "gt"), ("#", "35")):
        text = text.replace(mark, f"\0{code};")
    return text.replace("\0", "#")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
