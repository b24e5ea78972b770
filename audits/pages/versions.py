"""The versions of the settings: what each changed, and which cycles run under it."""

from collections import defaultdict
from typing import NamedTuple

from django.core.paginator import Page

from audits.enums import DrawKind
from audits.forms.programme.parts import Change, changes
from audits.models import Cycle, Draw, ProgrammeRules

IN_A_LINE = 6


class Version(NamedTuple):
    """`cycles`: the names of those published under it; `waiting`: of those drawn under it and not published yet."""

    rules: ProgrammeRules
    changes: list[Change]
    cycles: list[str]
    waiting: list[str]

    @property
    def cycles_in_short(self) -> str:
        """Where they are too many for a line: how many, from which to which."""
        if len(self.cycles) <= IN_A_LINE:
            return ""
        return f"{len(self.cycles)} cycles, from {self.cycles[0]} to {self.cycles[-1]}"


def versions_on(page: Page, earlier: ProgrammeRules | None) -> list[Version]:
    """The versions on a page of all of them, newest first; `earlier`: the one before the last of the page."""
    shown: list[ProgrammeRules] = list(page.object_list)
    published, waiting = _published(shown), _waiting(shown)
    return [
        Version(
            rules,
            changes(before.programme, rules.programme) if before else [],
            published[rules.pk],
            waiting[rules.pk],
        )
        for rules, before in zip(shown, [*shown[1:], earlier], strict=True)
    ]


def _published(shown: list[ProgrammeRules]) -> dict[int | None, list[str]]:
    found: dict[int | None, list[str]] = defaultdict(list)
    for cycle in Cycle.objects.filter(rules__in=[rules.pk for rules in shown]).order_by("first_month"):
        found[cycle.rules_id].append(cycle.name)
    return found


def _waiting(shown: list[ProgrammeRules]) -> dict[int | None, list[str]]:
    """A cycle that was drawn several times counts for its newest draw, the one that can be published."""
    found: dict[int | None, list[str]] = defaultdict(list)
    draws = Draw.objects.filter(kind=DrawKind.MONTH, cycle__published_at=None).order_by("cycle__first_month", "number")
    newest = {draw.cycle_id: draw for draw in draws.select_related("cycle").defer("summary", "pairs")}
    for draw in newest.values():
        found[draw.rules_id].append(draw.cycle.name)
    return found
