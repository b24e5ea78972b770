"""How the reports say months, cycles, shares and signals."""

from collections.abc import Mapping
from datetime import date
from typing import Any

Figures = Mapping[str, Any]
"""Figures, or a part of them, as the .json report holds them."""


def month_name(month: str, *, short: bool = False) -> str:
    """`2026-10` as `October 2026`, or `Oct 26`."""
    first = date.fromisoformat(f"{month}-01")
    return f"{first:%b %y}" if short else f"{first:%B %Y}"


def period_name(first: str, last: str) -> str:
    if first == last:
        return month_name(first)
    if first[:4] == last[:4]:
        return f"{month_name(first).split()[0]} to {month_name(last)}"
    return f"{month_name(first)} to {month_name(last)}"


def cycle_name(key: str, *, short: bool = False) -> str:
    """A cycle as people say it; merged months as `July and August 2019`, or `Jul–Aug 19`."""
    first, _, last = key.partition("/")
    if not last:
        return month_name(first, short=short)
    if short:
        return f"{month_name(first, short=True).split()[0]}–{month_name(last, short=True)}"
    return period_name(first, last).replace(" to ", " and ", 1)


def nothing_audited(judgement: Figures) -> str:
    if judgement["n"]:
        return ""
    return "Paused" if judgement["status"] == "paused" else "No completed audits"


def section_share(name: str, grades: Figures) -> str:
    better = grades["good_or_better"]
    share = "" if better["percent"] is None else f", {better['percent']:.1f}%"
    return f"{name} ({better['count']} of {grades['n']}{share})"


def in_brackets(rate: float | None) -> str:
    return "" if rate is None else f" ({rate:.1f}%)"


def signal_sentence(signal: Figures) -> str:
    first, last = cycle_name(signal["from"]), cycle_name(signal["to"])
    match signal["rule"]:
        case "shift":
            return f"{first} to {last} lie {'above' if signal['up'] else 'below'} the mean without a break."
        case "trend":
            return f"{first} to {last}: {'rising' if signal['up'] else 'falling'} from cycle to cycle."
    return f"{last} is {'higher' if signal['up'] else 'lower'} than chance alone would give."
