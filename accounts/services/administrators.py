"""The first administrator, and the way back in where the last one has lost theirs: for who holds the server."""

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import UserError
from accounts.links import absolute
from accounts.models import Person, PersonRole
from accounts.services.activity import record
from accounts.services.people import details_of


def create_administrator(*, email: str, name: str, at: datetime) -> tuple[Person, str]:
    """Make sure that `email` belongs to an active administrator; answers who it is and what was done, in words.

    Nobody inside the program is asked: whoever runs commands on the server may do this. `name` is for a new person;
    somebody who is here already keeps theirs, and their other roles. Raises UserError for what is no e-mail address.
    """
    email = _address(email)
    with transaction.atomic():
        person = Person.objects.filter(email=email).first()
        return _promote(person, at) if person else _create(email, name.strip(), at)


def link_to_choose_password(person: Person) -> str:
    """An address where the person chooses a new password. It works once, for as long as a link sent by mail does."""
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return absolute(reverse("account_reset_password_from_key", kwargs=key))


def _address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise UserError(f"“{email}” is not an e-mail address.") from error
    return email


def _create(email: str, name: str, at: datetime) -> tuple[Person, str]:
    if not name:
        raise UserError("Say the administrator's name too.")
    person = Person(email=email, name=name)
    person.set_unusable_password()
    person.save()
    PersonRole.objects.create(person=person, role=Role.ADMIN)
    done = f"Added {name} as an administrator"
    record(by=None, at=at, verb="person.added", thing_type="person", thing_ref=str(person.pk), summary=done)
    return person, f"{done}."


def _promote(person: Person, at: datetime) -> tuple[Person, str]:
    before = details_of(person)
    Person.objects.filter(pk=person.pk).update(is_active=True)
    PersonRole.objects.get_or_create(person=person, role=Role.ADMIN)
    after = details_of(person)
    changed = before.changes_to(after)
    if not changed:
        return person, f"{person.name} is an administrator already. Nothing was changed."
    done = f"Made {person.name} an administrator"
    record(
        by=None,
        at=at,
        verb="person.changed",
        thing_type="person",
        thing_ref=str(person.pk),
        summary=done,
        data={
            "before": {name: getattr(before, name) for name in changed},
            "after": {name: getattr(after, name) for name in changed},
        },
    )
    return person, f"{done}."
