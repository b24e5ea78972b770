"""The words that reports are described with."""

from django.db.models import TextChoices


class ReportKind(TextChoices):
    """The kinds of report, as the build command names them."""

    HIGHLIGHT = "highlight", "Monthly highlight report"


class ReportState(TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
