"""A flow's graph as a picture: SVG that needs no program, no script and, inside a page, no style of its own.

Inside a page the colours come from the page's style sheet (a Content-Security-Policy forbids styles in the document);
as a file it brings its own, for light and dark.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from callflows.tools.figure import CHIP_HEIGHT, LINE_HEIGHT, PAD, Figure, Placed, Port, figure
from callflows.tools.graph import Graph

STYLE = """
  :root { --paper:#fff; --box:#f6f7f9; --line:#c3c9d2; --ink:#16181d; --quiet:#5b6472; --met:#1f6feb; --soft:#e7f0ff; }
  @media (prefers-color-scheme: dark) { :root { --paper:#14161a; --box:#1f2329; --line:#454d59; --ink:#e9ecf1;
    --quiet:#a3adbb; --met:#6cb0ff; --soft:#1c3050; } }
  .flow-picture { background:var(--paper); font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif; }
  .flow-picture .box { fill:var(--box); stroke:var(--line); stroke-width:1.2; }
  .flow-picture .start .box { stroke:var(--ink); stroke-width:2; }
  .flow-picture .unreachable { opacity:.55; }
  .flow-picture .name { fill:var(--ink); font-size:14px; font-weight:650; }
  .flow-picture .verb, .flow-picture .text { fill:var(--quiet); font-size:12px; }
  .flow-picture .chip { fill:var(--paper); stroke:var(--line); }
  .flow-picture .chip-text { fill:var(--ink); font-size:11px; text-anchor:middle; }
  .flow-picture .line { fill:none; stroke:var(--line); stroke-width:1.5; }
  .flow-picture .head { fill:var(--line); }
  .flow-picture .implied { stroke-dasharray:4 4; }
  .flow-picture .met .box { fill:var(--soft); stroke:var(--met); stroke-width:2; }
  .flow-picture .walked .chip { fill:var(--soft); stroke:var(--met); }
  .flow-picture .line.walked { stroke:var(--met); stroke-width:3; }
  .flow-picture .walked .head, .flow-picture .head.walked { fill:var(--met); }
  .flow-picture .count { fill:var(--met); } .flow-picture .count-text { fill:var(--paper); font-size:11px; font-weight:700; text-anchor:middle; }
"""


def as_svg(graph: Graph, *, inside: str = "") -> str:
    """The picture. `inside` puts it into a page: it is then the beginning of the links of its boxes, such as `#step-`."""
    drawn = figure(graph)
    width, height = round(drawn.width), round(drawn.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow-picture" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="{"group" if inside else "img"}" aria-label={quoteattr(_summary(graph))}>'
    ]
    if not inside:
        lines.append(f"<style>{STYLE}</style>")
    lines += [*_edges(drawn), *(line for placed in drawn.boxes for line in _box(placed, inside)), "</svg>"]
    return "\n".join(lines) + "\n"


def _summary(graph: Graph) -> str:
    met = sum(len(box.met) for box in graph.boxes)
    return f"The flow of {graph.title}: {len(graph.boxes)} steps" + (f"; a call came to {met}" if met else "")


def _edges(drawn: Figure) -> Iterator[str]:
    """What was walked lies on top."""
    for edge in sorted(drawn.edges, key=lambda edge: edge.walked):
        kind = "".join((" implied" if edge.implied else "", " walked" if edge.walked else ""))
        yield f'<path class="line{kind}" d="{edge.path}"/>'
        x, y = edge.end
        yield f'<path class="head{" walked" if edge.walked else ""}" d="M{x:.1f} {y:.1f}l-4.5 -8h9z"/>'


def _box(placed: Placed, inside: str) -> Iterator[str]:
    box = placed.box
    kinds = ["step", *(["start"] if box.is_start else []), *(["met"] if box.met else [])]
    kinds += [] if box.is_reachable else ["unreachable"]
    tag = f"a href={quoteattr(inside + box.name)}" if inside else "g"
    yield f'<{tag} class="{" ".join(kinds)}">'
    yield f"<title>{escape(_spoken(placed))}</title>"
    yield (
        f'<rect class="box" x="{placed.left:.1f}" y="{placed.top:.1f}" width="{placed.width:.1f}" '
        f'height="{placed.height:.1f}" rx="{10 if box.doors else 22}"/>'
    )
    y = placed.top + PAD + 11
    yield f'<text class="name" x="{placed.left + PAD:.1f}" y="{y:.1f}">{escape(box.name)}<tspan class="verb" dx="6" font-weight="400">{escape(box.verb)}</tspan></text>'
    for line in placed.lines:
        y += LINE_HEIGHT
        yield f'<text class="text" x="{placed.left + PAD:.1f}" y="{y:.1f}">{escape(line)}</text>'
    for port in placed.ports:
        yield from _chip(port)
    if box.met:
        yield from _count(placed)
    yield f"</{tag.partition(' ')[0]}>"


def _chip(port: Port) -> Iterator[str]:
    if not port.label:
        return
    kind = "".join((" implied" if port.door.implied else "", " walked" if port.door.walked else ""))
    yield f'<g class="door{kind}">'
    yield (
        f'<rect class="chip{" implied" if port.door.implied else ""}" x="{port.x - port.width / 2:.1f}" '
        f'y="{port.top:.1f}" width="{port.width:.1f}" height="{CHIP_HEIGHT}" rx="9"/>'
    )
    yield f'<text class="chip-text" x="{port.x:.1f}" y="{port.top + 13:.1f}">{escape(port.label)}</text></g>'


def _count(placed: Placed) -> Iterator[str]:
    """When the call came here: as its third step, and again as its ninth."""
    text = ", ".join(map(str, placed.box.met[:4])) + (" …" if len(placed.box.met) > 4 else "")
    width = 12 + 7 * len(text)
    x, y = placed.left + placed.width - width / 2, placed.top
    yield f'<rect class="count" x="{x - width / 2:.1f}" y="{y - 10:.1f}" width="{width}" height="20" rx="10"/>'
    yield f'<text class="count-text" x="{x:.1f}" y="{y + 4:.1f}">{text}</text>'


def _spoken(placed: Placed) -> str:
    """The box in words, for those who do not see it."""
    ways = [f"{door.label or 'next'} to {door.to}" for door in placed.box.doors if door.to]
    told = [f"{placed.box.name}: {placed.box.verb}", placed.box.text, *ways]
    return "; ".join(one for one in told if one)
