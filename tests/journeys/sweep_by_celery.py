"""Sends one sweep through the broker to the worker, and waits until it has been done.

python -m tests.journeys.sweep_by_celery
"""

import time

import django

django.setup()

from django.conf import settings  # noqa: E402
from redis import Redis  # noqa: E402

from config.celery import app  # noqa: E402

SECONDS = 60


def main() -> None:
    assert not settings.CELERY_TASK_ALWAYS_EAGER, "the worker is to do it, not this process"
    app.send_task("config.tasks.sweep")
    deadline = time.monotonic() + SECONDS
    while _waiting() or _running():
        assert time.monotonic() < deadline, f"no worker did it within {SECONDS} seconds"
        time.sleep(0.2)


def _waiting() -> int:
    return Redis.from_url(settings.REDIS_URL).llen("celery")


def _running() -> bool:
    return any((app.control.inspect(timeout=2).active() or {}).values())


if __name__ == "__main__":
    main()
