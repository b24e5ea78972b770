"""Files that people bring in: kept between the check and the confirmation, then only what was said about them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import Permission
from accounts.models import Person
from audits.enums import ImportKind, ImportState


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, person: Person) -> "ImportBatchQuerySet":
        """A batch is seen by those who may bring in its kind: its refused rows quote what the file said."""
        kinds: list[str] = []
        if person.may(Permission.IMPORT_PEOPLE):
            kinds += [ImportKind.TEAMS, ImportKind.PEOPLE]
        if person.may(Permission.IMPORT_CASES):
            kinds += [ImportKind.CASES, ImportKind.ANNEX_A, ImportKind.AUDITS]
        return self.filter(kind__in=kinds)


class ImportBatch(models.Model):
    """One uploaded file. Its content is erased as soon as it has been taken in, refused or abandoned."""

    kind = models.CharField(max_length=10, choices=ImportKind.choices)
    state = models.CharField(max_length=10, choices=ImportState.choices)
    extension = models.CharField(
        max_length=10, help_text="File names can hold a child’s name: only the ending is kept."
    )
    content = models.BinaryField(null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    as_of = models.DateField(null=True, blank=True)
    outcome = models.JSONField(default=dict, help_text="What was understood: columns, counts, warnings, refused rows.")
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="import_batches", null=True, blank=True
    )
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        verbose_name_plural = "import batches"
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ImportState.CHECKED) | Q(content__isnull=True),
                name="import_erased_when_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_state_display().lower()}"
