"""The words that Stage 2 is described with."""

from django.db.models import TextChoices


class ModerationState(TextChoices):
    """Signed off is final: the moderated grades count from then on."""

    AWAITING = "awaiting", "Waiting for the discussion"
    IN_PROGRESS = "in_progress", "In progress"
    SIGNED_OFF = "signed_off", "Signed off"


class Attended(TextChoices):
    """The four people of a reflective discussion."""

    MODERATOR = "moderator", "Moderator"
    AUDITOR = "auditor", "Auditor"
    PRACTICE_MANAGER = "practice_manager", "Practice manager"
    SOCIAL_WORKER = "social_worker", "Social worker"
