"""The result as a table for people, as the body of the documentation's table, and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.measure import Figures, Goal, Spread

__all__ = ["as_json", "document", "markdown", "table"]

_START, _END = "<!-- figures{} -->", "<!-- end of figures -->"
_HEAD = ("job", "what", "ours", "bare driver", "ratio", "goal", "result")


def table(results: list[Figures]) -> str:
    """Return a table in columns for the terminal."""
    rows = [_HEAD, *(_row(one) for one in results)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def markdown(results: list[Figures]) -> str:
    """Return the same as a table in Markdown."""
    lines = [_HEAD, tuple("---" for _ in _HEAD), *(_row(one) for one in results)]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines)


def document(page: Path, results: list[Figures], server: str | None) -> None:
    """Put the table into a page of the documentation, between the two marks of the server, or of SQLite."""
    mark = _START.format(f" on {server}" if server else "")
    before, start, rest = page.read_text(encoding="utf-8").partition(mark)
    _, end, after = rest.partition(_END)
    if not end:
        raise SystemExit(f"{page} has no lines {mark} and {_END}")
    page.write_text(f"{before}{start}\n{markdown(results)}\n{end}{after}", encoding="utf-8")


def as_json(results: list[Figures]) -> list[dict[str, Any]]:
    """Return the same for machines; times are seconds an operation, by round."""
    return [
        {
            "job": one.contest.job,
            "what": one.contest.what,
            "ours": one.ours,
            "bare": one.bare,
            "ratio": one.ratio.median if one.ratio else None,
            "goal": vars(one.contest.goal) if one.contest.goal else None,
            "reached": one.reached,
        }
        for one in results
    ]


def _row(one: Figures) -> tuple[str, ...]:
    contest = one.contest
    return (
        contest.job,
        contest.what,
        _times(one.ours, rate=contest.rate),
        _times(one.bare, rate=contest.rate) if one.bare else "",
        _compared(one),
        _goal(contest.goal) if contest.goal else "",
        _verdict(one, contest.goal) if contest.goal else "",
    )


def _compared(one: Figures) -> str:
    """Return what the goal is about where both sides are: the ratio, or how much longer ours took."""
    if one.ratio is None:
        return ""
    if one.contest.goal is not None and one.contest.goal.about == "over":
        return f"+ {_times(one.over, rate=False)}"
    return f"{one.ratio.median:.2f} ({one.ratio.least:.2f}–{one.ratio.greatest:.2f})"


def _times(seconds: list[float], *, rate: bool) -> str:
    spread = Spread.of(seconds)
    scale, unit = _unit(spread.median)
    median, least, greatest = (f"{value * scale:.3g}" for value in (spread.median, spread.least, spread.greatest))
    told = f", {1 / spread.median:,.0f}/s" if rate else ""
    return f"{median} {unit} ({least}–{greatest}){told}"


def _unit(seconds: float) -> tuple[float, str]:
    for scale, unit in ((1.0, "s"), (1e3, "ms")):
        if seconds * scale >= 1:
            return scale, unit
    return 1e6, "µs"


def _goal(goal: Goal) -> str:
    if goal.about == "ratio":
        return f"≤ {goal.goal:g}"
    scale, unit = _unit(goal.goal)
    over = " over" if goal.about == "over" else ""
    return f"≤ {goal.goal * scale:g} {unit}{over}"


def _verdict(one: Figures, goal: Goal) -> str:
    reached = one.reached
    if reached is None:
        return ""
    if 1 / Spread.of(one.ours).median < goal.least_rate:
        return f"BELOW {goal.least_rate:,.0f}/s"
    if reached <= goal.goal:
        return "met"
    return "within the ceiling" if reached <= goal.ceiling else "ABOVE THE CEILING"
