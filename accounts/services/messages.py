"""Reading mail inside the program."""

from datetime import datetime

from django.utils import timezone

from accounts.models import OutgoingMail, Person
from accounts.permissions import ensure


def read_message(*, mail: OutgoingMail, by: Person, at: datetime | None = None) -> None:
    """Note when its recipient first read a mail in the program."""
    ensure(mail.person_id == by.pk, "A message is read by the person it was sent to.")
    OutgoingMail.objects.filter(pk=mail.pk, read_at__isnull=True).update(read_at=at or timezone.now())
