"""Whatever day the demonstration is loaded on, it loads, and everybody finds work."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Person
from audits.enums import AuditState
from audits.models import Action, Audit
from config.demo.accounts import ACCOUNTS, email_of
from config.views import everything_that_waits_for
from moderation.models import Moderation

pytestmark = [pytest.mark.django_db, pytest.mark.long]

DAYS = (
    date(2026, 11, 24),  # the next month is drawn on this very day
    date(2026, 11, 25),
    date(2026, 11, 26),  # the first day of the next live month
    date(2026, 11, 30),
    date(2026, 12, 1),
    date(2026, 12, 25),  # nobody works
    date(2027, 1, 3),
    date(2027, 5, 31),
    date(2027, 8, 1),
    date(2027, 9, 5),
    date(2028, 2, 29),
)


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_the_demonstration_loads_and_everybody_finds_work(as_of):
    call_command("load_demo", as_of=as_of, stdout=StringIO())
    people = {person.email: person for person in Person.objects.filter(email__in=[plan.email for plan in ACCOUNTS])}
    idle = [plan.local for plan in ACCOUNTS if not everything_that_waits_for(people[plan.email], as_of)]
    assert idle == ["admin"]
    auditor, moderator = people[email_of("auditor")], people[email_of("moderator")]
    open_audits = Audit.objects.of_auditor(auditor).open_stage1()
    assert set(open_audits.values_list("state", flat=True)) == {AuditState.NOT_STARTED, AuditState.IN_PROGRESS}
    assert open_audits.overdue(as_of).exists()
    assert Moderation.objects.open().filter(moderator=moderator).count() >= 2
    actions = Action.objects.open().filter(owner=people[email_of("practice.manager")])
    assert actions.overdue(as_of).exists()
    assert actions.filter(due_on__gte=as_of).exists()
    assert Action.objects.awaiting_sign_off_by(people[email_of("service.manager")]).exists()
