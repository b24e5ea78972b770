"""What Celery beat calls. Nothing here but waking the sweep up."""

from celery import shared_task
from django.utils import timezone

from config import sweep as sweeping


@shared_task(name="config.tasks.sweep")
def sweep() -> None:
    sweeping.sweep(timezone.now())
