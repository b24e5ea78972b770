"""Naming a person for a restricted record, and taking that back. Nobody names themself."""

from datetime import datetime

from django.db import transaction

from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.models import Audit, CaseAccess
from audits.services.trail import note


@transaction.atomic
def give_access(*, audit: Audit, to: Person, by: Person, at: datetime) -> bool:
    """Name `to` for the record of this audit; False where they were named already."""
    ensure(by.pk != to.pk, "Nobody gives themself access to a restricted record.")
    case = audit.allocation.case
    if case is None:
        raise UserError("The case of this audit is not held here.")
    _, created = CaseAccess.objects.get_or_create(case=case, person=to, defaults={"granted_by": by, "granted_at": at})
    if created:
        note(audit, "case.access_granted", f"{to} was given access to the restricted record of audit {audit}", by, at)
    return created


@transaction.atomic
def take_access_away(*, audit: Audit, person: Person, by: Person, at: datetime) -> bool:
    """False where they had none."""
    gone, _ = CaseAccess.objects.filter(case=audit.allocation.case, person=person).delete()
    if gone:
        summary = f"{person} has no access any more to the restricted record of audit {audit}"
        note(audit, "case.access_taken_away", summary, by, at)
    return bool(gone)
