"""How many queries the pages take that people wait for, whether few or many audits lie behind them."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Person
from audits.enums import AuditState, Capacity, Grade
from audits.models import Audit, AuditSection
from audits.services import stage1
from tests import factories
from tests.audits.filling import AT
from tests.clients import as_

pytestmark = pytest.mark.django_db

MOST = {
    "section page": 12,
    "page of the overall grade": 12,
    "save": 8,
    "autosave": 6,
    "autosave of the overall grade": 8,
    "list": 8,
    "list by auditor": 8,
    "list by team and grade": 8,
    "own list": 8,
}


class Desk:
    """An auditor with an audit in hand, and QA; `past` audits lie behind them."""

    def __init__(self) -> None:
        worker = factories.person(Role.SOCIAL_WORKER, line_manager=factories.person(Role.PRACTICE_MANAGER))
        self.audit = factories.audit(worker=worker, auditor=factories.person(Role.AUDITOR, Role.PRACTICE_MANAGER))
        self.auditor: Person = self.audit.allocation.auditor
        self.qa = factories.person(Role.QA)
        stage1.start(audit=self.audit, by=self.auditor, at=AT)

    def add_past(self, count: int) -> None:
        """A month each, the auditor's own, of one team, signed off."""
        for number in range(count):
            made = factories.audit(
                auditor=self.auditor,
                cycle=factories.cycle(date(2010 + number // 12, number % 12 + 1, 1)),
                state=AuditState.SIGNED_OFF,
                overall_grade=Grade.GOOD,
                participants=[(self.auditor, Capacity.PRACTICE_MANAGER)],
            )
            AuditSection.objects.create(audit=made, key="planning", name="Planning", grade=Grade.GOOD)

    def page(self, name: str) -> tuple[Person, str, dict[str, str] | None]:
        section = partial_address(self.audit, "audit_section")
        autosave = partial_address(self.audit, "audit_section_autosave")
        listed = reverse("audit_list")
        typed = f"Typed when {AuditSection.objects.count()} sections were stored."
        planning = {"version": self.version("planning"), "comment": typed, "then": "list"}
        overall = {"version": self.version("comments"), "comment": typed, "grade": Grade.INADEQUATE}
        return {
            "section page": (self.auditor, section("planning"), None),
            "page of the overall grade": (self.auditor, section("comments"), None),
            "save": (self.auditor, section("planning"), planning),
            "autosave": (self.auditor, autosave("planning"), planning),
            "autosave of the overall grade": (self.auditor, autosave("comments"), overall),
            "list": (self.qa, listed, None),
            "list by auditor": (self.qa, f"{listed}?auditor={self.auditor.pk}", None),
            "list by team and grade": (self.qa, f"{listed}?team=Team+1&grade=good", None),
            "own list": (self.auditor, listed, None),
        }[name]

    def version(self, key: str) -> str:
        return str(self.audit.sections.get(key=key).version)

    def queries(self, name: str) -> list[str]:
        """What the page asks the database, the second time in a sitting, beside the marks of the test's transaction."""
        for _ in range(2):
            who, url, posted = self.page(name)
            client = as_(who)
            with CaptureQueriesContext(connection) as captured:
                response = client.get(url) if posted is None else client.post(url, posted)
            assert response.status_code in (200, 302), response.content.decode()
            AuditSection.objects.create(audit=self.audit, key=f"more{AuditSection.objects.count()}", name="More")
        return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


def partial_address(audit: Audit, name: str) -> Callable[[str], str]:
    return lambda key: reverse(name, args=[audit.reference, key])


@pytest.mark.parametrize("name", MOST)
def test_a_page_takes_few_queries_and_no_more_after_years(name: str) -> None:
    desk = Desk()
    desk.add_past(2)
    early = desk.queries(name)
    desk.add_past(58)
    late = desk.queries(name)
    assert len(late) <= MOST[name], "\n".join(late)
    assert len(late) == len(early), "\n".join(late)


def test_the_home_page_takes_the_same_queries_after_years() -> None:
    desk = Desk()
    counts = []
    for past in (2, 58):
        desk.add_past(past)
        for who in (desk.auditor, desk.qa):
            client = as_(who)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse("home")).status_code == 200
            counts.append(len(captured))
    assert counts[:2] == counts[2:]
