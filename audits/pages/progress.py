"""How far an audit is: everything its auditor has to do, in the order it is done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from audits.models import Audit, Evidence, Feedback, Observation, Reflection
from audits.rules.answers import Problem, SectionStatus, minutes_left, needed_in_words
from audits.rules.form_definition import Section
from audits.services.filled_form import DETAILS, FilledForm

STATUS_WORDS = {
    SectionStatus.NOT_STARTED: ("Not started", "grey"),
    SectionStatus.IN_PROGRESS: ("In progress", "blue"),
    SectionStatus.NEEDS_ATTENTION: ("Needs attention", "red"),
    SectionStatus.COMPLETE: ("Completed", ""),
    SectionStatus.NOT_APPLICABLE: ("Does not apply yet", ""),
}
DONE = {SectionStatus.COMPLETE, SectionStatus.NOT_APPLICABLE}
# Nobody plans an hour to the minute.
FIVE = 5


@dataclass(frozen=True)
class AuditTask:
    """One line of the list. `counts`: whether it is needed before the audit can be submitted."""

    text: str
    href: str
    status: str
    colour: str = ""
    hint: str = ""
    done: bool = False
    counts: bool = False


@dataclass(frozen=True)
class TaskGroup:
    title: str
    tasks: tuple[AuditTask, ...]


def tasks_of(filled: FilledForm, on: date) -> list[TaskGroup]:
    """The groups of an auditor's task list, as they stand on the day `on`."""
    problems = filled.problems(on)
    theme = [TaskGroup(filled.pack.title, _sections(filled, filled.pack_sections, problems, on))] if filled.pack else []
    before = [TaskGroup("What has changed", (_what_changed(filled.audit),))] if filled.is_reaudit else []
    return [
        *before,
        TaskGroup("Before the audit", _checks(filled.audit)),
        TaskGroup("The audit", (_details(filled, problems), *_sections(filled, filled.tool_sections, problems, on))),
        *theme,
        TaskGroup("Other voices", _voices(filled.audit)),
        TaskGroup("Finish", (_submission(filled.audit, ready=not problems),)),
    ]


def _checks(audit: Audit) -> tuple[AuditTask, ...]:
    href = reverse("audit_checks", args=[audit.reference])
    checks = (
        ("Confirm the allocated worker", audit.worker_confirmed_at),
        ("Check whether the record is restricted", audit.restriction_checked_at),
        ("Agree time and place with the worker", audit.meeting_at),
    )
    return tuple(
        AuditTask(text, href, "Completed" if at else "Not started", "" if at else "grey", done=bool(at))
        for text, at in checks
    )


def _what_changed(audit: Audit) -> AuditTask:
    done = bool(audit.what_changed.strip())
    words, colour = STATUS_WORDS[SectionStatus.COMPLETE if done else SectionStatus.NOT_STARTED]
    href = reverse("audit_before", args=[audit.reference])
    hint = "Its grades and actions, and what is different for the child now"
    return AuditTask("The audit before, and what has changed since", href, words, colour, hint, done=done, counts=True)


def _details(filled: FilledForm, problems: dict) -> AuditTask:
    audit = filled.audit
    done = DETAILS not in problems
    begun = bool(audit.audit_on or audit.worker_involvement)
    status = SectionStatus.COMPLETE if done else SectionStatus.IN_PROGRESS if begun else SectionStatus.NOT_STARTED
    words, colour = STATUS_WORDS[status]
    href = reverse("audit_details", args=[audit.reference])
    hint = "The date, and how you did it with the worker"
    return AuditTask("About this audit", href, words, colour, hint, done=done, counts=True)


def _sections(
    filled: FilledForm, sections: Iterable[Section], problems: Mapping[str, tuple[Problem, ...]], on: date
) -> tuple[AuditTask, ...]:
    tasks = []
    for section in sections:
        status = filled.status(section, on)
        words, colour = STATUS_WORDS[status]
        href = reverse("audit_section", args=[filled.audit.reference, section.key])
        hint = _section_hint(section, status, problems.get(section.key, ()))
        tasks.append(AuditTask(section.name, href, words, colour, hint, done=status in DONE, counts=True))
    return tuple(tasks)


def _section_hint(section: Section, status: SectionStatus, problems: Iterable[Problem]) -> str:
    """How long it takes, or once it is begun what it still needs."""
    if status in (SectionStatus.IN_PROGRESS, SectionStatus.NEEDS_ATTENTION):
        return f"Still needed: {needed_in_words(section, problems)}"
    return _about(section.minutes) if section.minutes and status == SectionStatus.NOT_STARTED else ""


def _about(minutes: int) -> str:
    return f"About {minutes} minute{'' if minutes == 1 else 's'}"


def time_left(filled: FilledForm, on: date) -> str:
    """About how long the sections still take, such as "about 40 minutes left"; empty once they are done."""
    minutes = sum(minutes_left(section, filled.section(section.key), on=on) for section in filled.form.sections)
    rounded = -(-minutes // FIVE) * FIVE
    return f"{_about(rounded)} left" if rounded else ""


def _voices(audit: Audit) -> tuple[AuditTask, ...]:
    reflection = Reflection.objects.filter(audit=audit).exists()
    # Three lists of one audit: their sizes in one query.
    feedback, observations, files = (
        Audit.objects.filter(pk=audit.pk)
        .values_list(
            _how_many(Feedback.objects.all()),
            _how_many(Observation.objects.all()),
            _how_many(Evidence.objects.filter(removed_at=None)),
        )
        .get()
    )
    return (
        AuditTask(
            "The worker’s reflection",
            reverse("audit_reflection", args=[audit.reference]),
            "Written" if reflection else "Optional",
            hint="Four questions, answered by the worker or with you",
            done=reflection,
        ),
        _optional("Feedback", "audit_feedback", audit, feedback, "What the child, family and partner agencies say"),
        _optional(
            "Practice observations",
            "audit_observations",
            audit,
            observations,
            "A visit, a meeting or a supervision that you sat in on",
        ),
        _optional("Evidence", "audit_evidence", audit, files, "Files that show what you found", counted="attached"),
    )


def _optional(text: str, page: str, audit: Audit, count: int, hint: str, counted: str = "recorded") -> AuditTask:
    status = f"{count} {counted}" if count else "Optional"
    return AuditTask(text, reverse(page, args=[audit.reference]), status, hint=hint, done=bool(count))


def _how_many(rows: QuerySet) -> Coalesce:
    """How many of the rows belong to the audit, as a part of another query."""
    counted = rows.filter(audit=OuterRef("pk")).order_by().values("audit").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def _submission(audit: Audit, *, ready: bool) -> AuditTask:
    href = reverse("audit_check", args=[audit.reference])
    if ready:
        return AuditTask("Check your answers and submit", href, "Ready", "green")
    return AuditTask("Check your answers and submit", href, "Something is missing", hint="You can look at any time")
