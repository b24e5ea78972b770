"""What the list of moderations tells whom."""

import pytest
from django.urls import reverse

from accounts.models import Person
from audits.enums import AuditState
from audits.models import Audit
from audits.services.requests.deciding import grant_access
from moderation.task_list import tasks_for
from tests import factories
from tests.clients import as_
from tests.moderation import stage2
from tests.moderation.stage2 import HELD_AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> stage2.People:
    return stage2.people()


def test_of_a_restricted_record_the_queue_shows_its_moderator_the_reference_alone(who: stage2.People) -> None:
    hidden = factories.team("Hidden team", service=factories.service("Hidden service"))
    audit = stage2.submitted_audit(who, case=factories.case(worker=who.sam, team=hidden, restricted=True))
    stage2.moderation(audit, who.max)
    grade, queue = "app-grade--", reverse("moderation_list") + "?state=open"
    page = as_(who.max).get(queue).content.decode()
    assert audit.reference in page
    assert grade not in page
    assert '<td class="govuk-table__cell" data-label="Service">Restricted</td>' in page
    for reader in (who.qa, who.max):
        grant_access(audit=audit, to=who.max, by=who.qa, at=HELD_AT)
        assert grade in as_(reader).get(queue).content.decode()


def test_the_queue_does_not_show_the_grade_of_an_audit_that_is_back_with_its_auditor(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    stage2.moderation(audit, who.max)
    Audit.objects.filter(pk=audit.pk).update(state=AuditState.IN_PROGRESS, returned_at=HELD_AT)
    page = as_(who.max).get(reverse("moderation_list") + "?state=returned").content.decode()
    assert "With its auditor" in page
    assert "app-grade--" not in page


def test_the_choice_of_services_is_that_of_the_moderations_they_see(who: stage2.People) -> None:
    leaving = factories.team(service=factories.service("Leaving care"))
    stage2.moderation(stage2.submitted_audit(who, case=factories.case(worker=who.sam, team=leaving)), who.mia)
    stage2.moderation(stage2.submitted_audit(who), who.max)
    page = reverse("moderation_list")
    assert "Leaving care" not in as_(who.max).get(page).content.decode()
    assert "Leaving care" in as_(who.mia).get(page).content.decode()


def test_qa_is_asked_to_choose_a_moderator_where_the_one_there_was_has_left(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    stage2.moderation(audit, who.max)
    assert not any("Choose a moderator" in task.title for task in tasks_for(who.qa, HELD_AT.date()))
    Person.objects.filter(pk=who.max.pk).update(is_active=False)
    task = next(task for task in tasks_for(who.qa, HELD_AT.date()) if task.title == "Choose a moderator")
    assert audit.reference in as_(who.qa).get(task.url).content.decode()
