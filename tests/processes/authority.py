"""A small authority in a deployment's database, and what became of it. Run in that deployment's environment:

python -m tests.processes.authority make                the authority, with work that is due today
python -m tests.processes.authority queue 2000          so many mails to send
python -m tests.processes.authority tally               counts of due rows and mails
python -m tests.processes.authority mail_states         each mail's state by its subject
python -m tests.processes.authority wait_ten_minutes    what is being sent has been so for longer

Each prints its answer as JSON.
"""

import json
import sys
from collections import Counter
from datetime import date, timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.enums import MailState, Role  # noqa: E402
from accounts.models import Due, OutgoingMail  # noqa: E402
from audits.models import Allocation, ProgrammeRules  # noqa: E402
from audits.rules.deadlines import add_months  # noqa: E402
from tests.factories import audit, case, cycle, person, team  # noqa: E402

OVERDUE = 1

# Hashing a password is slow on purpose, and nobody here signs in.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def make() -> dict[str, int]:
    """Nine auditors in three teams with 60 cases; last month's cycle with OVERDUE audit outstanding; next month's
    cycle due to open, because the programme draws six weeks ahead."""
    today = timezone.localdate()
    ProgrammeRules.objects.create(number=1, values={"draw_working_days_before": 30}, reason="Six weeks ahead")
    director = person(Role.LEADERSHIP)
    person(Role.QA)
    auditors = []
    for _ in range(3):
        manager = person(Role.PRACTICE_MANAGER, line_manager=director)
        place = team(manager=manager)
        auditors += [person(Role.AUDITOR, team=place, line_manager=manager) for _ in range(3)]
        workers = [person(Role.SOCIAL_WORKER, team=place, line_manager=manager) for _ in range(10)]
        for worker in workers * 2:
            case(team=place, worker=worker, opened_on=today - timedelta(days=300))
    last_month = cycle(add_months(today, -1))
    for auditor in auditors[:OVERDUE]:
        audit(
            auditor=auditor,
            cycle=last_month,
            due_on=today - timedelta(days=20),
            allocated_at=timezone.now() - timedelta(days=50),
        )
    return {"overdue": OVERDUE, "auditors": len(auditors)}


def queue(count: str) -> dict[str, int]:
    """So many mails to as many people, waiting to be sent."""
    now = timezone.now()
    OutgoingMail.objects.bulk_create(
        OutgoingMail(
            thing=f"audit:{number}",
            rule="audit.reminder",
            to=f"person{number}@authority.example",
            subject=f"Mail {number}",
            body="Your audit is due.",
            queued_at=now,
            send_after=now,
        )
        for number in range(int(count))
    )
    return {"queued": int(count)}


def mail_states() -> dict[str, object]:
    return dict(OutgoingMail.objects.values_list("subject", "state"))


def tally() -> dict[str, object]:
    """Counts by rule; `told_twice` is every (subject, recipient) that has more than one mail."""
    mails = Counter((mail.subject, mail.rule, mail.occurrence, mail.to) for mail in OutgoingMail.objects.all())
    return {
        "due": sorted(Due.objects.exclude(state="pending").values_list("rule", "thing", "occurrence", "state")),
        "allocated": dict(Counter(Allocation.objects.values_list("cycle__first_month", flat=True)).items()),
        "mails": dict(Counter(OutgoingMail.objects.values_list("rule", flat=True))),
        "mail_states": dict(Counter(OutgoingMail.objects.values_list("state", flat=True))),
        "told_twice": [key for key, count in mails.items() if count > 1],
        "failed": list(Due.objects.exclude(last_error="").values_list("last_error", flat=True)),
    }


def wait_ten_minutes() -> dict[str, int]:
    sending = OutgoingMail.objects.filter(state=MailState.SENDING)
    return {"waited": sending.update(claimed_at=timezone.now() - timedelta(minutes=11))}


def _plain(value: object) -> object:
    return {str(key): count for key, count in value.items()} if isinstance(value, dict) else value


if __name__ == "__main__":
    verbs = {verb.__name__: verb for verb in (make, queue, tally, mail_states, wait_ten_minutes)}
    answer = verbs[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({key: _plain(value) for key, value in answer.items()}, default=date.isoformat))
