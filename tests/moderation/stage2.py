"""A submitted audit and the people around it, as Stage 2 meets them.

Directors at the top; Sam's line of management is Pat, then Gwen; the moderators Max and Mia are in another service.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.utils import timezone

from accounts.enums import Role
from accounts.models import Person
from audits.enums import AuditState, Capacity
from audits.models import Audit, AuditSection, Participant
from audits.rules.form_definition import Question, QuestionKind
from audits.services.forms import ensure_default_form
from moderation.models import Moderation
from moderation.rules.discussion import Decision, Discussion, Presence
from tests import factories

SUBMITTED_AT = datetime(2026, 11, 12, 15, tzinfo=UTC)
ASSIGNED_AT = datetime(2026, 11, 12, 16, tzinfo=UTC)
HELD_AT = datetime(2026, 11, 19, 14, tzinfo=UTC)


@dataclass(frozen=True)
class People:
    """Everybody around one audit. `gwen` manages `pat`, who manages the worker `sam`; `max` and `mia` moderate."""

    director: Person
    gwen: Person
    pat: Person
    sam: Person
    auditor: Person
    auditors_manager: Person
    max: Person
    mia: Person
    qa: Person
    outsider: Person


def people() -> People:
    director = factories.person(Role.LEADERSHIP, name="Dora Director")
    gwen = factories.person(Role.MODERATOR, name="Gwen Group", line_manager=director)
    pat = factories.person(Role.PRACTICE_MANAGER, name="Pat Practice", line_manager=gwen)
    auditors_manager = factories.person(name="Ada Above", line_manager=director)
    return People(
        director=director,
        gwen=gwen,
        pat=pat,
        sam=factories.person(Role.SOCIAL_WORKER, name="Sam Social", line_manager=pat),
        auditor=factories.person(Role.AUDITOR, Role.MODERATOR, name="Olu Auditor", line_manager=auditors_manager),
        auditors_manager=auditors_manager,
        max=factories.person(Role.MODERATOR, name="Max Moderator"),
        mia=factories.person(Role.MODERATOR, name="Mia Moderator"),
        qa=factories.person(Role.QA, name="Quinn Quality"),
        outsider=factories.person(Role.AUDITOR, Role.MODERATOR, Role.PRACTICE_MANAGER, name="Otto Outsider"),
    )


def submitted_audit(
    who: People, *, grade: str = "good", answers: Mapping[str, str] | None = None, **values: object
) -> Audit:
    """A whole audit of Sam's case: every question answered Yes but for `answers`, every section graded `grade`."""
    audit = factories.audit(
        auditor=who.auditor,
        worker=who.sam,
        participants=[(who.pat, Capacity.LINE_MANAGER), (who.pat, Capacity.PRACTICE_MANAGER)],
        state=AuditState.SUBMITTED,
        **{
            "form_version": ensure_default_form(),
            "overall_grade": grade,
            "submitted_at": SUBMITTED_AT,
            "completed_on": timezone.localdate(SUBMITTED_AT),
            "audit_on": timezone.localdate(SUBMITTED_AT),
            "worker_involvement": "face_to_face",
            **values,
        },
    )
    AuditSection.objects.bulk_create(
        AuditSection(
            audit=audit,
            key=section.key,
            name=section.name,
            position=position,
            answers={
                question.key: {"value": (answers or {}).get(question.key) or _answer(question)}
                for question in section.questions
            },
            comment=f"What was found about {section.name}.",
            grade=grade if section.graded else "",
        )
        for position, section in enumerate(ensure_default_form().form.sections)
    )
    return audit


def _answer(question: Question) -> str:
    match question.kind:
        case QuestionKind.YES_NO_NA:
            return "yes"
        case QuestionKind.CHOICE:
            return question.choices[0].key
        case QuestionKind.DATE:
            return "2026-10-01"
    return "Some words"


def moderation(audit: Audit, moderator: Person | None, **values: object) -> Moderation:
    """Stage 2 of the audit, given to that moderator."""
    made = Moderation.objects.create(
        audit=audit,
        moderator=moderator,
        **{"assigned_at": ASSIGNED_AT, "due_on": datetime(2026, 11, 26, tzinfo=UTC).date(), **values},
    )
    if moderator:
        Participant.objects.create(audit=audit, person=moderator, capacity=Capacity.MODERATOR)
    return made


def agreeing(audit: Audit, **changes: Decision) -> Discussion:
    """A whole discussion that agrees with every grade, but for `changes` by key."""
    originals = {row.key: row.grade for row in audit.sections.all() if row.grade} | {"overall": audit.overall_grade}
    decisions = {key: Decision(grade, "", grade) for key, grade in originals.items()}
    decisions |= {key: replace(change, original=originals[key]) for key, change in changes.items()}
    there = Presence("yes")
    return Discussion(
        decisions=decisions,
        attendance={
            "moderator": there,
            "auditor": there,
            "practice_manager": there,
            "social_worker": Presence("no", "Off sick"),
        },
        held_on=("19", "11", "2026"),
        duration="55",
        difference_made="The child goes to school again.",
        strengths="Steady visits.",
    )


def posted(discussion: Discussion, version: int, **more: str) -> dict[str, str]:
    """The discussion as the page's form posts it."""
    day, month, year = discussion.held_on
    data = {"version": str(version), "held_on_day": day, "held_on_month": month, "held_on_year": year}
    for key, decision in discussion.decisions.items():
        data |= {f"grade.{key}": decision.final, f"reason.{key}": decision.reason}
    for capacity, presence in discussion.attendance.items():
        data |= {f"there.{capacity}": presence.there, f"note.{capacity}": presence.note}
    data |= {name: getattr(discussion, name) for name in ("duration", "difference_made", "strengths", "comment")}
    return data | more
