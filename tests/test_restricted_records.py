"""Restricted records: every place of the program, asked for by everybody, and what of the record it tells them.

n: the case number, f: facts of the child (its team, its ethnicity), t: a text of the audit. Nobody sees anything of it
without being named for the record, quality assurance included, but for those whose case it is.
"""

import hashlib
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.enums import Role
from accounts.models import Activity, Person
from audits.enums import AuditState, Capacity, FeedbackSource, Polarity, QualityConcernState, RequestKind, Stage
from audits.models import (
    Action,
    AuditSection,
    Case,
    CaseAccess,
    CaseConflict,
    Evidence,
    Feedback,
    Observation,
    QualityConcern,
    Reflection,
    Request,
)
from audits.services.concerns.raising import raise_concern
from audits.services.cycles import get_or_plan
from audits.services.draws import draw
from audits.services.file_copies import freeze
from audits.services.forms import ensure_default_form
from moderation.models import Moderation
from reporting.enums import ReportKind
from reporting.models import Report
from tests import factories
from tests.urls import Address, addresses

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 16, 9, tzinfo=UTC)
NUMBER, TEAM, ETHNICITY, TEXT = "SECRET-77", "Team Thornfield", "Ethnicity of the record", "Words about the child"
TOKENS = {"n": (NUMBER, "SECRET-88"), "f": (TEAM, ETHNICITY), "t": (TEXT,)}


class World:
    """A restricted record whose audit is submitted, another that a draw left out, and everybody around them."""

    def __init__(self) -> None:
        self.manager = factories.person(Role.PRACTICE_MANAGER, name="Pat Manager")
        self.worker = factories.person(Role.SOCIAL_WORKER, name="Sam Worker", line_manager=self.manager)
        self.auditor = factories.person(Role.AUDITOR, name="Ola Auditor")
        self.moderator = factories.person(Role.MODERATOR, name="Max Moderator")
        self.admin = factories.person(Role.ADMIN, name="Ada Admin")
        self.qa = factories.person(Role.QA, name="Quentin Ash")
        self.named_qa = factories.person(Role.QA, name="Nora Named")
        self.case = self._case(NUMBER)
        self.left_out = self._case("SECRET-88", closed_on=date(2026, 1, 9), status="closed")
        self.cycle = get_or_plan(date(2026, 12, 1))
        self.draw = draw(cycle=self.cycle, by=self.qa, at=AT, seed=1)
        self.audit = factories.audit(
            case=self.case,
            auditor=self.auditor,
            worker=self.worker,
            participants=[(self.manager, Capacity.PRACTICE_MANAGER), (self.moderator, Capacity.MODERATOR)],
            state=AuditState.SUBMITTED,
            form_version=ensure_default_form(),
            overall_grade="inadequate",
            reason={"stratum": {"ethnicity": ETHNICITY}, "chance": 0.1, "given_up": [], "auditor_load": 0},
            cycle=factories.cycle(),
            ethnicity=ETHNICITY,
        )
        self._write()
        self.name(self.named_qa)

    def _case(self, number: str, **values: object) -> Case:
        team = factories.team(TEAM) if not hasattr(self, "case") else self.case.team
        return factories.case(
            case_id=number, team=team, worker=self.worker, restricted=True, ethnicity=ETHNICITY, **values
        )

    def _write(self) -> None:
        section = self.audit.form_version.definition["sections"][0]
        AuditSection.objects.create(
            audit=self.audit,
            key=section["key"],
            name=section["name"],
            comment=TEXT,
            answers={section["questions"][0]["key"]: {"value": "yes", "reason": TEXT}, "in.words": {"value": TEXT}},
        )
        self.action = Action.objects.create(
            audit=self.audit, text=TEXT, due_on=date(2026, 12, 1), recorded_at=AT, recorded_by=self.auditor
        )
        Feedback.objects.create(
            audit=self.audit,
            source=FeedbackSource.CHILD,
            polarity=Polarity.STRENGTH,
            text=TEXT,
            recorded_at=AT,
            recorded_by=self.auditor,
        )
        Observation.objects.create(
            audit=self.audit,
            observed_on=date(2026, 11, 9),
            setting="Home visit",
            notes=TEXT,
            recorded_at=AT,
            recorded_by=self.auditor,
        )
        Evidence.objects.create(
            audit=self.audit,
            number=1,
            name=f"{TEXT}.txt",
            kind="txt",
            file=ContentFile(TEXT.encode(), name="evidence"),
            size=len(TEXT),
            sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
            added_at=AT,
            added_by=self.auditor,
        )
        Reflection.objects.create(audit=self.audit, done_well=TEXT, written_by=self.worker, saved_at=AT)
        Moderation.objects.create(audit=self.audit, assigned_at=AT, due_on=date(2026, 11, 26), moderator=self.moderator)
        self.conflict = CaseConflict.objects.create(
            case=self.case, person=self.moderator, email=self.moderator.email, reason="Knows the family"
        )
        self.request = Request.objects.create(
            allocation=self.audit.allocation,
            kind=RequestKind.ACCESS,
            reason="To audit it",
            asked_by=self.auditor,
            asked_at=AT,
        )
        self.quality = QualityConcern.objects.create(
            audit=self.audit, text=TEXT, raised_by=self.worker, raised_at=AT, state=QualityConcernState.ANSWERED
        )
        self.quality.answers.create(number=1, text=TEXT, given_by=self.named_qa, given_at=AT)
        self.concern = raise_concern(audit=self.audit, by=self.auditor, at=AT, press="one")
        freeze(audit=self.audit, stage=Stage.ONE, at=AT)
        self.report = Report.objects.create(
            kind=ReportKind.HIGHLIGHT,
            first_month=date(2026, 11, 1),
            last_month=date(2026, 11, 1),
            slug="highlight-2026-11",
            created_at=AT,
        )

    def name(self, person: Person) -> None:
        for case in (self.case, self.left_out):
            CaseAccess.objects.create(case=case, person=person, granted_by=self.qa, granted_at=AT)


@pytest.fixture
def world(time_machine) -> World:
    time_machine.move_to(AT, tick=False)
    return World()


def of_audit(name: str) -> Callable[[Client, World], HttpResponse]:
    return lambda client, world: client.get(reverse(name, args=[world.audit.reference]), follow=True)


def page(name: str, query: str = "") -> Callable[[Client, World], HttpResponse]:
    return lambda client, world: client.get(reverse(name) + query)


def of_cycle(name: str, *more: object) -> Callable[[Client, World], HttpResponse]:
    return lambda client, world: client.get(reverse(name, args=[world.cycle.slug, *more]))


def of_november(name: str) -> Callable[[Client, World], HttpResponse]:
    return lambda client, world: client.get(reverse(name, args=["2026-11"]))


def chapter(key: str) -> Callable[[Client, World], HttpResponse]:
    return lambda client, world: client.get(reverse("report_chapter", args=[world.report.slug, key]))


PLACES: dict[str, Callable[[Client, World], HttpResponse]] = {
    "cases": page("case_list"),
    "cases, only restricted": page("case_list", "?restricted=True"),
    "cases, found": lambda client, world: client.post(reverse("case_find"), {"number": NUMBER}, follow=True),
    "case": lambda client, world: client.get(reverse("case_detail", args=[world.case.pk])),
    "cases, export": page("case_export"),
    "audits": page("audit_list"),
    "audit": of_audit("audit_detail"),
    "audit, form": of_audit("audit_view"),
    "audit, why": of_audit("audit_why"),
    "audit, a file": lambda client, world: client.get(reverse("audit_evidence_file", args=[world.audit.reference, 1])),
    "documents": of_audit("audit_documents"),
    "document": lambda client, world: client.get(reverse("audit_document", args=[world.audit.reference, 1, "pdf"])),
    "audits, export": page("audit_export", "?first=2026-11"),
    "cycle": of_november("cycle_detail"),
    "cycle, export": of_november("cycle_export"),
    "draw": of_cycle("draw_detail", 1),
    "draw, left out": of_cycle("draw_excluded", 1, "closed_too_long_ago"),
    "draw tried": lambda client, world: client.get(reverse("cycle_try", args=[world.cycle.slug]) + "?seed=1"),
    "try, left out": lambda client, world: client.get(
        reverse("try_excluded", args=[world.cycle.slug, "closed_too_long_ago"]) + "?seed=1"
    ),
    "look-up": lambda client, world: client.post(
        reverse("cycle_look_up", args=[world.cycle.slug]), {"ask": "case", "number": "SECRET-88"}
    ),
    "actions": page("action_list"),
    "action": lambda client, world: client.get(reverse("action_detail", args=[world.action.pk])),
    "actions, export": page("action_export"),
    "moderations": page("moderation_list"),
    "moderation": of_audit("moderation_detail"),
    "home": page("home"),
    "concerns": page("concern_list"),
    "concern": lambda client, world: client.get(reverse("concern_detail", args=[world.concern.reference])),
    "concern, raising": lambda client, world: client.get(reverse("concern_raise", args=[world.audit.reference])),
    "concerns about audits": page("quality_list", "?state="),
    "concern about an audit": lambda client, world: client.get(reverse("quality_detail", args=[world.quality.pk])),
    "report, feedback": chapter("feedback"),
    "report, reflection": chapter("reflection"),
}

EVERY_TEAM = {"team_list", "cycle_focus"}  # pages that offer all teams, whatever cases they have
A_MAIL = {"mail_settle", "message_detail"}  # told of one by one; a mail names no child in any case

# Who → place → what of the record they are told there; nothing anywhere else.
TOLD: dict[str, dict[str, str]] = {
    "qa": {},
    "admin": {},
    "auditor": {"audit": "t", "audit, form": "t", "audit, a file": "t"},
    "moderator": {},
    "named auditor": {
        "audit": "nft",
        "audit, form": "nft",
        "audit, a file": "t",
        "document": "nft",
        "audits": "f",
        "audit, why": "f",
        "actions": "t",
        "action": "t",
        "concern": "nf",
    },
    "named moderator": {
        "audit": "nft",
        "audit, form": "nft",
        "audit, a file": "t",
        "document": "nft",
        "audits": "f",
        "actions": "t",
        "action": "t",
        "moderation": "t",
    },
    "worker": {
        "audit": "t",
        "audit, form": "t",
        "audit, a file": "t",
        "document": "nft",
        "audits": "f",
        "actions": "t",
        "action": "t",
        "concern about an audit": "t",
        "concern": "nf",
    },
    "manager": {
        "audit": "t",
        "audit, form": "t",
        "audit, a file": "t",
        "document": "nft",
        "audits": "f",
        "actions": "t",
        "action": "t",
        "concern": "nf",
    },
    "named_qa": {
        "cases": "nf",
        "cases, only restricted": "nf",
        "cases, found": "nf",
        "case": "nf",
        "cases, export": "nf",
        "audits": "f",
        "audit": "nft",
        "audit, form": "nft",
        "audit, a file": "t",
        "document": "nft",
        "audit, why": "f",
        "audits, export": "nft",
        "cycle": "f",
        "cycle, export": "nf",
        "draw": "nf",
        "draw, left out": "nf",
        "try, left out": "nf",
        "look-up": "n",
        "actions": "t",
        "action": "t",
        "actions, export": "nft",
        "concern about an audit": "t",
        "report, feedback": "t",
        "report, reflection": "t",
        "concern": "nf",
    },
}


def written_in(response: HttpResponse) -> str:
    if response["Content-Type"] == "application/pdf":
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    return response.content.decode()


def told(response: HttpResponse) -> str:
    """What of the record is in the answer, beside what was asked for, the names that every filter offers, and the
    sample's figures, which count restricted records like others."""
    if response.status_code in (403, 404):
        return ""
    aside = r'<select.*?</select>|<input[^>]*>|<section[^>]*aria-labelledby="strata".*?</section>'
    text = re.sub(aside, "", written_in(response), flags=re.DOTALL)
    return "".join(kind for kind, tokens in TOKENS.items() if any(token in text for token in tokens))


@pytest.mark.parametrize("who", TOLD)
def test_a_restricted_record_is_told_of_only_where_the_table_says(who: str, world: World) -> None:
    person = getattr(world, who.removeprefix("named "))
    if who.startswith("named "):
        world.name(person)
    client = Client()
    client.force_login(person)
    found = {place: told(ask(client, world)) for place, ask in PLACES.items()}
    assert {place: kinds for place, kinds in found.items() if kinds} == TOLD[who]


def _is_of_a_concern(address: Address) -> bool:
    return address.name.startswith("concern_") and address.name != "concern_raise"


def values_for(address: Address, world: World) -> dict[str, Any]:
    """What stands in the address, about the restricted record wherever that can be."""
    records = {
        "action": world.action,
        "case": world.case,
        "conflict": world.conflict,
        "request": world.request,
        "quality": world.quality,
        "person": world.auditor,
    }
    known = {
        "reference": (world.concern if _is_of_a_concern(address) else world.audit).reference,
        "slug": world.report.slug if address.name.startswith("report") else world.cycle.slug,
        "pk": next((record.pk for start, record in records.items() if address.name.startswith(start)), 1),
        "rule": "closed_too_long_ago",
        "key": _key_in(address),
        "section": "assessment",
        "question": "assessment.child_seen",
        "number": 1,
        "kind": "cases",
        "ending": "pdf" if address.name == "audit_document" else "json",
        "part": "cases",
        "change": 1,
    }
    return {name: known[name] for name in address.converters}


def _key_in(address: Address) -> str:
    keys = {"report": "feedback", "tool": "good_practice"}
    return next((key for start, key in keys.items() if address.name.startswith(start)), "assessment")


@pytest.mark.parametrize("who", ["qa", "admin", "auditor", "moderator"])
def test_no_page_at_all_tells_the_number_or_a_fact_to_somebody_who_is_not_named(who: str, world: World) -> None:
    """Every address that can be opened, those that are still to come included; texts too, but for the auditor's own."""
    client = Client()
    client.force_login(getattr(world, who))
    own = "t" if who == "auditor" else ""
    found = {}
    for address in addresses():
        if address.access is None or address.access.public or address.name in A_MAIL:
            continue
        response = client.get(reverse(address.name, kwargs=values_for(address, world)), follow=True)
        if kinds := told(response).replace("f" if address.name in EVERY_TEAM else own, ""):
            found[address.name] = kinds
    assert not found


def test_what_is_not_listed_is_counted(world: World) -> None:
    client = Client()
    client.force_login(world.qa)
    assert "2 restricted records are counted but not listed" in client.get(reverse("case_list")).content.decode()
    left_out = PLACES["draw, left out"](client, world).content.decode()
    assert "1 restricted record is counted but not listed" in left_out
    assert "Of 1 more audit the record is restricted" in PLACES["report, feedback"](client, world).content.decode()
    client.force_login(world.named_qa)
    assert "not listed" not in client.get(reverse("case_list")).content.decode()


def test_a_restricted_number_is_answered_like_one_that_nobody_has(world: World) -> None:
    client = Client()
    client.force_login(world.qa)

    def answers(number: str) -> list[str]:
        found = client.post(reverse("case_find"), {"number": number}, follow=True)
        looked_up = client.post(reverse("cycle_look_up", args=["2026-12"]), {"ask": "case", "number": number})
        pages = [response.content.decode().replace(number, "") for response in (found, looked_up)]
        return [re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"', "", text) for text in pages]

    assert answers(NUMBER) == answers("NO-SUCH-1")
    logged = Activity.objects.filter(verb="case.looked_up")
    assert logged.count() == 2
    assert not any("SECRET" in f"{one.summary}{one.data}{one.thing_ref}" for one in logged)


def test_filtering_by_team_does_not_give_away_where_a_restricted_record_sits(world: World) -> None:
    client = Client()
    team = world.case.team
    beside = factories.audit(case=factories.case(team=team), state=AuditState.SUBMITTED)
    Action.objects.create(audit=beside, text="x", due_on=date(2026, 12, 1), recorded_at=AT, recorded_by=world.auditor)
    for person, sees in ((world.qa, False), (world.named_qa, True)):
        client.force_login(person)
        for place in (f"{reverse('audit_list')}?team={team.name}", f"{reverse('action_list')}?team={team.name}"):
            found = client.get(place).content.decode()
            assert beside.reference in found
            assert (world.audit.reference in found) is sees


def test_the_operators_export_is_whole(world: World, tmp_path) -> None:
    for table, month in (("allocations", ["2026-11"]), ("audits", ["2026-11"]), ("cases", []), ("actions", [])):
        written = tmp_path / f"{table}.csv"
        call_command("export", table, *month, "--to", str(written))
        assert NUMBER in written.read_text()
