"""Roles and permissions. Which role holds which permission is data in roles.py."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person does here. The values are those of the people file; a person may hold several."""

    AUDITOR = "auditor", "Auditor"
    MODERATOR = "moderator", "Moderator"
    PRACTICE_MANAGER = "practice_manager", "Practice manager"
    SOCIAL_WORKER = "social_worker", "Social worker"
    IRO = "iro", "Independent reviewing officer"
    QA = "qa", "Quality assurance"
    ADMIN = "admin", "Administrator"
    LEADERSHIP = "leadership", "Leadership"
    AGENCY_AUDITOR = "agency_auditor", "Agency auditor"
    LEAD_AUDITOR = "lead_auditor", "Lead auditor"
    COORDINATOR = "coordinator", "Coordinator"
    PARTICIPATION_WORKER = "participation_worker", "Participation worker"
    SUBGROUP_CHAIR = "subgroup_chair", "Sub-group chair"


class Permission(TextChoices):
    """One thing a person may do. Views name the permission, never the role."""

    DECIDE_REQUESTS = "decide_requests", "Decide what auditors ask for"
    DECIDE_EXEMPTIONS = "decide_exemptions", "Decide exemptions where the settings leave them to directors"
    COMPLETE_AUDITS = "complete_audits", "Complete Stage 1 audits"
    MODERATE_AUDITS = "moderate_audits", "Lead the reflective discussion and sign off"
    TAKE_PART_IN_AUDITS = "take_part_in_audits", "Take part in audits of their own work"
    ANSWER_FOR_ACTIONS = "answer_for_actions", "Answer for the actions of an audit"
    SEE_EVERY_AUDIT = "see_every_audit", "See every audit, and every case that is not restricted"
    RUN_CYCLES = "run_cycles", "Draw and publish the month's audits"
    IMPORT_CASES = "import_cases", "Import cases and past audits"
    IMPORT_PEOPLE = "import_people", "Import teams and people"
    CONFIGURE = "configure", "Configure the programme"
    DESIGN_FORMS = "design_forms", "Design the audit tools and keep the code book of themes"
    SEE_OUTBOX = "see_outbox", "See the state of outgoing mail"
    SEE_ACTIVITY = "see_activity", "See the activity log"
    WRITE_REPORTS = "write_reports", "Write and publish reports"
    READ_REPORTS = "read_reports", "Read published reports"


class MailState(TextChoices):
    """Where an outgoing mail is. Uncertain: it may have been sent when the program stopped; a person decides."""

    QUEUED = "queued", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    UNCERTAIN = "uncertain", "Uncertain"


class DueState(TextChoices):
    """Where a due row is. Skipped: its moment passed, or its reason went away, before it could be done."""

    PENDING = "pending", "Pending"
    DONE = "done", "Done"
    SKIPPED = "skipped", "Skipped"
