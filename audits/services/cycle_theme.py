"""What a cycle is about: the cases it looks at, the tool they are audited with, and the questions asked beside it.

All are QA's to choose until the cycle is published. A draw keeps the focus it was made for: it has to be drawn again
before it can be published under another one.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Person, Team
from accounts.permissions import ensure
from accounts.services.activity import record
from audits.enums import CycleStatus, FormState
from audits.models import Cycle, FormVersion
from audits.rules.cohorts import Cohort
from audits.rules.form_definition import FormKind
from audits.services.form_publishing import hold_published


def set_focus(
    *, cycle: Cycle, teams: Collection[str], cohort: Cohort | None, reason: str, by: Person, at: datetime
) -> None:
    """Audit only the cases of these teams, by code, and of this cohort. Raises UserError where neither is given, no
    reason is, a team does not exist, or the cycle is published."""
    ensure(by.may(Permission.RUN_CYCLES), "Only QA says what a cycle is about.")
    if not (teams or cohort):
        raise UserError("Choose the teams or the children that the cycle is about.")
    if not reason.strip():
        raise UserError("Say why the cycle has this focus.")
    unknown = set(teams) - set(Team.objects.filter(code__in=teams).values_list("code", flat=True))
    if unknown:
        raise UserError(f"There is no team “{min(unknown)}”.")
    _change(
        cycle,
        "focused",
        f"{cycle.name} has a focus: {reason.strip()}",
        by,
        at,
        focus_teams=sorted(set(teams)),
        focus_cohort=cohort.to_values() if cohort else {},
        focus_reason=reason.strip(),
    )


def remove_focus(*, cycle: Cycle, by: Person, at: datetime) -> None:
    """Audit every eligible case again."""
    ensure(by.may(Permission.RUN_CYCLES), "Only QA says what a cycle is about.")
    nothing: dict[str, Any] = {"focus_teams": [], "focus_cohort": {}, "focus_reason": ""}
    _change(cycle, "unfocused", f"{cycle.name} has no focus any more", by, at, **nothing)


def set_pack(*, cycle: Cycle, pack: FormVersion | None, by: Person, at: datetime) -> None:
    """Ask these questions too in every audit of the cycle; None takes them out again."""
    ensure(by.may(Permission.RUN_CYCLES), "Only QA chooses the questions of a cycle.")
    if pack and (pack.outline.kind != FormKind.PACK or pack.state != FormState.PUBLISHED):
        raise UserError("Only a published pack of questions can be added to a cycle.")
    said = f"{cycle.name} asks the questions on {pack.title}" if pack else f"{cycle.name} asks no questions on a theme"
    with transaction.atomic():
        if pack:
            hold_published(pack)
        _change(cycle, "pack_chosen", said, by, at, pack=pack)


def set_tool(*, cycle: Cycle, tool: FormVersion | None, by: Person, at: datetime) -> None:
    """Audit the cycle with this version of a tool; None: with the one that is in use when the cycle is published."""
    ensure(by.may(Permission.RUN_CYCLES), "Only QA chooses the audit tool of a cycle.")
    if tool and (tool.outline.kind != FormKind.TOOL or tool.state != FormState.PUBLISHED):
        raise UserError("Only a published audit tool can be chosen for a cycle.")
    said = f"{cycle.name} is audited with {tool}" if tool else f"{cycle.name} is audited with the tool in use"
    with transaction.atomic():
        if tool:
            hold_published(tool)
        _change(cycle, "tool_chosen", said, by, at, form_version=tool)


def _change(cycle: Cycle, verb: str, summary: str, by: Person, at: datetime, /, **values: Any) -> None:
    with transaction.atomic():
        planned = Cycle.objects.filter(pk=cycle.pk, status=CycleStatus.PLANNED, published_at=None)
        changed = planned.update(**values)
        cycle.refresh_from_db()
        if not changed:
            raise UserError(f"{cycle.name} is {cycle.get_status_display().lower()}: this cannot be changed any more.")
        record(by=by, at=at, verb=f"cycle.{verb}", thing_type="cycle", thing_ref=cycle.key, summary=summary)
