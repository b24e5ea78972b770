"""A small authority in a program's database. Run in that program's environment:

python -m tests.journeys.authority one_audit        one auditor's allocated audit, its worker, managers, moderator, QA
python -m tests.journeys.authority first_people     QA and an administrator, as an installation begins
python -m tests.journeys.authority give_passwords   everybody who came by import can sign in
python -m tests.journeys.authority submissions      how often an audit was submitted
python -m tests.journeys.authority mails            how many mails were queued, by rule
python -m tests.journeys.authority sessions_end_in 90    so many seconds are left of every session
"""

import json
import sys
from collections import Counter
from datetime import date, timedelta

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.enums import Role  # noqa: E402
from accounts.models import Activity, OutgoingMail, Person  # noqa: E402
from audits.enums import Capacity  # noqa: E402
from audits.rules.deadlines import add_months  # noqa: E402
from tests.factories import PASSWORD, audit, case, cycle, person, service, team  # noqa: E402


def one_audit() -> dict[str, str]:
    """Answers the reference of the audit, the number of its case, and that of another case of the same team."""
    today = timezone.localdate()
    director = person(Role.LEADERSHIP, name="Director")
    manager = person(Role.PRACTICE_MANAGER, name="Practice Manager", line_manager=director)
    place = team("Elder Lane", service=service("Family Support"), manager=manager)
    worker = person(Role.SOCIAL_WORKER, name="Worker", team=place, line_manager=manager)
    auditor = person(Role.AUDITOR, name="Auditor", team=team("Quayside", service=service("Assessment")))
    person(Role.AUDITOR, name="Other Auditor")
    person(Role.MODERATOR, name="Moderator")
    person(Role.QA, name="Qa")
    made = audit(
        auditor=auditor,
        worker=worker,
        case=case(team=place, worker=worker, date_of_birth=date(today.year - 9, 3, 14)),
        cycle=cycle(today.replace(day=1)),
        due_on=today + timedelta(days=14),
        participants=[(manager, Capacity.LINE_MANAGER), (manager, Capacity.PRACTICE_MANAGER)],
    )
    other = case(team=place, worker=worker)
    return {"reference": made.reference, "case": made.allocation.case.case_id, "other_case": other.case_id}


def first_people() -> dict[str, str]:
    person(Role.QA, name="Qa")
    person(Role.ADMIN, name="Admin")
    return {"month": f"{add_months(timezone.localdate(), 2):%Y-%m}"}


def give_passwords() -> dict[str, int]:
    newcomers = Person.objects.filter(last_login__isnull=True)
    return {"people": newcomers.update(password=make_password(PASSWORD))}


def submissions() -> dict[str, int]:
    return {"submitted": Activity.objects.filter(verb="audit.submitted").count()}


def mails() -> dict[str, int]:
    return dict(Counter(OutgoingMail.objects.values_list("rule", flat=True)))


def sessions_end_in(seconds: str) -> dict[str, int]:
    return {"sessions": Session.objects.update(expire_date=timezone.now() + timedelta(seconds=int(seconds)))}


VERBS = {verb.__name__: verb for verb in (one_audit, first_people, give_passwords, submissions, mails, sessions_end_in)}

if __name__ == "__main__":
    print(json.dumps(VERBS[sys.argv[1]](*sys.argv[2:])))
