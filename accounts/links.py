"""Links that work outside the program: in mails and invitations."""

from django.conf import settings


def absolute(path: str) -> str:
    """`path` of this program (`/audits/CA-7K3M9QXT/`) as people's browsers reach it."""
    return f"{settings.BASE_URL}{path}"
