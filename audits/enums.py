"""The words that cases, cycles and audits are described with. The values are those of the files people exchange."""

from django.db.models import IntegerChoices, TextChoices


class Grade(TextChoices):
    """How good the practice was, best first."""

    OUTSTANDING = "outstanding", "Outstanding"
    GOOD = "good", "Good"
    REQUIRES_IMPROVEMENT = "requires_improvement", "Requires improvement"
    INADEQUATE = "inadequate", "Inadequate"


class Answer(TextChoices):
    """An answer to a question of the audit tool. NA only where neither Yes nor No is appropriate."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NA = "na", "Not applicable"


class PlanType(TextChoices):
    """The plan a child has. Where a child has several, the first of CIC, CP, CIN, CL, EH counts."""

    EARLY_HELP = "EH", "Early help"
    CHILD_IN_NEED = "CIN", "Child in need"
    CHILD_PROTECTION = "CP", "Child protection"
    IN_CARE = "CIC", "Child in care"
    CARE_LEAVER = "CL", "Care leaver"


class CaseStatus(TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class CseLevel(TextChoices):
    """Risk of child sexual exploitation; blank where there is none on record."""

    EXPERIENCING = "experiencing", "Experiencing"
    EMERGING = "emerging", "Emerging"
    SIGNIFICANT = "significant", "Significant"


class CycleStatus(TextChoices):
    """Planned: not published. Open: its audits are out. Closed: no more comes back. Paused: nothing was audited."""

    PLANNED = "planned", "Planned"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    PAUSED = "paused", "Paused"


class AuditKind(TextChoices):
    """Audit: drawn at random. Re-audit: of a case whose audit called for it. Directed: a named case, for a reason."""

    AUDIT = "audit", "Audit"
    REAUDIT = "reaudit", "Re-audit"
    DIRECTED = "directed", "Directed audit"


class Standing(TextChoices):
    """Whether an allocation counts. Exempt leaves the denominator; withdrawn was replaced or taken back."""

    LIVE = "live", "Live"
    EXEMPT = "exempt", "Exempt"
    WITHDRAWN = "withdrawn", "Withdrawn"


class DrawKind(TextChoices):
    """Month: the sample of a cycle. Replacement: one place of it drawn anew."""

    MONTH = "month", "The month’s draw"
    REPLACEMENT = "replacement", "A replacement"


class RequestKind(TextChoices):
    """What a person who takes part in an audit can ask QA for."""

    EXEMPTION = "exemption", "Exemption"
    EXTENSION = "extension", "More time"
    REPLACEMENT = "replacement", "Another case"
    ACCESS = "access", "Access to a restricted record"


class RequestGround(TextChoices):
    """Why a case cannot be audited by the person who was given it."""

    CONFLICT = "conflict", "I know the family, or have worked with them"
    RESTRICTED = "restricted", "The record is restricted"
    CLOSED = "closed", "The case was closed too long ago"
    OTHER = "other", "Something else"


class RequestState(TextChoices):
    PENDING = "pending", "Waiting for a decision"
    GRANTED = "granted", "Granted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Taken back"
    UNDONE = "undone", "Granted, then undone"


class Decider(TextChoices):
    """Who decides exemptions: a setting of the programme."""

    QA = "qa", "Quality assurance"
    LEADERSHIP = "leadership", "A director"


class AuditState(TextChoices):
    """How far an audit has come; what may follow what is in rules/transitions.py."""

    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    SUBMITTED = "submitted", "Stage 1 submitted"
    SIGNED_OFF = "signed_off", "Signed off"
    NOT_RETURNED = "not_returned", "Not returned"


OPEN_STATES = (AuditState.NOT_STARTED, AuditState.IN_PROGRESS)  # Stage 1 is still to be submitted
COMPLETED_STATES = (AuditState.SUBMITTED, AuditState.SIGNED_OFF)  # Stage 1 has been


class FormState(TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"


class ThemeKind(TextChoices):
    """What kind of finding a theme of the code book is about."""

    STRENGTH = "strength", "Strength"
    WORRY = "worry", "Worry"
    BARRIER = "barrier", "Barrier"
    PARTNER = "partner", "Working with partners"
    IMPACT = "impact", "Impact for the child"
    GOOD_PRACTICE = "good_practice", "Good practice to share"


class Stage(IntegerChoices):
    """The two stages of an audit that a person fills in."""

    ONE = 1, "Stage 1"
    TWO = 2, "Stage 2"


class ConcernState(TextChoices):
    """An immediate safeguarding concern. Acknowledged: somebody who was told has taken it on by name, and nobody
    further is called. Mistaken: it was raised by mistake, and everybody who was told has been told that too."""

    RAISED = "raised", "Raised, waiting to be acknowledged"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    CLOSED = "closed", "Closed"
    MISTAKEN = "mistaken", "Raised by mistake"


class ConcernPart(TextChoices):
    """Why a person is told of an immediate safeguarding concern."""

    WORKER = "worker", "Allocated worker"
    PRACTICE_MANAGER = "practice_manager", "Practice manager"
    SERVICE_MANAGER = "service_manager", "Service manager"
    QA = "qa", "Quality assurance"
    NEXT_MANAGER = "next_manager", "Next manager"
    ASSISTANT_DIRECTOR = "assistant_director", "Assistant director"
    ADDED = "added", "Told by a colleague"


# Whose acknowledgement ends the climb, beside somebody who was added and manages or moderates here.
CONCERN_STOPPERS = (
    ConcernPart.PRACTICE_MANAGER,
    ConcernPart.SERVICE_MANAGER,
    ConcernPart.QA,
    ConcernPart.NEXT_MANAGER,
    ConcernPart.ASSISTANT_DIRECTOR,
)


class ConcernEntryKind(TextChoices):
    """What can happen to an immediate safeguarding concern; the label says it in the past."""

    RAISED = "raised", "Raised"
    DESCRIBED = "described", "Described"
    CALLED = "called", "Spoke by phone"
    NOTED = "noted", "Noted"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    CLIMBED = "climbed", "Told further up"
    TOLD = "told", "Told somebody else"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Opened again"
    MISTAKEN = "mistaken", "Taken back"


class QualityConcernState(TextChoices):
    """A concern about the quality of an audit, which quality assurance answers."""

    OPEN = "open", "Waiting for an answer"
    ANSWERED = "answered", "Answered"
    WITHDRAWN = "withdrawn", "Taken back"


class Capacity(TextChoices):
    """In what capacity a person takes part in one audit; it decides what of it they see."""

    AUDITOR = "auditor", "Auditor"
    WORKER = "worker", "Allocated worker"
    LINE_MANAGER = "line_manager", "Worker’s line manager"
    PRACTICE_MANAGER = "practice_manager", "Practice manager"
    MODERATOR = "moderator", "Moderator"
    ESCALATION = "escalation", "Told by escalation"


# Whose case it is: they know a restricted record without being given access to it.
OF_THE_CASE = (Capacity.WORKER, Capacity.LINE_MANAGER, Capacity.PRACTICE_MANAGER)


class WorkerInvolvement(TextChoices):
    """How the audit was done with the allocated worker."""

    FACE_TO_FACE = "face_to_face", "Face to face"
    VIDEO = "video", "By video"
    PHONE = "phone", "By phone"
    NOT_INVOLVED = "not_involved", "Not involved"


class ActionState(TextChoices):
    """Completed: its owner says it is done. Signed off: the worker’s line manager has seen that it is."""

    OPEN = "open", "Open"
    COMPLETED = "completed", "Completed"
    SIGNED_OFF = "signed_off", "Signed off"


class ActionStepKind(TextChoices):
    """What can happen to an action; the label says it in the past."""

    COMPLETED = "completed", "Completed"
    SENT_BACK = "sent_back", "Sent back"
    SIGNED_OFF = "signed_off", "Signed off"
    HANDED_OVER = "handed_over", "Given to somebody else"


class FeedbackSource(TextChoices):
    CHILD = "child", "Child or young person"
    PARENT = "parent", "Parent"
    CARER = "carer", "Carer"
    EDUCATION = "education", "Partner agency: education"
    HEALTH = "health", "Partner agency: health"
    POLICE = "police", "Partner agency: police"
    OTHER_AGENCY = "other_agency", "Partner agency: other"


class Polarity(TextChoices):
    STRENGTH = "strength", "Strength"
    IMPROVEMENT = "improvement", "Area for improvement"


class ImportKind(TextChoices):
    """The files that people bring in."""

    TEAMS = "teams", "Teams"
    PEOPLE = "people", "People"
    CASES = "cases", "Cases"
    ANNEX_A = "annex_a", "Ofsted Annex A workbook"
    AUDITS = "audits", "Past audits"


class ImportState(TextChoices):
    CHECKED = "checked", "Checked, not yet taken in"
    APPLIED = "applied", "Taken in"
    REFUSED = "refused", "Refused"
    ABANDONED = "abandoned", "Abandoned"
