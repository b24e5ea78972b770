"""Results compare across the versions of a form, by key: a reworded question and a renamed section stay the same."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from audits.exports.audits import table
from audits.models import Audit, AuditSection, FormVersion
from audits.rules.form_definition import FormDefinition, Question, Section
from audits.services.forms import read_tool
from reporting.documents import count_highlight
from tests.reporting.makers import OCTOBER, completed, month

pytestmark = pytest.mark.django_db

AT = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
OVERALL = Section("all", "In all", graded=False, overall=True)
SEEN = Question("visits.seen", "Was the child seen?")
FIRST = FormDefinition("visits", "Visits", (Section("visits", "Visits", questions=(SEEN,)), OVERALL))
REWORDED = replace(SEEN, text="Did somebody see the child?")
SECOND = replace(FIRST, sections=(Section("visits", "Seeing the child", questions=(REWORDED,)), OVERALL))


def published(form: FormDefinition, number: int) -> FormVersion:
    return FormVersion.objects.create(
        key=form.key,
        number=number,
        title=form.title,
        definition=form.to_dict(),
        state="published",
        published_at=AT,
    )


def audited(version: FormVersion, grade: str, answer: str) -> Audit:
    """A completed audit of October, with every graded section of its form alike."""
    audit = completed(month(10), grade, form_version=version)
    AuditSection.objects.bulk_create(
        AuditSection(
            audit=audit,
            key=section.key,
            name=section.name,
            position=place,
            grade=grade if section.graded else "",
            answers={question.key: {"value": answer} for question in section.questions},
        )
        for place, section in enumerate(version.form.sections)
    )
    return audit


def counts() -> dict[str, dict[str, int]]:
    """How many audits have each grade, by section, as the highlight report has it."""
    figures = count_highlight(OCTOBER)
    return {
        name: {grade: count for grade, count in grades["counts"].items() if count}
        for name, grades in figures["sections"].items()
    }


def test_a_section_that_was_renamed_is_counted_as_one_under_its_newest_name() -> None:
    audited(published(FIRST, 1), "good", "yes")
    audited(published(SECOND, 2), "inadequate", "no")
    assert counts() == {"Seeing the child": {"good": 1, "inadequate": 1}}


def test_the_answers_to_a_reworded_question_stand_in_one_column() -> None:
    audited(published(FIRST, 1), "good", "yes")
    audited(published(SECOND, 2), "inadequate", "no")
    header, rows = table(Audit.objects.all(), reader=None)
    assert [name for name in header if name.startswith("answer:")] == ["answer: visits.seen"]
    column = header.index("answer: visits.seen")
    assert sorted(str(row[column]) for row in rows) == ["no", "yes"]


def test_sections_of_two_tools_with_one_key_are_not_taken_for_the_same() -> None:
    audited(published(FIRST, 1), "good", "yes")
    audited(published(replace(SECOND, key="calls", title="Calls"), 1), "good", "yes")
    assert counts() == {"Visits": {"good": 1}, "Seeing the child": {"good": 1}}


def test_the_sections_of_another_tool_are_in_the_report_and_in_the_export() -> None:
    form = FormDefinition.from_dict(read_tool("practice_categories.json"))
    audited(published(form, 1), "outstanding", "yes")
    names = [section.name for section in form.graded_sections]
    assert list(counts()) == names
    header, _ = table(Audit.objects.all(), reader=None)
    assert [name for name in header if name.startswith("grade:")] == [f"grade: {name}" for name in names]
    assert [name for name in header if name.startswith("answer:")] == [f"answer: {key}" for key in form.questions]
