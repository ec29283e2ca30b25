"""Draw the topology that a run printed, as SVG for the page.

A line is one arrow, in three columns with two or more spaces between them:

    from  label  to

A node is named by its kind and its name, `queue celery`; the label `-` is none.
Nodes stand in columns, in the order in which a message reaches them, so print
the lines in that order; an arrow back is drawn below. Sizes are pixels: a wide
picture scrolls in its page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from html import escape

LETTER = 6.9  # px, about the width of one at 12 px
PADDING, HEIGHT = 12, 40  # px, of a box
ROW, GAP = 58, 40  # px, from box to box
KINDS = ("client", "exchange", "queue", "worker")


@dataclass(frozen=True)
class Arrow:
    start: str
    label: str
    end: str


@dataclass
class Box:
    column: int
    row: int
    x: float = 0
    width: float = 0

    @property
    def y(self) -> float:
        return self.row * ROW

    @property
    def middle(self) -> float:
        return self.y + HEIGHT / 2


def parse(text: str) -> list[Arrow]:
    """The arrows, in order. Raises `ValueError` naming the line."""
    arrows = []
    for line in text.splitlines():
        if not line.strip():
            continue
        columns = re.split(r" {2,}", line.strip())
        if len(columns) != 3:
            raise ValueError(f"not three columns: {line!r}")
        start, label, end = columns
        for node in (start, end):
            if node.split(" ")[0] not in KINDS:
                raise ValueError(f"a node that is none of {', '.join(KINDS)}: {line!r}")
        arrows.append(Arrow(start, "" if label == "-" else label, end))
    if not arrows:
        raise ValueError("no line at all: ''")
    return arrows


def place(arrows: list[Arrow]) -> dict[str, Box]:
    """Each node right of what sends to it first, below those already there."""
    boxes: dict[str, Box] = {}
    rows: dict[int, int] = {}

    def put(node: str, column: int) -> None:
        if node not in boxes:
            boxes[node] = Box(column, rows.get(column, 0))
            rows[column] = rows.get(column, 0) + 1

    for arrow in arrows:
        put(arrow.start, 0)
        put(arrow.end, boxes[arrow.start].column + 1)
    x = 1.0
    for column in sorted(rows):
        own = [node for node, box in boxes.items() if box.column == column]
        width = max(len(part) for node in own for part in two_lines(node)) * LETTER
        for node in own:
            boxes[node].x, boxes[node].width = x, width + 2 * PADDING
        labels = [a.label for a in arrows if boxes[a.start].column == column]
        x += width + 2 * PADDING + GAP + max(map(len, labels), default=0) * LETTER
    return boxes


def two_lines(node: str) -> tuple[str, str]:
    kind, _, name = node.partition(" ")
    return kind, name or kind


def svg(text: str, title: str = "Topology") -> str:
    """The picture, on one line."""
    arrows = parse(text)
    boxes = place(arrows)
    width = max(box.x + box.width for box in boxes.values()) + 1
    back = sum(boxes[a.end].column <= boxes[a.start].column for a in arrows)
    height = max(box.y + HEIGHT for box in boxes.values()) + 26 * back + 4
    name = f"topology-{sha256((title + text).encode()).hexdigest()[:8]}"
    said = "; ".join(f"{a.start} to {a.end}" + (f": {a.label}" if a.label else "") for a in arrows)
    drawn = []
    floor = height - 26 * back
    for arrow in arrows:
        start, end = boxes[arrow.start], boxes[arrow.end]
        if end.column > start.column:
            drawn.append(draw_arrow(arrow, start, end))
        else:
            floor += 26
            drawn.append(draw_back(arrow, start, end, floor - 8))
    # Boxes hide the part of an arrow that passes behind them.
    drawn += [draw_box(node, box) for node, box in boxes.items()]
    return (
        f'<svg role="img" aria-labelledby="{name}" width="{width:.0f}" height="{height:.0f}">'
        f'<title id="{name}">{escape(title)}</title><desc>{escape(said)}</desc>'
        f"{''.join(drawn)}</svg>"
    )


def draw_box(node: str, box: Box) -> str:
    kind, name = two_lines(node)
    round_ = HEIGHT / 2 if kind == "exchange" else 3
    return (
        f'<g class="{kind}"><rect x="{box.x:.1f}" y="{box.y + 1}" width="{box.width:.1f}" '
        f'height="{HEIGHT}" rx="{round_}"/>'
        f'<text class="kind" x="{box.x + box.width / 2:.1f}" y="{box.y + 16}">{escape(kind)}</text>'
        f'<text x="{box.x + box.width / 2:.1f}" y="{box.y + 32}">{escape(name)}</text></g>'
    )


def draw_arrow(arrow: Arrow, start: Box, end: Box) -> str:
    left, right = start.x + start.width, end.x
    bend = (right - left) / 2
    line = (
        f"M{left:.1f} {start.middle:.1f}C{left + bend:.1f} {start.middle:.1f} "
        f"{right - bend:.1f} {end.middle:.1f} {right:.1f} {end.middle:.1f}"
    )
    at = f'x="{(left + right) / 2:.1f}" y="{(start.middle + end.middle) / 2 - 6:.1f}"'
    return head(line, right, end.middle, "right") + label(arrow, at)


def draw_back(arrow: Arrow, start: Box, end: Box, floor: float) -> str:
    left, right = end.x + end.width / 2, start.x + start.width / 2
    right += 10 if start is end else 0  # to itself
    line = f"M{right:.1f} {start.y + HEIGHT + 1}V{floor:.1f}H{left:.1f}V{end.y + HEIGHT + 3}"
    at = f'x="{(left + right) / 2:.1f}" y="{floor - 4:.1f}"'
    return head(line, left, end.y + HEIGHT + 1, "up") + label(arrow, at)


def head(line: str, x: float, y: float, way: str) -> str:
    """The line of an arrow and its point, which touches (x, y)."""
    point = {
        "right": f"M{x - 7:.1f} {y - 4:.1f}L{x:.1f} {y:.1f}L{x - 7:.1f} {y + 4:.1f}Z",
        "up": f"M{x - 4:.1f} {y + 7:.1f}L{x:.1f} {y:.1f}L{x + 4:.1f} {y + 7:.1f}Z",
    }[way]
    return f'<path class="line" d="{line}"/><path class="head" d="{point}"/>'


def label(arrow: Arrow, at: str) -> str:
    return f'<text class="label" {at}>{escape(arrow.label)}</text>' if arrow.label else ""
