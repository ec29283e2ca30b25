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
        label = f"{n * step(end):g}" + " s" * (n == 0)
        line = f'<line class="grid" y2="{bottom}"/>'
        words = f'<text class="tick" y="{bottom + 17}">{label}</text>'
        grid.append(f'<svg x="{at(x(n * step(end)))}">{line}{words}</svg>')
    for row, lane in enumerate(lanes):
        own = [(n, event) for n, event in enumerate(events, 1) if event.lane == lane]
        rows.append(f'<svg y="{row * height}">{draw_lane(lane, own, x)}</svg>')
    # Two pictures on a page need two names; the same picture twice may share one.
    name = f"timeline-{sha256((title + text).encode()).hexdigest()[:8]}"
    last = f"{len(events)} events in {end:.2f} s, in the lanes {', '.join(lanes)}; listed below."
    return (
        f'<svg role="img" aria-labelledby="{name}" width="100%" height="{bottom + 24}">'
        f'<title id="{name}">{escape(title)}</title><desc>{escape(last)}</desc>'
        f"{''.join(grid)}{''.join(rows)}</svg>{legend(events)}"
    )


def at(place: float) -> str:
    return f"{place:.1f}%"


def draw_lane(lane: str, own: list[tuple[int, Event]], x: Callable[[float], float]) -> str:
    """Its name, its bars, and a number for each event; the same places in every lane."""
    middle, bar = NAME + 10, NAME + NUMBERS
    bars, ends, numbers = [], [], []
    began: Event | None = None
    for _, event in own:
        if event.mark == "+":
            began = event
        elif event.mark in "-x" and began:
            bars.append(draw_bar(x(began.at), x(event.at), bar, MARKS[event.mark]))
            began = None
        if event.mark == "x":
            ends.append(f'<text class="cross" x="{at(x(event.at))}" y="{bar + BAR}">✕</text>')
        elif event.mark == ".":
            ends.append(f'<circle class="dot" cx="{at(x(event.at))}" cy="{bar + 6}" r="4"/>')
    if began:
        bars.append(draw_bar(x(began.at), RIGHT, bar, "open"))
    places = spread([x(event.at) for _, event in own])
    for (number, event), place in zip(own, places, strict=True):
        aside = at(x(event.at) - place)
        numbers.append(
            f'<svg class="{MARKS[event.mark]}" x="{at(place)}">'
            f'<line x2="{aside}" y1="{middle}" y2="{bar}"/><circle cy="{middle}" r="9"/>'
            f'<text y="{middle + 4}">{number}</text></svg>'
        )
    return "".join([f'<text y="13">{escape(lane)}</text>', *bars, *ends, *numbers])


def draw_bar(left: float, right: float, top: int, kind: str) -> str:
    width = max(right - left, 0.4)  # a bar of no length is still to be seen
    return (
        f'<rect class="{kind}" x="{at(left)}" y="{top}" width="{at(width)}" height="{BAR}" rx="2"/>'
    )


def legend(events: list[Event]) -> str:
    items = [
        f'<li class="{MARKS[event.mark]}"><b>{event.at:.2f} s</b> '
        f"<i>{escape(event.lane)}</i> {escape(event.text)}</li>"
        for event in events
    ]
    return f"<ol>{''.join(items)}</ol>"
