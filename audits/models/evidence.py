"""Files that an auditor attaches to an audit as evidence. They lie outside what a web server serves."""

import uuid

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q

from audits.models.audits import Audit


def evidence_storage() -> Storage:
    return storages["evidence"]


def opaque_name(evidence: "Evidence", _original: str) -> str:
    """Where the file is stored. The name it came with may name a child, so nothing of it is kept on the disk."""
    return uuid.uuid4().hex


class Evidence(models.Model):
    """One file. `name` is what people see, `sha256` and `size` are of the bytes stored."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="evidence")
    number = models.PositiveSmallIntegerField(help_text="Within its audit.")
    section = models.CharField(max_length=100, blank=True, help_text="The key of the section it belongs to; or none.")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, help_text="The type found in the bytes themselves: pdf, docx, png …")
    file = models.FileField(storage=evidence_storage, upload_to=opaque_name)
    size = models.PositiveIntegerField(help_text="In bytes.")
    sha256 = models.CharField(max_length=64)
    note = models.CharField("what it shows", max_length=300, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["audit", "number"]
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(fields=["audit", "number"], name="evidence_number_once"),
            models.CheckConstraint(condition=Q(size__gt=0) & ~Q(sha256=""), name="evidence_is_something"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(removed_by__isnull=False), name="evidence_removed_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"Evidence {self.number} of {self.audit_id}"
