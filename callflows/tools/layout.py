"""Where boxes stand: in layers from the first to the last, ordered so that few lines cross, near what they belong to.

Sugiyama's way (K. Sugiyama, S. Tagawa, M. Toda, 1981): take circles apart, choose layers by the longest way, give long
lines a place in every layer they pass, order by the middle of the neighbours, then move everything towards its
neighbours without letting two touch. Pure: widths in, positions out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 8
Line = tuple[str, str]


@dataclass(frozen=True)
class Layout:
    """`layers` from top to bottom; `x` is the middle of each box and of each place a long line passes.

    `bends` are the places that a long line passes, from its tail to its head; `back` are the lines that lead upwards.
    """

    layers: tuple[tuple[str, ...], ...]
    x: Mapping[str, float]
    bends: Mapping[Line, tuple[str, ...]]
    back: frozenset[Line]


def lay_out(
    widths: Mapping[str, float], lines: Iterable[Line], first: str, gap: float, lane: float
) -> Layout:
    """Places for boxes of these widths; `first` comes on top, `gap` is between two boxes, `lane` the width of a line."""
    known = [
        line
        for line in dict.fromkeys(lines)
        if line[0] in widths and line[1] in widths and line[0] != line[1]
    ]
    back = _back_lines(list(widths), known, first)
    forward = [line for line in known if line not in back]
    layer = _layers(list(widths), forward, first)
    bends, links = _with_bends(forward, layer)
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for name in [*widths, *(bend for several in bends.values() for bend in several)]:
        rows[layer[name]].append(name)
    rows = _ordered(rows, links)
    wide = {name: widths.get(name, lane) for name in layer}
    return Layout(tuple(map(tuple, rows)), _placed(rows, links, wide, gap), bends, frozenset(back))


def _back_lines(names: Sequence[str], lines: Sequence[Line], first: str) -> set[Line]:
    """Lines that close a circle when one walks from the first step on."""
    heads: dict[str, list[str]] = {name: [] for name in names}
    for tail, head in lines:
        heads[tail].append(head)
    back: set[Line] = set()
    done: set[str] = set()
    for root in [first, *names] if first in heads else names:
        if root in done:
            continue
        walk, ahead = [root], {root: iter(heads[root])}
        while walk:
            here = walk[-1]
            head = next(ahead[here], "")
            if not head:
                done.add(walk.pop())
            elif head in ahead and head not in done:
                back.add((here, head))
            elif head not in done:
                walk.append(head)
                ahead[head] = iter(heads[head])
    return back


def _layers(names: Sequence[str], lines: Sequence[Line], first: str) -> dict[str, int]:
    """The length of the longest way to each; what nothing leads to stands just above what it leads to."""
    tails: dict[str, list[str]] = {name: [] for name in names}
    heads: dict[str, list[str]] = {name: [] for name in names}
    for tail, head in lines:
        tails[head].append(tail)
        heads[tail].append(head)
    layer: dict[str, int] = {}
    waiting = {name: len(tails[name]) for name in names}
    ready = [name for name in names if not waiting[name]]
    while ready:
        name = ready.pop(0)
        layer[name] = max((layer[tail] + 1 for tail in tails[name]), default=0)
        for head in heads[name]:
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    for name in names:
        if name != first and not tails[name] and heads[name]:
            layer[name] = max(0, min(layer[head] for head in heads[name]) - 1)
    return layer


def _with_bends(
    lines: Sequence[Line], layer: dict[str, int]
) -> tuple[dict[Line, tuple[str, ...]], list[Line]]:
    """Long lines cut into pieces from layer to layer; `layer` also gets the places in between."""
    bends: dict[Line, tuple[str, ...]] = {}
    links: list[Line] = []
    for tail, head in lines:
        between = tuple(f"{tail}\n{head}\n{row}" for row in range(layer[tail] + 1, layer[head]))
        for row, bend in enumerate(between, start=layer[tail] + 1):
            layer[bend] = row
        bends[tail, head] = between
        links.extend(pairwise((tail, *between, head)))
    return bends, links


def _ordered(rows: list[list[str]], links: Sequence[Line]) -> list[list[str]]:
    """The best order of several sweeps down and up."""
    above, below = _neighbours(links)
    best, fewest = [list(row) for row in rows], crossings(rows, below)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for index in range(1, len(rows)) if down else range(len(rows) - 2, -1, -1):
            beside = rows[index - 1] if down else rows[index + 1]
            place = {name: number for number, name in enumerate(beside)}
            rows[index] = _by_middle(rows[index], above if down else below, place)
        now = crossings(rows, below)
        if now < fewest:
            best, fewest = [list(row) for row in rows], now
    return best


def crossings(rows: Sequence[Sequence[str]], below: Mapping[str, Sequence[str]]) -> int:
    """How many pairs of lines cross."""
    count = 0
    for upper, lower in pairwise(rows):
        place = {name: number for number, name in enumerate(lower)}
        ends = [place[head] for name in upper for head in sorted(below.get(name, ()), key=place.__getitem__)]
        count += sum(left > right for index, left in enumerate(ends) for right in ends[index + 1 :])
    return count


def _by_middle(row: list[str], beside: Mapping[str, Sequence[str]], place: Mapping[str, int]) -> list[str]:
    """Ordered by the mean place of the neighbours; who has none keeps its own place."""

    def middle(item: tuple[int, str]) -> float:
        index, name = item
        places = [place[one] for one in beside.get(name, ()) if one in place]
        return sum(places) / len(places) if places else float(index)

    return [name for _, name in sorted(enumerate(row), key=middle)]


def _placed(
    rows: Sequence[Sequence[str]], links: Sequence[Line], wide: Mapping[str, float], gap: float
) -> dict[str, float]:
    above, below = _neighbours(links)
    x: dict[str, float] = {}
    for row in rows:
        left = 0.0
        for name in row:
            x[name] = left + wide[name] / 2
            left += wide[name] + gap
    for sweep in range(2 * SWEEPS):
        beside = above if sweep % 2 == 0 else below
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wished = []
            for name in row:
                near = [x[one] for one in beside.get(name, ())] or [x[name]]
                wished.append(sum(near) / len(near))
            apart = [(wide[one] + wide[other]) / 2 + gap for one, other in pairwise(row)]
            x.update(zip(row, spread(wished, apart), strict=True))
    least = min((x[name] - wide[name] / 2 for name in x), default=0.0)
    return {name: value - least for name, value in x.items()}


def spread(wished: Sequence[float], apart: Sequence[float]) -> list[float]:
    """Places as near to the wished ones as can be (least squares) that keep their order and distances.

    Without the distances this is isotonic regression; neighbours that would touch are pooled and share their mean.
    """
    offsets = [0.0]
    for distance in apart:
        offsets.append(offsets[-1] + distance)
    pools: list[list[float]] = []  # mean, size
    for wish, offset in zip(wished, offsets, strict=True):
        pools.append([wish - offset, 1.0])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, size = pools.pop()
            pools[-1] = [
                (pools[-1][0] * pools[-1][1] + mean * size) / (pools[-1][1] + size),
                pools[-1][1] + size,
            ]
    means = [mean for mean, size in pools for _ in range(int(size))]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _neighbours(links: Sequence[Line]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for tail, head in links:
        above.setdefault(head, []).append(tail)
        below.setdefault(tail, []).append(head)
    return above, below
