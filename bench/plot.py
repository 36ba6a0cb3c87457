"""Line charts as SVG, with nothing but the standard library."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 860, 500
LEFT, RIGHT, TOP, BOTTOM = 78, 210, 52, 62
COLOURS = ("#0072b2", "#d55e00", "#00805c", "#a8508a", "#7a6a00", "#3a3a3a")
DASHES = ("", "7 4", "2 3", "10 3 2 3", "", "7 4")
LABEL_GAP = 18

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Axis:
    """One axis: what it says, what it spans, and where that lies in the drawing."""

    label: str
    low: float
    high: float
    begin: float
    end: float
    log: bool

    def place(self, value: float) -> float:
        """Where a value lies."""
        low, high = self.low, self.high
        if self.log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        return self.begin + (value - low) / (high - low) * (self.end - self.begin)

    def ticks(self) -> list[float]:
        """Round values from one end to the other: of a logarithmic axis 1, 2, 5, 10, … where these are enough."""
        found: list[float] = []
        if self.log:
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            steps = (1, 2, 5) if len(powers) <= 5 else (1,)
            found = [step * 10.0**power for power in powers for step in steps]
            found = [value for value in found if self.low <= value <= self.high]
        if len(found) < 3:
            rough = (self.high - self.low) / 5
            power = 10.0 ** math.floor(math.log10(rough))
            step = next(n * power for n in (1, 2, 5, 10) if n * power >= rough)
            found = [n * step for n in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        return found


def axis(label: str, values: Sequence[float], begin: float, end: float, *, log: bool) -> Axis:
    """An axis that spans all values and a little more; a linear one begins at 0."""
    low, high = min(values), max(values)
    if not log:
        return Axis(label, 0, high * 1.08 or 1, begin, end, log=False)
    low = max(low, high / 1e9, 1e-9)
    pad = max((high / low) ** 0.08, 1.15)
    return Axis(label, low / pad, high * pad, begin, end, log=True)


def draw(lines: Mapping[str, Points], title: str, x_label: str, y_label: str, *, log: bool = True) -> str:
    """A chart with one line for each name. With `log` both axes are logarithmic."""
    lines = {
        name: sorted((x, y) for x, y in points if not log or (x > 0 and y > 0))
        for name, points in lines.items()
    }
    lines = {name: points for name, points in lines.items() if points}
    if not lines:
        raise ValueError("nothing to draw: no line has a point")
    every = [point for points in lines.values() for point in points]
    across = axis(x_label, [x for x, _ in every], LEFT, WIDTH - RIGHT, log=log)
    up = axis(y_label, [y for _, y in every], HEIGHT - BOTTOM, TOP, log=log)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Helvetica, Arial, DejaVu Sans, sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        text(LEFT, 28, title, size=16, bold=True),
        *frame(across, up),
        *curves(lines, across, up),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def frame(across: Axis, up: Axis) -> list[str]:
    """The grid, the axes and their labels."""
    left, right, top, bottom = across.begin, across.end, up.end, up.begin
    parts = []
    for value in across.ticks():
        x = across.place(value)
        parts += [line(x, top, x, bottom, "#e4e4e4"), text(x, bottom + 20, short(value), anchor="middle")]
    for value in up.ticks():
        y = up.place(value)
        parts += [line(left, y, right, y, "#e4e4e4"), text(left - 8, y + 4.5, short(value), anchor="end")]
    middle = (top + bottom) / 2
    return [
        *parts,
        line(left, bottom, right, bottom, "#555"),
        line(left, top, left, bottom, "#555"),
        text((left + right) / 2, bottom + 46, across.label, anchor="middle"),
        f'<g transform="rotate(-90 22 {middle:.1f})">{text(22, middle, up.label, anchor="middle")}</g>',
    ]


def curves(lines: Mapping[str, Points], across: Axis, up: Axis) -> list[str]:
    """The lines, their points, and at the right end of each its name."""
    parts: list[str] = []
    names = sorted(lines, key=lambda name: up.place(lines[name][-1][1]))
    lowest = -math.inf
    places: dict[str, float] = {}
    for name in names:
        lowest = places[name] = max(up.place(lines[name][-1][1]), lowest + LABEL_GAP)
    too_low = max(0.0, lowest - up.begin)
    for number, (name, points) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        dots = [(across.place(x), up.place(y)) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
        dash = f' stroke-dasharray="{DASHES[number % len(DASHES)]}"' if DASHES[number % len(DASHES)] else ""
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        for (x, y), value in zip(dots, points, strict=True):
            tip = escape(f"{name}: {value[0]:,.0f} {across.label}, {value[1]:,.2f} {up.label}")
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}" stroke="#fff"><title>{tip}</title></circle>'
            )
        label = places[name] - too_low
        parts.append(line(dots[-1][0] + 6, dots[-1][1], across.end + 12, label, colour, width=0.7))
        parts.append(text(across.end + 16, label + 4.5, name, colour=colour))
    return parts


def line(x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float = 1) -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    size: int = 13,
    bold: bool = False,
    colour: str = "#222",
) -> str:
    """Words at a place."""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"{weight}>'
        f"{escape(words)}</text>"
    )


def short(value: float) -> str:
    """A number with k, M or G for the thousands."""
    for unit, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:g}{sign}"
    return f"{value:.6g}"
