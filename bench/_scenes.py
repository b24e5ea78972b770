"""What people do here that is measured, each over HTTP for its time and inside this process for its queries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse_lazy

from accounts.models import Person
from audits.enums import AuditState, Grade
from audits.models import Audit, AuditSection
from audits.rules.form_definition import Section
from audits.services.stage1 import start
from bench._past_audits import PASSWORD, Programme, answers_of, one_section_tool
from bench._visitor import Answer, Fields, Visit, Visitor

EMPTY = "an empty page of ours"
SIGN_IN = reverse_lazy("account_login")
NO_QUERIES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ")


@dataclass(frozen=True)
class Scene:
    """`fields`: what is posted in the round of that number; None where a page is only opened.

    `against`: the page of the peer that it is compared with, and `goal`, how much of its time it may take.
    """

    name: str
    who: Person
    path: str
    fields: Callable[[int], Fields] | None = None
    status: int = 200
    against: str = ""
    goal: float = 0
    most_queries: int = 0


class Scenes:
    """`visitor` makes somebody who is not signed in."""

    def __init__(self, programme: Programme) -> None:
        # An auditor who manages a team too, and has had as many audits as others.
        self.auditor, self.qa = programme.auditors[1], programme.qa[0]
        usual = self._begun(self._open_audit(0), programme)
        whole = self._open_audit(1)
        whole.form_version = one_section_tool()
        whole.save(update_fields=["form_version"])
        whole = self._begun(whole, programme)
        tool = programme.tool.form
        biggest = max(tool.sections, key=lambda section: len(section.questions))
        everything = one_section_tool().form.section("everything")
        self.all = [
            Scene(EMPTY, self.auditor, "/messages/"),
            *self._of_section(whole, everything, "40 questions", compared=True),
            *self._of_section(usual, biggest, f"{len(biggest.questions)} questions", compared=False),
            *self._lists(),
            Scene("task list of an auditor and manager", self.auditor, "/", against="dashboard", goal=0.3),
            Scene("task list of quality assurance", self.qa, "/", against="dashboard", goal=0.3),
        ]

    def visits(self, visitor: Callable[[], Visitor]) -> list[Visit]:
        """The scenes in turn, each by the person it belongs to."""
        signed_in = {}
        for person in (self.auditor, self.qa):
            signed_in[person.pk] = visitor()
            signed_in[person.pk].sign_in(str(SIGN_IN), [("login", person.email), ("password", PASSWORD)])

        def visit(scene: Scene) -> Visit:
            by = signed_in[scene.who.pk]

            def ask(number: int) -> Answer:
                return by.get(scene.path) if scene.fields is None else by.post(scene.path, scene.fields(number))

            return Visit(scene.name, ask, scene.status)

        return [visit(scene) for scene in self.all]

    def queries(self) -> dict[str, int]:
        """How many statements each scene needs, beside those that begin and end a transaction."""
        return {scene.name: self._queries_of(scene) for scene in self.all}

    def _queries_of(self, scene: Scene) -> int:
        client = Client(headers={"host": "case-audit.example"})
        client.force_login(scene.who)
        count = 0
        for number in (10_001, 10_002):
            fields: Any = {}
            for name, value in scene.fields(number) if scene.fields else ():
                fields.setdefault(name, []).append(value)
            with CaptureQueriesContext(connection) as captured:
                call = client.get if scene.fields is None else client.post
                answer = call(scene.path, fields or None, secure=True)
            if answer.status_code != scene.status:
                raise RuntimeError(f"{scene.name} answered {answer.status_code}")
            count = sum(not query["sql"].startswith(NO_QUERIES) for query in captured)
        return count

    def _open_audit(self, nth: int) -> Audit:
        own = Audit.objects.of_auditor(self.auditor).open_stage1().order_by("pk")
        if nth < len(own):
            return own[nth]
        # The month gives each auditor one; the other is that of a colleague.
        other = Audit.objects.open_stage1().filter(state=AuditState.NOT_STARTED).order_by("pk")[nth]
        other.allocation.auditor = self.auditor
        other.allocation.save(update_fields=["auditor"])
        other.participants.filter(capacity="auditor").update(person=self.auditor)
        return other

    def _begun(self, audit: Audit, programme: Programme) -> Audit:
        start(audit=audit, by=self.auditor, at=programme.now)
        return audit

    def _of_section(self, audit: Audit, section: Section, name: str, *, compared: bool) -> list[Scene]:
        path = f"/audits/{audit.reference}/section/{section.key}/"
        answered: list[tuple[str, str]] = [("grade", Grade.REQUIRES_IMPROVEMENT)]
        for key, stored in answers_of(section).items():
            answered += _sent(key, stored["value"])

        def fields(number: int) -> Fields:
            version = AuditSection.objects.values_list("version", flat=True).get(audit=audit, key=section.key)
            said = f"Seen at home and at school, round {number} of {version}."
            return [*answered, ("comment", said), ("version", str(version)), ("then", "list")]

        pages = [
            Scene(f"section page, {name}", self.auditor, path, None, 200, "form", 0.05, 12),
            Scene(f"section save, {name}", self.auditor, path, fields, 302, "post", 0.10),
            Scene(f"autosave, {name}", self.auditor, f"{path}autosave/", fields, 200, "post", 0.03, 6),
        ]
        return pages

    def _lists(self) -> list[Scene]:
        narrowed = {
            "all": "",
            "by team": "?team=Team+7",
            "by service": "?service=Service+3",
            "by state": "?state=signed_off",
            "by grade": "?grade=inadequate",
            "by auditor": f"?auditor={self.auditor.pk}",
            "overdue": "?overdue=yes",
            "by four things": "?state=signed_off&kind=audit&service=Service+3&grade=good",
        }
        every = [
            Scene(f"list of 50, {how}", self.qa, f"/audits/{query}", None, 200, "list", 0.05, 8)
            for how, query in narrowed.items()
        ]
        return [*every, Scene("list of 50, an auditor’s own", self.auditor, "/audits/", None, 200, "list", 0.05, 8)]


def _sent(key: str, value: str | list[str]) -> list[tuple[str, str]]:
    """A stored answer as a browser sends it."""
    if isinstance(value, list):
        return [(key, one) for one in value]
    if value.startswith("2026-"):
        year, month, day = value.split("-")
        return [(f"{key}_day", day), (f"{key}_month", month), (f"{key}_year", year)]
    return [(key, value)]
