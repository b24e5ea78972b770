"""The individual audit as it goes into the child's file: frozen after each stage, numbered, never changed."""

from django.db import models
from django.db.models import Q

from audits.enums import Stage
from audits.models.audits import Audit


class AuditCopy(models.Model):
    """Everything that one version of the individual audit says, as plain values. What was said in confidence and the
    worker's reflection are not in it.

    A row is written in the transaction that completes the stage, and never again; documents are made from it.
    """

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="file_copies")
    number = models.PositiveSmallIntegerField(help_text="Within its audit, from 1.")
    stage = models.PositiveSmallIntegerField(choices=Stage.choices)
    # As text, not as a JSON column: PostgreSQL would forget the order of the sections.
    content = models.TextField()
    sha256 = models.CharField(max_length=64, help_text="Of the content.")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["audit", "number"]
        verbose_name_plural = "audit copies"
        constraints = [
            models.UniqueConstraint(fields=["audit", "number"], name="audit_copy_number_once"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="audit_copy_stage_known"),
            models.CheckConstraint(condition=~Q(content="") & ~Q(sha256=""), name="audit_copy_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.audit_id}, copy {self.number}"
