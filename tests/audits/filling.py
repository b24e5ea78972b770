"""Audits filled in, for tests: every question answered Yes unless the test says otherwise."""

from datetime import UTC, date, datetime
from typing import Any

from audits.enums import Grade, WorkerInvolvement
from audits.models import Audit
from audits.rules.details import Details
from audits.rules.filled import FilledSection, Reply
from audits.rules.form_definition import QuestionKind, Section
from audits.services.filled_form import FilledForm
from audits.services.stage1 import save_details, save_section

AT = datetime(2026, 11, 12, 10, tzinfo=UTC)
YES = Reply("yes")
BY_KIND = {
    QuestionKind.YES_NO_NA: YES,
    QuestionKind.DATE: Reply("2026-09-30"),
    QuestionKind.LONG_TEXT: Reply("Written."),
    QuestionKind.SHORT_TEXT: Reply("Written."),
}


def filled(section: Section, *, grade: str = Grade.GOOD, **changes: Any) -> FilledSection:
    """`section` answered whole. `changes`: replies by the last part of the question's key, or comment and so on."""
    replies = {
        question.key: BY_KIND.get(QuestionKind(question.kind)) or Reply(question.possible_answers()[0])
        for question in section.questions
        if question.shown_when is None
    }
    parts = {name: changes.pop(name) for name in ("comment", "not_applicable_reason") if name in changes}
    replies |= {f"{section.key}.{name}": reply for name, reply in changes.items()}
    return FilledSection(replies, **{"comment": "Seen at home on 3 November.", "grade": grade} | parts)


def save(audit: Audit, key: str, posted: FilledSection, *, version: int | None = None, **options: Any) -> Any:
    """Save one section as its auditor; from the newest version unless the test names one."""
    current = FilledForm.of(audit)
    return save_section(
        audit=audit,
        key=key,
        posted=posted,
        version=current.version(key) if version is None else version,
        **{"by": audit.allocation.auditor, "at": AT} | options,
    )


def fill_in(audit: Audit, *, overall: str = Grade.GOOD, **sections: FilledSection) -> Audit:
    """Fill in the whole audit, ready to be submitted. `sections`: by key, where one differs."""
    save_details(
        audit=audit,
        details=Details(date(2026, 11, 12), WorkerInvolvement.FACE_TO_FACE),
        version=0,
        by=audit.allocation.auditor,
        at=AT,
    )
    for section in FilledForm.of(audit).form.sections:
        whole = filled(section, grade=overall if section.overall else Grade.GOOD)
        save(audit, section.key, sections.get(section.key, whole))
    audit.refresh_from_db()
    return audit
