"""Changing the programme's settings: every change is a new version with a reason, and an old one can be put back."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from audits.models import ProgrammeRules
from audits.rules.programme import Programme


def change_programme(
    *, programme: Programme, reason: str, seen: int, by: Person, at: datetime | None = None
) -> ProgrammeRules | None:
    """Make `programme` the current settings, as a new version; None where it says what the current one says.

    `seen` is the number of the version that `by` was shown. Raises UserError where there is a newer one, or no reason.
    """
    ensure(by.may(Permission.CONFIGURE), "Only administrators change the settings of the programme.")
    current = ProgrammeRules.objects.kept()
    if current.number != seen:
        raise UserError("Somebody else changed the settings while you were looking. Check what they say now.")
    changed = differences(current.programme, programme)
    if not changed:
        return None
    if not reason.strip():
        raise UserError("Say why you are changing the settings.")
    try:
        with transaction.atomic():
            rules = ProgrammeRules.objects.create(
                number=seen + 1, values=_beside_the_defaults(programme), reason=reason.strip(), created_by=by
            )
            before, after = current.programme.to_values(), programme.to_values()
            record(
                by=by,
                at=at,
                verb="programme.changed",
                thing_type="programme",
                thing_ref=str(rules.number),
                summary=f"Changed the settings, now version {rules.number}: {rules.reason}",
                data={
                    "before": {name: before[name] for name in changed},
                    "after": {name: after[name] for name in changed},
                },
            )
    except IntegrityError as error:
        raise UserError("Somebody else changed the settings at the same moment. Check what they say now.") from error
    return rules


def put_back(*, rules: ProgrammeRules, seen: int, by: Person, at: datetime | None = None) -> ProgrammeRules | None:
    """Make an earlier version's settings current again, as a new version."""
    reason = f"Back to version {rules.number}"
    return change_programme(programme=rules.programme, reason=reason, seen=seen, by=by, at=at)


def differences(one: Programme, other: Programme) -> list[str]:
    """The names of the settings that differ."""
    before, after = one.to_values(), other.to_values()
    return [name for name in before if before[name] != after[name]]


def _beside_the_defaults(programme: Programme) -> dict[str, object]:
    defaults, values = Programme().to_values(), programme.to_values()
    return {name: value for name, value in values.items() if value != defaults[name]}
