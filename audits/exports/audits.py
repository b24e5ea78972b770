"""Audits as a table with the columns of the past audits file, and their answers: for the page and the command alike."""

from collections.abc import Iterable, Iterator
from typing import Any

from accounts.models import Person
from audits.enums import COMPLETED_STATES, Standing
from audits.exports.restricted import blanked
from audits.imports.case_changes import AT_ONCE, in_batches
from audits.imports.past_audits import GRADE, SCHEMA
from audits.imports.past_audits_held import status_of
from audits.models import AuditSection
from audits.models.audits import AuditQuerySet
from audits.permissions import closed_to

ANSWER = "answer:"
COLUMNS = tuple(column.name for column in SCHEMA.columns)
TELLING = frozenset({"case_id", "team", "service", "plan_type"})

Table = tuple[list[str], Iterator[list[object]]]


def table(audits: AuditQuerySet, *, reader: Person | None) -> Table:
    """The header, with a column for each section and each question that occurs, and the rows, one an audit.

    A section's grade is the one that counts: the moderated one where there is one. Grades and answers of an audit that
    is still being written are its auditor's alone: they stay out. `reader`: who takes the table out; of a restricted
    record they are not named for, what tells of the child stays blank. None: the operator, who gets everything.
    """
    counted = audits.exclude(allocation__standing=Standing.WITHDRAWN)
    written = AuditSection.objects.filter(audit__in=counted, audit__state__in=COMPLETED_STATES)
    sections, questions = _names(written)
    header = [*COLUMNS, *(f"{GRADE} {name}" for name in sections), *(f"{ANSWER} {key}" for key in questions)]
    return header, _rows(counted, sections, questions, reader)


def _names(written: Any) -> tuple[list[str], list[str]]:
    """Names of graded sections, and keys of questions, in the order of the forms."""
    sections: dict[str, None] = {}
    questions: dict[str, None] = {}
    ordered = written.order_by("position", "name").values_list("name", "grade", "answers", "audit__imported")
    for name, grade, answers, imported in ordered.iterator(chunk_size=2000):
        if grade or imported:
            sections[name] = None
        questions.update(dict.fromkeys(answers))
    return list(sections), list(questions)


def _rows(
    audits: AuditQuerySet, sections: list[str], questions: list[str], reader: Person | None
) -> Iterator[list[object]]:
    ordered = audits.select_related("allocation__cycle", "allocation__case", "allocation__auditor").order_by(
        "allocation__cycle__first_month", "pk" if reader is None else "reference"
    )
    for some in in_batches(ordered.iterator(chunk_size=2000), AT_ONCE):
        closed = frozenset() if reader is None else closed_to(reader, some)
        grades, answers = _of_sections(audit.pk for audit in some if audit.is_completed and audit.pk not in closed)
        for audit in some:
            given = answers.get(audit.pk, {})
            columns = _columns(audit)
            yield [
                *(blanked(COLUMNS, columns, TELLING) if audit.pk in closed else columns),
                *(grades.get((audit.pk, name), "") for name in sections),
                *(_written(given.get(key)) for key in questions),
            ]


def _of_sections(audits: Iterable[int]) -> tuple[dict[tuple[int, str], str], dict[int, dict[str, Any]]]:
    grades: dict[tuple[int, str], str] = {}
    answers: dict[int, dict[str, Any]] = {}
    rows = AuditSection.objects.filter(audit__in=list(audits)).values_list(
        "audit_id", "name", "grade", "moderated_grade", "answers"
    )
    for audit, name, grade, moderated, given in rows:
        grades[audit, name] = moderated or grade
        answers.setdefault(audit, {}).update(given)
    return grades, answers


def _columns(audit: Any) -> tuple[object, ...]:
    allocation = audit.allocation
    completed = audit.is_completed
    values = {
        "cycle": allocation.cycle.key,
        "case_id": allocation.case.case_id if allocation.case else allocation.case_label,
        "kind": allocation.kind,
        "team": allocation.team_code or allocation.team,
        "service": allocation.service,
        "plan_type": allocation.plan_type,
        "auditor_email": allocation.auditor.email if allocation.auditor else allocation.auditor_label,
        "status": status_of(allocation.standing, audit.state),
        "completed_on": audit.completed_on,
        "overall_grade": audit.overall_grade if completed else "",
        "moderated_grade": audit.moderated_grade if completed else "",
    }
    return tuple(values[name] for name in COLUMNS)


def _written(answer: Any) -> str:
    """One answer in one cell; several choices are separated by semicolons."""
    value = answer.get("value") if isinstance(answer, dict) else answer
    if value is None:
        return ""
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)
