"""What stands around the questions while an audit is filled in: where one is, and what the overall grade rests on."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from audits.models import Audit
from audits.pages.progress import STATUS_WORDS
from audits.rules.answers import SectionStatus
from audits.rules.form_definition import Section
from audits.rules.grading import overall_ceiling
from audits.services.filled_form import FilledForm


@dataclass(frozen=True)
class Step:
    """One section among all of them. `mark`: done, begun, attention or open."""

    number: int
    name: str
    href: str
    status: str
    mark: str
    here: bool


MARKS = {
    SectionStatus.NOT_STARTED: "open",
    SectionStatus.IN_PROGRESS: "begun",
    SectionStatus.NEEDS_ATTENTION: "attention",
    SectionStatus.COMPLETE: "done",
    SectionStatus.NOT_APPLICABLE: "done",
}


def steps_of(filled: FilledForm, here: Section, on: date) -> list[Step]:
    """Every section with how far it has come, as it is stored."""
    steps = []
    for number, section in enumerate(filled.form.sections, start=1):
        status = filled.status(section, on)
        steps.append(
            Step(
                number,
                section.name,
                _page(filled.audit, section),
                STATUS_WORDS[status][0],
                MARKS[status],
                section == here,
            )
        )
    return steps


@dataclass(frozen=True)
class Ground:
    """What a graded section gives to the overall grade: its own grade, and its judgements that limit, with links."""

    name: str
    href: str
    grade: str
    not_applicable: bool
    limits: tuple[dict[str, str], ...]


def grounds_of(filled: FilledForm) -> list[Ground]:
    """What the overall grade rests on, section by section."""
    limits = overall_ceiling(filled.form, filled.sections).limits
    return [
        Ground(
            name=section.name,
            href=_page(filled.audit, section),
            grade=filled.section(section.key).grade,
            not_applicable=filled.section(section.key).not_applicable,
            limits=tuple(
                {
                    "text": limit.cause(),
                    "href": f"{_page(filled.audit, section)}#id_{limit.question.key}",
                }
                for limit in limits
                if limit.section == section
            ),
        )
        for section in filled.form.graded_sections
    ]


def _page(audit: Audit, section: Section) -> str:
    return reverse("audit_section", args=[audit.reference, section.key])
