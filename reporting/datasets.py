"""The rows that the reports count, as the lower floors hold them. The only reader of lower floors here.

Everything comes as plain rows by `values_list`, in a number of queries that does not grow with the data; what is only
counted comes already grouped.
"""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from accounts.models import Person
from audits.enums import COMPLETED_STATES, AuditKind, AuditState, FeedbackSource, Standing
from audits.models import Allocation, Audit, AuditSection, Cycle, Feedback, FormVersion, Reflection
from audits.rules.cohorts import Child
from reporting.rules.cohorts import cohorts_of
from reporting.rules.figures import AuditRow, CycleRow, ReturnRow, SectionGrades
from reporting.rules.periods import Period

NOT_ASKED = SectionGrades(applicable=False)


def _yes_where(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def cycles(*, until: date) -> list[CycleRow]:
    """Every cycle that has begun by the month of `until`."""
    return [
        CycleRow(
            cycle.key,
            cycle.first_month,
            cycle.last_month,
            cycle.status,
            cycle.pause_reason,
            cycle.substitute_activity,
        )
        for cycle in Cycle.objects.filter(first_month__lte=until).order_by("first_month")
    ]


def returns(*, until: date) -> list[ReturnRow]:
    """Every allocation of those cycles, grouped by what the rates and judgements ask of it.

    Late is after the deadline, as it stood in the end. Moderated is signed off at Stage 2; a past audit that was
    imported was moderated where the file has a moderated grade.
    """
    keys = {cycle.pk: cycle.key for cycle in Cycle.objects.filter(first_month__lte=until)}
    rows = (
        Allocation.objects.filter(cycle__first_month__lte=until)
        .order_by()
        .annotate(
            completed=_yes_where(Q(audit__state__in=COMPLETED_STATES)),
            late=_yes_where(Q(audit__completed_on__gt=F("due_on"))),
            moderated=_yes_where(
                Q(audit__state=AuditState.SIGNED_OFF, audit__imported=False) | Q(audit__moderated_grade__gt="")
            ),
        )
        .values_list(
            "cycle",
            "kind",
            "standing",
            "completed",
            "late",
            "moderated",
            "audit__overall_grade",
            "audit__moderated_grade",
        )
        .annotate(count=Count("pk"))
    )
    return [
        ReturnRow(keys[cycle], kind, standing, completed, late, moderated, original or "", final or "", count)
        for cycle, kind, standing, completed, late, moderated, original, final, count in rows
    ]


def _drawn_audits(period: Period) -> QuerySet[Audit]:
    """The completed audits of the period's cycles that were drawn at random."""
    return Audit.objects.filter(
        state__in=COMPLETED_STATES,
        allocation__kind=AuditKind.AUDIT,
        allocation__standing=Standing.LIVE,
        allocation__cycle__first_month__lte=period.last,
        allocation__cycle__last_month__gte=period.first,
    )


def completed_audits(period: Period) -> list[AuditRow]:
    """Those audits with their grades, overall and by section, and the cohorts of their children.

    A section is the same in every version of its form by its key; it goes by the name that the newest of these has. In
    an audit whose form does not ask it, a section does not apply: audits with two tools do not dilute each other.
    """
    audits = _drawn_audits(period)
    keys = {cycle.pk: cycle.key for cycle in Cycle.objects.filter(first_month__lte=period.last)}
    graded = _graded_sections(audits)
    of_any = {name for names in graded.values() for name in names.values()}
    not_asked = {form: dict.fromkeys(of_any - {*names.values()}, NOT_ASKED) for form, names in graded.items()}
    sections: dict[int, dict[str, SectionGrades]] = defaultdict(dict)
    for audit, form, key, name, original, moderated, not_applicable in (
        AuditSection.objects.filter(audit__in=audits)
        .order_by("position", "pk")
        .values_list(
            "audit",
            "audit__form_version",
            "key",
            "name",
            "grade",
            "moderated_grade",
            "not_applicable_reason",
        )
    ):
        named = name if form is None else graded[form].get(key)
        if named is not None:
            sections[audit][named] = SectionGrades(original, moderated, applicable=not not_applicable)
    return [
        AuditRow(
            keys[cycle],
            kind,
            original,
            moderated,
            {**sections[pk], **not_asked.get(form, {})},
            cohorts_of(
                Child(
                    plan_types=frozenset(filter(None, [*statuses, plan_type])),
                    age=age,
                    cp_category=cp_category,
                    cse_level=cse_level,
                    missing=bool(missing),
                )
            ),
        )
        for (
            pk,
            form,
            cycle,
            kind,
            original,
            moderated,
            statuses,
            plan_type,
            age,
            cp_category,
            cse_level,
            missing,
        ) in audits.values_list(
            "pk",
            "form_version",
            "allocation__cycle",
            "allocation__kind",
            "overall_grade",
            "moderated_grade",
            "allocation__statuses",
            "allocation__plan_type",
            "allocation__age",
            "allocation__cp_category",
            "allocation__cse_level",
            "allocation__missing_last_6_months",
        )
    ]


def _graded_sections(audits: QuerySet[Audit]) -> dict[int, dict[str, str]]:
    """For each version of a form that these audits were made with: the names of its graded sections, by their keys."""
    versions = FormVersion.objects.filter(audits__in=audits).distinct().order_by("number")
    newest = {(form.key, section.key): section.name for form in versions for section in form.form.graded_sections}
    return {
        form.pk: {section.key: newest[form.key, section.key] for section in form.form.graded_sections}
        for form in versions
    }


def reportable_cycles() -> list[tuple[Period, str]]:
    """The cycles with allocations, newest first: each as a period of its own, and its name. Where there is but a
    directed audit, there is nothing to report."""
    of_the_sample = Allocation.objects.filter(cycle=OuterRef("pk")).exclude(kind=AuditKind.DIRECTED)
    cycles = Cycle.objects.filter(Exists(of_the_sample)).order_by("-first_month")
    return [(Period(cycle.first_month, cycle.last_month), cycle.name) for cycle in cycles]


# -- What people said, for those who write a report ------------------------------------------------


def known_audits(period: Period, reader: Person) -> QuerySet[Audit]:
    """The period's audits that the reader may read: of restricted records only those they are named for."""
    return Audit.objects.known_to(reader).filter(pk__in=_drawn_audits(period))


def unread(period: Period, reader: Person) -> int:
    """How many of the period's audits are of restricted records that the reader is not named for: they count in the
    figures, but what was said in them is not shown."""
    return _drawn_audits(period).exclude(pk__in=Audit.objects.known_to(reader)).count()


class FeedbackRow(NamedTuple):
    """What a child, family member or partner said about the work, and whether a report may quote it."""

    reference: str
    source: str
    polarity: str
    text: str
    quotable: bool


def feedback(period: Period, reader: Person) -> list[FeedbackRow]:
    """Feedback recorded in the audits that the reader may read; what was said in confidence may not be quoted."""
    rows = (
        Feedback.objects.filter(audit__in=known_audits(period, reader))
        .order_by("polarity", "source", "pk")
        .values_list("audit__reference", "source", "polarity", "text", "may_quote", "in_confidence")
    )
    return [
        FeedbackRow(reference, FeedbackSource(source).label, polarity, text, quotable=may_quote and not in_confidence)
        for reference, source, polarity, text, may_quote, in_confidence in rows
    ]


def reflections(period: Period, reader: Person) -> dict[str, list[tuple[str, str]]]:
    """The workers' answers to each of the four questions, of audits that the reader may read: (reference, answer)."""
    questions = ("done_well", "challenges", "tools", "differently")
    answers: dict[str, list[tuple[str, str]]] = {question: [] for question in questions}
    rows = Reflection.objects.filter(audit__in=known_audits(period, reader)).order_by("pk")
    for reference, *written in rows.values_list("audit__reference", *questions):
        for question, text in zip(questions, written, strict=True):
            if text.strip():
                answers[question].append((reference, text))
    return answers
