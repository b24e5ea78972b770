"""A whole audit as it is filled in so far: the form it is made with, and what is stored of each section."""

from dataclasses import dataclass
from datetime import date

from audits.enums import AuditKind
from audits.models import Audit, AuditSection
from audits.rules.answers import Problem, SectionStatus, problems_before_submission, section_status
from audits.rules.details import Details, details_problems, what_changed_problems
from audits.rules.filled import NOTHING_FILLED, FilledSection
from audits.rules.form_definition import FormDefinition, Section
from audits.services.forms import form_of, pack_of

DETAILS = "details"
WHAT_CHANGED = "what_changed"


@dataclass(frozen=True)
class FilledForm:
    """`rows` holds the stored sections by key; a section that nobody saved yet has none. `pack` is the part of `form`
    that asks about the theme of the cycle, where there is one."""

    audit: Audit
    form: FormDefinition
    rows: dict[str, AuditSection]
    pack: FormDefinition | None = None

    @classmethod
    def of(cls, audit: Audit) -> "FilledForm":
        rows = {row.key: row for row in audit.sections.all()}
        pack = pack_of(audit)
        return cls(audit, form_of(audit), rows, pack.form if pack else None)

    @property
    def tool_sections(self) -> tuple[Section, ...]:
        return self.form.sections[: len(self.form.sections) - len(self.pack.sections if self.pack else ())]

    @property
    def pack_sections(self) -> tuple[Section, ...]:
        return self.form.sections[len(self.tool_sections) :]

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
    def is_reaudit(self) -> bool:
        return self.audit.allocation.kind == AuditKind.REAUDIT

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
        """What keeps the audit from being submitted, by section key; `WHAT_CHANGED` and `DETAILS` for what is in no
        section."""
        apart = {DETAILS: tuple(details_problems(self.details, on=on))}
        if self.is_reaudit:
            apart = {WHAT_CHANGED: tuple(what_changed_problems(self.audit.what_changed))} | apart
        found = problems_before_submission(self.form, self.sections, overall_grade=self.audit.overall_grade, on=on)
        return {key: problems for key, problems in apart.items() if problems} | found


def filled_section(row: AuditSection) -> FilledSection:
    return FilledSection.from_stored(row.answers, row.comment, row.grade, row.not_applicable_reason, row.themes)
