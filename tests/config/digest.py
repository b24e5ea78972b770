"""One mark for everything that a demonstration authority holds: the same content gives the same mark.

What is drawn by lot on purpose is left out: primary keys, the audits' own references, and who moderates what in the
live month, which goes by these references, with the mails about it.

    python -m tests.config.digest       prints the marks of the database that DATABASE_URL names, as JSON
"""

import json
from hashlib import sha256

import django
from django.apps import apps

CONTENT = {
    "accounts.Team": ["code", "service__code", "area__name", "manager__email"],
    "accounts.Person": ["email", "name", "team__code", "line_manager__email", "quota", "is_active"],
    "accounts.PersonRole": ["person__email", "role"],
    "accounts.Absence": ["person__email", "starts_on", "ends_on"],
    "accounts.Activity": ["verb", "at", "thing_type"],
    "audits.Case": [
        "case_id", "date_of_birth", "gender", "ethnicity", "plan_type", "statuses", "team__code", "worker__email",
        "status", "opened_on", "closed_on", "cp_category", "cse_level", "restricted", "family_id", "last_audited_on",
    ],
    "audits.CaseConflict": ["case__case_id", "email"],
    "audits.Cycle": ["first_month", "last_month", "status", "pause_reason", "published_at", "closed_at"],
    "audits.Allocation": ["cycle__first_month", "case__case_id", "auditor__email", "kind", "standing", "due_on"],
    "audits.Audit": [
        "allocation__case__case_id", "allocation__cycle__first_month", "state", "audit_on", "overall_grade",
        "moderated_grade", "submitted_at", "completed_on", "signed_off_at",
    ],
    "audits.AuditSection": [
        "audit__allocation__case__case_id", "audit__allocation__cycle__first_month", "key", "answers", "comment",
        "grade", "moderated_grade", "themes",
    ],
    "audits.Theme": ["key", "kind", "name", "retired_at"],
    "audits.FormVersion": ["key", "number", "title", "state", "revision", "definition"],
    "audits.Observation": ["audit__allocation__case__case_id", "observed_on", "setting", "notes", "themes"],
    "audits.Evidence": ["audit__allocation__case__case_id", "number", "section", "name", "size", "sha256", "added_at"],
    "audits.AuditCopy": ["audit__allocation__case__case_id", "number", "stage", "made_at"],
    "audits.Concern": ["audit__allocation__case__case_id", "state", "about", "raised_by__email", "raised_at"],
    "audits.ConcernEntry": ["kind", "at", "by__email"],
    "audits.QualityConcern": ["audit__allocation__case__case_id", "state", "text", "raised_by__email", "raised_at"],
    "audits.QualityAnswer": ["number", "text", "given_by__email", "given_at"],
    "audits.Action": ["text", "owner__email", "due_on", "state", "recorded_at", "completed_at", "signed_off_at"],
    "audits.Feedback": ["source", "polarity", "text", "score", "themes", "recorded_at"],
    "audits.Reflection": ["done_well", "challenges", "tools", "differently", "written_by__email"],
    "audits.Request": ["kind", "state", "asked_by__email", "asked_at", "wanted_until", "decision_reason"],
    "moderation.Moderation": ["state", "due_on", "held_on", "difference_made", "signed_off_at"],
    "moderation.GradeDecision": ["section_key", "original", "final", "reason"],
    "moderation.Attendance": ["capacity", "attended", "note"],
    "reporting.Report": ["slug", "state", "narrative", "figures"],
    "reporting.Recommendation": ["report__slug", "position", "text"],
}  # fmt: skip


def digest() -> dict[str, str]:
    """For each table how many rows it has, and a mark of what they hold."""
    marks = {}
    for name, fields in CONTENT.items():
        rows = apps.get_model(name)._default_manager.order_by().values_list(*fields)
        written = sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)
        marks[name] = f"{len(written)} {sha256(chr(10).join(written).encode()).hexdigest()[:12]}"
    return marks


if __name__ == "__main__":
    django.setup()
    print(json.dumps(digest()))
