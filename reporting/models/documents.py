"""The individual audit as files: one PDF and one Word document of each frozen copy."""

from django.db import models
from django.db.models import Q

from audits.models import AuditCopy


class AuditDocument(models.Model):
    """The files of one copy, made once and kept as they are. The hashes are of the bytes."""

    copy = models.OneToOneField(AuditCopy, models.PROTECT, related_name="document")
    made_at = models.DateTimeField()
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    docx = models.BinaryField()
    docx_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(pdf_sha256="") & ~Q(docx_sha256=""), name="audit_document_is_hashed"),
        ]

    def __str__(self) -> str:
        return f"Documents of copy {self.copy_id}"
