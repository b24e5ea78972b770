"""A whole audit as it is filled in so far: the form it is made with, and what is stored of each section."""

from dataclasses import dataclass
from datetime import date

from audits.models import Audit, AuditSection
from audits.rules.answers import Problem, SectionStatus, problems_before_submission, section_status
from audits.rules.details import Details, details_problems
from audits.rules.filled import NOTHING_FILLED, FilledSection
from audits.rules.form_definition import FormDefinition, Section
from audits.services.forms import form_version_of

DETAILS = "details"


@dataclass(frozen=True)
class FilledForm:
    """`rows` holds the stored sections by key; a section that nobody saved yet has none."""

    audit: Audit
    form: FormDefinition
    rows: dict[str, AuditSection]

    @classmethod
    def of(cls, audit: Audit) -> "FilledForm":
        rows = {row.key: row for row in audit.sections.all()}
        return cls(audit, form_version_of(audit).form, rows)

    def section(self, key: str) -> FilledSection:
        row = self.rows.get(key)
        return filled_section(row) if row else NOTHING_FILLED

    @property
    def sections(self) -> dict[str, FilledSection]:
        return {section.key: self.section(section.key) for section in self.form.sections}

    def version(self, key: str) -> int:
        row = self.rows.get(key)
        return row.version if row else 0

    @property
    def details(self) -> Details:
        audit = self.audit
        return Details(audit.audit_on, audit.worker_involvement, audit.not_involved_reason)

    def status(self, section: Section, on: date) -> SectionStatus:
        """How far a section has come; the one of the overall grade is complete only with that grade."""
        own = section_status(section, self.section(section.key), on=on)
        if not section.overall or own == SectionStatus.NEEDS_ATTENTION:
            return own
        overall = self.problems(on).get(section.key, ())
        if any(not problem.missing for problem in overall):
            return SectionStatus.NEEDS_ATTENTION
        if own == SectionStatus.NOT_STARTED and not self.audit.overall_grade:
            return own
        return SectionStatus.IN_PROGRESS if overall else SectionStatus.COMPLETE

    def problems(self, on: date) -> dict[str, tuple[Problem, ...]]:
        """What keeps the audit from being submitted, by section key; `DETAILS` for what is in no section."""
        details = tuple(details_problems(self.details, on=on))
        found = problems_before_submission(self.form, self.sections, overall_grade=self.audit.overall_grade, on=on)
        return ({DETAILS: details} if details else {}) | found


def filled_section(row: AuditSection) -> FilledSection:
    return FilledSection.from_stored(row.answers, row.comment, row.grade, row.not_applicable_reason)
