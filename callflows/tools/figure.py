"""The measures of a flow's picture: how wide each box is, where it stands, and which way each line takes. In pixels."""

import textwrap
from dataclasses import dataclass

from callflows.tools.graph import Box, Door, Graph
from callflows.tools.layout import Layout, Line, lay_out

PAD, GAP, LANE, ROW_GAP, MARGIN = 12.0, 28.0, 18.0, 54.0, 26.0
LINE_HEIGHT, TITLE_HEIGHT, CHIP_HEIGHT, CHIP_GAP = 16.0, 16.0, 18, 6.0
# Mean widths of a letter in the usual sans-serif types, a little on the safe side.
NAME_LETTER, TEXT_LETTER, CHIP_LETTER = 8.7, 6.9, 6.4
TEXT_COLUMNS, TEXT_LINES, LEAST_WIDTH = 36, 2, 120.0
LOOP = " ↺"
STOP = " ■"


@dataclass(frozen=True)
class Port:
    """Where a door is: the middle of its foot, on the lower edge of the box."""

    door: Door
    label: str
    x: float
    top: float
    width: float


@dataclass(frozen=True)
class Placed:
    """A box with its place."""

    box: Box
    left: float
    top: float
    width: float
    height: float
    lines: tuple[str, ...]
    ports: tuple[Port, ...]


@dataclass(frozen=True)
class Edge:
    """A line: its way as SVG writes it, and where its arrow's point is."""

    path: str
    end: tuple[float, float]
    implied: bool
    walked: bool


@dataclass(frozen=True)
class Figure:
    """The whole picture."""

    width: float
    height: float
    boxes: tuple[Placed, ...]
    edges: tuple[Edge, ...]


def figure(graph: Graph) -> Figure:
    """Everything measured and placed."""
    widths = {box.name: _width(box) for box in graph.boxes}
    lines = [(box.name, door.to) for box in graph.boxes for door in box.doors if door.to]
    first = next((box.name for box in graph.boxes if box.is_start), "")
    layout = lay_out(widths, lines, first, GAP, LANE)
    by_name = {box.name: box for box in graph.boxes}
    tops, bottoms, y = [], [], MARGIN
    for row in layout.layers:
        height = max((_height(by_name[name]) for name in row if name in by_name), default=0.0)
        tops.append(y)
        bottoms.append(y + height)
        y += height + ROW_GAP
    row_of = {name: number for number, row in enumerate(layout.layers) for name in row}
    placed = {box.name: _place(box, layout, tops[row_of[box.name]], widths[box.name]) for box in graph.boxes}
    right = max((one.left + one.width for one in placed.values()), default=0.0)
    router = _Router(layout, placed, tops, bottoms, row_of, right)
    edges = tuple(edge for one in placed.values() for port in one.ports for edge in router.edges(one, port))
    return Figure(router.right + MARGIN, y - ROW_GAP + MARGIN, tuple(placed.values()), edges)


@dataclass
class _Router:
    """Finds the way of each line; lines that lead upwards get lanes of their own on the right."""

    layout: Layout
    placed: dict[str, Placed]
    tops: list[float]
    bottoms: list[float]
    row_of: dict[str, int]
    right: float
    lanes: int = 0

    def edges(self, tail: Placed, port: Port) -> list[Edge]:
        """The line from a door, if it leads to another box."""
        head = self.placed.get(port.door.to or "")
        if head is None or head is tail:
            return []
        line = (tail.box.name, head.box.name)
        start = (port.x, tail.top + tail.height)
        end = (head.left + head.width / 2, head.top)
        path = (
            self._upwards(line, start, end) if line in self.layout.back else self._downwards(line, start, end)
        )
        return [Edge(path, end, port.door.implied, port.door.walked > 0)]

    def _downwards(self, line: Line, start: tuple[float, float], end: tuple[float, float]) -> str:
        parts, (x, y) = [f"M{start[0]:.1f} {start[1]:.1f}"], start
        for bend in self.layout.bends.get(line, ()):
            there, row = MARGIN + self.layout.x[bend], self.row_of[bend]
            parts.append(_curve(x, y, there, self.tops[row]) + f"V{self.bottoms[row]:.1f}")
            x, y = there, self.bottoms[row]
        return "".join([*parts, _curve(x, y, end[0], end[1] - 7)])

    def _upwards(self, line: Line, start: tuple[float, float], end: tuple[float, float]) -> str:
        self.lanes += 1
        lane = self.right + 12
        self.right += 12
        below = self.bottoms[self.row_of[line[0]]] + 10 + 3 * self.lanes
        above = self.tops[self.row_of[line[1]]] - 12 - 3 * self.lanes
        return (
            f"M{start[0]:.1f} {start[1]:.1f}V{below - 8:.1f}q0 8 8 8H{lane - 8:.1f}q8 0 8 -8V{above + 8:.1f}"
            f"q0 -8 -8 -8H{end[0] + 8:.1f}q-8 0 -8 8V{end[1] - 7:.1f}"
        )


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (y + to_y) / 2
    return f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}"


def _place(box: Box, layout: Layout, top: float, width: float) -> Placed:
    """Doors stand in the order in which their lines go apart."""

    def goes_to(door: Door) -> float:
        way = (*layout.bends.get((box.name, door.to or ""), ()), door.to or box.name)
        return layout.x.get(way[0], 0.0)

    height, left = _height(box), MARGIN + layout.x[box.name] - width / 2
    chips = sorted(_chips(box), key=lambda chip: goes_to(chip[0]))
    total = sum(wide for _, _, wide in chips) + CHIP_GAP * (len(chips) - 1)
    x, ports = left + (width - total) / 2, []
    for door, label, wide in chips:
        ports.append(Port(door, label, x + wide / 2, top + height - CHIP_HEIGHT - 8, wide))
        x += wide + CHIP_GAP
    return Placed(box, left, top, width, height, _lines(box), tuple(ports))


def _chips(box: Box) -> list[tuple[Door, str, float]]:
    return [
        (door, label, CHIP_LETTER * len(label) + 14 if label else 0.0)
        for door in box.doors
        for label in [_label(box, door)]
    ]


def _label(box: Box, door: Door) -> str:
    if door.to == box.name:
        return (door.label or "again") + LOOP
    return (door.label or "end") + STOP if door.to is None else door.label


def _lines(box: Box) -> tuple[str, ...]:
    lines = textwrap.wrap(box.text, TEXT_COLUMNS)
    if len(lines) > TEXT_LINES:
        lines = [*lines[: TEXT_LINES - 1], lines[TEXT_LINES - 1].rstrip("…") + "…"]
    return tuple(lines)


def _width(box: Box) -> float:
    chips = [wide for _, _, wide in _chips(box)]
    return max(
        LEAST_WIDTH,
        2 * PAD + NAME_LETTER * len(box.name) + 14 + TEXT_LETTER * len(box.verb),
        2 * PAD + max((TEXT_LETTER * len(line) for line in _lines(box)), default=0.0),
        2 * PAD + sum(chips) + CHIP_GAP * (len(chips) - 1),
    )


def _height(box: Box) -> float:
    chips = CHIP_HEIGHT + 8 if any(label for _, label, _ in _chips(box)) else 0
    return PAD + TITLE_HEIGHT + LINE_HEIGHT * len(_lines(box)) + chips + 8
