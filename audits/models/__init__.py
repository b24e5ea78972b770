from audits.models.actions import Action, ActionStep
from audits.models.audits import Audit, AuditSection, Participant
from audits.models.cases import Case, CaseAccess, CaseConflict
from audits.models.concerns import Concern, ConcernEntry, ConcernRecipient
from audits.models.copies import AuditCopy
from audits.models.cycles import Allocation, Cycle, Draw
from audits.models.evidence import Evidence
from audits.models.forms import FormEdit, FormVersion
from audits.models.imports import ImportBatch
from audits.models.programme import ProgrammeRules
from audits.models.quality import QualityAnswer, QualityConcern
from audits.models.requests import ReauditSetAside, Request
from audits.models.themes import Theme
from audits.models.voices import Feedback, Observation, Reflection

__all__ = [
    "Action",
    "ActionStep",
    "Allocation",
    "Audit",
    "AuditCopy",
    "AuditSection",
    "Case",
    "CaseAccess",
    "CaseConflict",
    "Concern",
    "ConcernEntry",
    "ConcernRecipient",
    "Cycle",
    "Draw",
    "Evidence",
    "Feedback",
    "FormEdit",
    "FormVersion",
    "ImportBatch",
    "Observation",
    "Participant",
    "ProgrammeRules",
    "QualityAnswer",
    "QualityConcern",
    "ReauditSetAside",
    "Reflection",
    "Request",
    "Theme",
]
