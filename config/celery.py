"""The Celery application. It only wakes the program up: what is due is found in the database by the sweep."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("case_audit")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["config"])
# A call that nobody took within its minute is worth nothing: the next one finds the same rows.
app.conf.beat_schedule = {
    "sweep-every-minute": {"task": "config.tasks.sweep", "schedule": crontab(), "options": {"expires": 60}}
}
