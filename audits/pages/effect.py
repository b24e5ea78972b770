"""What a change of the settings would bring about, before it is made."""

from datetime import date
from typing import NamedTuple

from audits.forms.programme.parts import Change, changes
from audits.pages.dates_effect import DateLine, dates_effect
from audits.pages.draw_effect import DrawEffect, draw_effect, next_cycle, waiting_draw
from audits.rules.deadlines import stage_two_can_precede_stage_one
from audits.rules.programme import DECIDE_DATES, DECIDE_THE_DRAW, Programme
from audits.services.programme import differences


class Effect(NamedTuple):
    """`cycle`: the name of the next one. `draw`, `dates`: None where the changed settings have nothing to do with them.
    `waiting`: what a draw that waits to be published is left as."""

    changes: list[Change]
    cycle: str
    waiting: str
    draw: DrawEffect | None
    dates: list[DateLine] | None
    warnings: list[str]


def effect_of(before: Programme, after: Programme, on: date) -> Effect:
    """Draws the next cycle twice, for trial, where the draw depends on what changes. At national size that takes
    seconds."""
    changed = set(differences(before, after))
    cycle = next_cycle(on)
    draw = draw_effect(cycle, before, after) if changed & DECIDE_THE_DRAW else None
    return Effect(
        changes=changes(before, after),
        cycle=cycle.name,
        waiting=waiting_draw(cycle),
        draw=draw,
        dates=dates_effect(cycle, before, after, on) if changed & DECIDE_DATES else None,
        warnings=[*warnings_of(after, on), *(draw.notes if draw else [])],
    )


def warnings_of(programme: Programme, on: date) -> list[str]:
    """What the settings bring about that nobody can want."""
    if stage_two_can_precede_stage_one(on.replace(day=1), programme.deadlines):
        return ["With these numbers Stage 2 of an audit can be due before its Stage 1."]
    return []
