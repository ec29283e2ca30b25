"""Draw the timeline that a run printed, as SVG for the page.

A line has four columns, two or more spaces between them:

    seconds  lane  mark  text

The mark is `+` a bar begins, `-` it ends well, `x` it ends killed, `.` a point.
Positions are percentages and sizes are pixels, so the picture is as wide as its
page while its letters keep their size. Colours come from the style sheet.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from html import escape

LEFT, RIGHT = 2.5, 97.5  # per cent of the width, first and last moment
GAP = 6.5  # per cent between two numbers: 20 px on a telephone
NAME, NUMBERS, BAR, SPACE = 20, 26, 12, 14  # px, the parts of a lane from the top
TICKS = 6  # at most this many steps on the axis
MARKS = {"+": "begins", "-": "ends", "x": "killed", ".": "point"}


@dataclass(frozen=True)
class Event:
    at: float
    lane: str
    mark: str
    text: str


def parse(text: str) -> list[Event]:
    """The events, in order. Raises `ValueError` naming the line."""
    events: list[Event] = []
    open_bars: set[str] = set()
    for line in text.splitlines():
        if not line.strip():
            continue
        columns = re.split(r" {2,}", line.strip(), maxsplit=3)
        if len(columns) != 4:
            raise ValueError(f"not four columns: {line!r}")
        seconds, lane, mark, words = columns
        if not re.fullmatch(r"\d+(\.\d+)?", seconds):
            raise ValueError(f"not a number of seconds: {line!r}")
        if mark not in MARKS:
            raise ValueError(f"a mark that is none of {' '.join(MARKS)}: {line!r}")
        if events and float(seconds) < events[-1].at:
            raise ValueError(f"earlier than the line above it: {line!r}")
        if mark == "+" and lane in open_bars:
            raise ValueError(f"a bar begins in a lane where one is open: {line!r}")
        if mark in "-x" and lane not in open_bars:
            raise ValueError(f"a bar ends that never began: {line!r}")
        open_bars ^= {lane} if mark != "." else set()
        events.append(Event(float(seconds), lane, mark, words))
    if not events:
        raise ValueError("no line at all: ''")
    return events


def spread(wanted: list[float]) -> list[float]:
    """Move numbers that would overlap aside, in their order, inside the picture."""
    gap = min(GAP, (RIGHT - LEFT) / max(1, len(wanted) - 1))
    placed: list[float] = []
    for x in wanted:
        placed.append(max(x, placed[-1] + gap) if placed else x)
    limit = RIGHT
    for number in reversed(range(len(placed))):
        placed[number] = limit = min(placed[number], limit)
        limit -= gap
    return placed


def step(end: float) -> float:
    """A round distance between two ticks."""
    rough = end / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= rough * 0.999)


def svg(text: str, title: str = "Timeline") -> str:
    """The picture and the list that its numbers point to, on one line."""
    events = parse(text)
    end = max(event.at for event in events) or 1.0

    def x(seconds: float) -> float:
        return LEFT + (RIGHT - LEFT) * seconds / end

    lanes = list(dict.fromkeys(event.lane for event in events))
    height = NAME + NUMBERS + BAR + SPACE
    bottom = height * len(lanes)
    grid, rows = [], []
    for n in range(math.floor(end / step(end) * 1.001) + 1):
        at, label = f"{x(n * step(end)):.2f}%", f"{n * step(end):g}"
        label += " s" if n == 0 else ""
        grid.append(f'<line class="grid" x1="{at}" x2="{at}" y1="0" y2="{bottom}"/>')
        grid.append(f'<text class="tick" x="{at}" y="{bottom + 17}">{label}</text>')
    for row, lane in enumerate(lanes):
        own = [(n, event) for n, event in enumerate(events, 1) if event.lane == lane]
        rows += draw_lane(lane, row * height, own, x)
    # Two pictures on a page need two names; the same picture twice may share one.
    name = f"timeline-{sha256((title + text).encode()).hexdigest()[:8]}"
    last = f"{len(events)} events in {end:.2f} s, in the lanes {', '.join(lanes)}; listed below."
    return (
        f'<svg role="img" aria-labelledby="{name}" width="100%" height="{bottom + 24}">'
        f'<title id="{name}">{escape(title)}</title><desc>{escape(last)}</desc>'
        f"{''.join(grid)}{''.join(rows)}</svg>{legend(events)}"
    )


def draw_lane(
    lane: str, top: int, own: list[tuple[int, Event]], x: Callable[[float], float]
) -> list[str]:
    """Its name, its bars, and a number for each event."""
    middle, bar = top + NAME + 10, top + NAME + NUMBERS
    bars, ends, lines, numbers = [], [], [], []
    began: Event | None = None
    for _, event in own:
        if event.mark == "+":
            began = event
        elif event.mark in "-x" and began:
            bars.append(draw_bar(x(began.at), x(event.at), bar, MARKS[event.mark]))
            began = None
        if event.mark == "x":
            at = f"{x(event.at):.2f}%"
            ends.append(f'<text class="cross" x="{at}" y="{bar + BAR}">✕</text>')
        elif event.mark == ".":
            ends.append(f'<circle class="dot" cx="{x(event.at):.2f}%" cy="{bar + 6}" r="4"/>')
    if began:
        bars.append(draw_bar(x(began.at), RIGHT, bar, "open"))
    places = spread([x(event.at) for _, event in own])
    for (number, event), place in zip(own, places, strict=True):
        kind, at = MARKS[event.mark], f"{place:.2f}%"
        lines.append(
            f'<line class="lead" x1="{at}" y1="{middle}" x2="{x(event.at):.2f}%" y2="{bar}"/>'
        )
        numbers.append(
            f'<circle class="{kind}" cx="{at}" cy="{middle}" r="9"/>'
            f'<text class="number {kind}" x="{at}" y="{middle + 4}">{number}</text>'
        )
    label = f'<text class="lane" x="0" y="{top + 13}">{escape(lane)}</text>'
    return [label, *lines, *bars, *ends, *numbers]


def draw_bar(left: float, right: float, top: int, kind: str) -> str:
    width = max(right - left, 0.4)  # a bar of no length is still to be seen
    return (
        f'<rect class="bar {kind}" x="{left:.2f}%" y="{top}" width="{width:.2f}%" '
        f'height="{BAR}" rx="2"/>'
    )


def legend(events: list[Event]) -> str:
    items = [
        f'<li class="{MARKS[event.mark]}"><b>{event.at:.2f} s</b> '
        f"<i>{escape(event.lane)}</i> {escape(event.text)}</li>"
        for event in events
    ]
    return f"<ol>{''.join(items)}</ol>"
