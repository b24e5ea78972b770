"""Changing what is known about a person: one door, logged with what was before, so that it can be undone."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.enums import Permission, Role
from accounts.errors import UserError
from accounts.models import Absence, Activity, Person, PersonRole, Team
from accounts.permissions import ensure
from accounts.rules.line_management import chain_above
from accounts.services.activity import record

CHANGED_MEANWHILE = "Somebody else changed this person while you were looking. Check what it says now."
WORDS = {
    "name": "name",
    "team": "team",
    "line_manager": "line manager",
    "agency": "agency",
    "phone": "phone number",
    "quota": "quota",
    "roles": "roles",
    "active": "whether they work here",
    "absences": "absences",
}


@dataclass(frozen=True)
class Details:
    """All that can be changed about a person, as plain values: what the page edits, the log keeps and undo restores.

    `team` is its code, `line_manager` an e-mail address, `quota` None for the programme's default. `absences` are
    pairs of ISO dates, the second empty while the end is not known.
    """

    name: str
    team: str = ""
    line_manager: str = ""
    agency: str = ""
    phone: str = ""
    quota: int | None = None
    roles: tuple[str, ...] = ()
    active: bool = True
    absences: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", tuple(sorted(set(self.roles))))
        object.__setattr__(self, "absences", tuple(sorted((start, end) for start, end in self.absences)))

    @property
    def fingerprint(self) -> str:
        """A short text that differs when the details do, for a form to carry."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    def changes_to(self, other: "Details") -> list[str]:
        """The names of what differs."""
        return [item.name for item in fields(self) if getattr(self, item.name) != getattr(other, item.name)]


def details_of(person: Person) -> Details:
    """What is stored about the person now."""
    person = Person.objects.select_related("team", "line_manager").get(pk=person.pk)
    return Details(
        name=person.name,
        team=person.team.code if person.team else "",
        line_manager=person.line_manager.email if person.line_manager else "",
        agency=person.agency,
        phone=person.phone,
        quota=person.quota,
        roles=tuple(person.roles.values_list("role", flat=True)),
        active=person.is_active,
        absences=tuple(
            (start.isoformat(), end.isoformat() if end else "")
            for start, end in person.absences.values_list("starts_on", "ends_on")
        ),
    )


def change_person(
    *, person: Person, wanted: Details, seen: Details, by: Person, at: datetime | None = None, summary: str = ""
) -> Activity | None:
    """Make the person's details `wanted`, and log what changed; None where nothing did.

    `seen` are the details that `by` was shown. Raises UserError where they are no longer the stored ones, or where the
    change would break a rule.
    """
    ensure(by.may(Permission.IMPORT_PEOPLE), "Only people who look after the directory change it.")
    changed = seen.changes_to(wanted)
    if not changed:
        return None
    with transaction.atomic():
        _claim(person, seen)
        _check(person, wanted, changed, by)
        _store(person, wanted, changed)
        return record(
            by=by,
            at=at,
            verb="person.changed",
            thing_type="person",
            thing_ref=str(person.pk),
            summary=summary or f"Changed {wanted.name}: {', '.join(WORDS[name] for name in changed)}",
            data={
                "before": {name: asdict(seen)[name] for name in changed},
                "after": {name: asdict(wanted)[name] for name in changed},
            },
        )


def change_own_phone(*, by: Person, phone: str, at: datetime | None = None) -> Activity | None:
    """Everybody keeps their own phone number right; logged like any change of a person. None where it is the same."""
    ensure(by.is_active, "Only people who work here have a phone number here.")
    with transaction.atomic():
        before, after = Person.objects.values_list("phone", flat=True).get(pk=by.pk), phone.strip()
        if before == after or not Person.objects.filter(pk=by.pk, phone=before).update(phone=after):
            return None
        return record(
            by=by,
            at=at,
            verb="person.changed",
            thing_type="person",
            thing_ref=str(by.pk),
            summary=f"Changed {by.name}: {WORDS['phone']}",
            data={"before": {"phone": before}, "after": {"phone": after}},
        )


def undo(*, change: Activity, by: Person, at: datetime | None = None) -> Activity | None:
    """Put back what a logged change of a person replaced. Refused where it was changed again since."""
    ensure(change.verb == "person.changed", "Only a change of a person can be undone here.")
    person = Person.objects.get(pk=int(change.thing_ref))
    now = details_of(person)
    before, after = change.data["before"], change.data["after"]
    if replace(now, **after) != now:
        raise UserError("This was changed again since, so it cannot simply be undone. Change it by hand.")
    words = ", ".join(WORDS[name] for name in before)
    return change_person(
        person=person,
        wanted=replace(now, **before),
        seen=now,
        by=by,
        at=at,
        summary=f"Undid a change of {now.name}: {words}",
    )


def _claim(person: Person, seen: Details) -> None:
    """Take the person's row for this transaction, then make sure that nobody was quicker."""
    Person.objects.filter(pk=person.pk).update(name=F("name"))
    if details_of(person) != seen:
        raise UserError(CHANGED_MEANWHILE)


def _check(person: Person, wanted: Details, changed: Iterable[str], by: Person) -> None:
    if person.pk == by.pk and "roles" in changed:
        raise UserError("Nobody changes their own roles. Ask somebody else who looks after the directory.")
    if person.pk == by.pk and not wanted.active:
        raise UserError("You cannot close your own account. Ask somebody else who looks after the directory.")
    if not wanted.name.strip():
        raise UserError("Enter a name.")
    if "line_manager" in changed and wanted.line_manager:
        _check_line_manager(person, wanted.line_manager)
    if wanted.team and not Team.objects.filter(code=wanted.team).exists():
        raise UserError(f"There is no team {wanted.team} any more.")
    if set(wanted.roles) - set(Role.values):
        raise UserError("There is no such role.")
    for start, end in wanted.absences:
        if end and date.fromisoformat(end) < date.fromisoformat(start):
            raise UserError("An absence cannot end before it starts.")
    starts = [start for start, _ in wanted.absences]
    if len(starts) != len(set(starts)):
        raise UserError("There is already an absence from that day.")


def _check_line_manager(person: Person, email: str) -> None:
    manager = Person.objects.active().filter(email=email).first()
    if manager is None:
        raise UserError(f"There is no active person with the address {email}.")
    managers = dict(Person.objects.values_list("pk", "line_manager"))
    if manager.pk == person.pk or person.pk in chain_above(manager.pk, managers):
        raise UserError(f"{manager.name} works under {person.name}, so they cannot be their line manager.")


def _store(person: Person, wanted: Details, changed: list[str]) -> None:
    values: dict[str, Any] = {
        name: getattr(wanted, name) for name in ("name", "agency", "phone", "quota") if name in changed
    }
    if "active" in changed:
        values["is_active"] = wanted.active
    if "team" in changed:
        values |= {"team": Team.objects.get(code=wanted.team) if wanted.team else None, "team_code": ""}
    if "line_manager" in changed:
        manager = Person.objects.get(email=wanted.line_manager) if wanted.line_manager else None
        values |= {"line_manager": manager, "line_manager_email": ""}
    if values:
        Person.objects.filter(pk=person.pk).update(**values)
    if "roles" in changed:
        person.roles.exclude(role__in=wanted.roles).delete()
        PersonRole.objects.bulk_create(
            [PersonRole(person=person, role=role) for role in wanted.roles], ignore_conflicts=True
        )
    if "absences" in changed:
        _save_absences(person, set(wanted.absences))


def _save_absences(person: Person, wanted: set[tuple[str, str]]) -> None:
    """Those that stay are not written again: they keep where they came from."""
    held = {
        pk: (start.isoformat(), end.isoformat() if end else "")
        for pk, start, end in person.absences.values_list("id", "starts_on", "ends_on")
    }
    person.absences.filter(pk__in=[pk for pk, days in held.items() if days not in wanted]).delete()
    Absence.objects.bulk_create(
        Absence(person=person, starts_on=start, ends_on=end or None)
        for start, end in sorted(wanted - set(held.values()))
    )
