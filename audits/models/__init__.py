from audits.models.actions import Action, ActionStep
from audits.models.audits import Audit, AuditSection, Participant
from audits.models.cases import Case, CaseAccess, CaseConflict
from audits.models.cycles import Allocation, Cycle, Draw
from audits.models.forms import FormVersion
from audits.models.imports import ImportBatch
from audits.models.programme import ProgrammeRules
from audits.models.requests import ReauditSetAside, Request
from audits.models.voices import Feedback, Reflection

__all__ = [
    "Action",
    "ActionStep",
    "Allocation",
    "Audit",
    "AuditSection",
    "Case",
    "CaseAccess",
    "CaseConflict",
    "Cycle",
    "Draw",
    "Feedback",
    "FormVersion",
    "ImportBatch",
    "Participant",
    "ProgrammeRules",
    "ReauditSetAside",
    "Reflection",
    "Request",
]
