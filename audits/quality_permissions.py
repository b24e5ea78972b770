"""Who may do what with a concern about an audit. Which ones a person sees at all is
`QualityConcern.objects.visible_to(person)`."""

from accounts.models import Person
from audits.enums import QualityConcernState
from audits.models import Audit, QualityConcern
from audits.permissions import knows_record, may_read_form


def may_raise(person: Person, audit: Audit) -> bool:
    """Whoever reads the audit once it is completed, but for whoever did it."""
    if not audit.is_completed or audit.allocation.auditor_id == person.pk:
        return False
    seen = Audit.objects.visible_to(person).filter(pk=audit.pk)
    return may_read_form(person, audit) and seen.exists()


def may_take_back(person: Person, concern: QualityConcern) -> bool:
    """Whoever raised it, until somebody has answered."""
    return concern.state == QualityConcernState.OPEN and concern.raised_by_id == person.pk and person.is_active


def answers(person: Person, concern: QualityConcern) -> bool:
    """Whether answering it is theirs."""
    return QualityConcern.objects.to_answer_by(person).filter(pk=concern.pk).exists()


def may_answer(person: Person, concern: QualityConcern) -> bool:
    """Of a restricted record only somebody who knows it: nobody answers what they may not read."""
    still_stands = concern.state != QualityConcernState.WITHDRAWN
    return still_stands and answers(person, concern) and knows_record(person, concern.audit)
