"""Who reaches which page: every address of the program, asked for as every role.

The table below is written by hand and stands against what the views declare. The records asked for belong to somebody
else, so it also says who sees records that are not their own: for everybody else they do not exist (404), or the page
is not theirs to open (403). A new address fails here until somebody has said who may open it.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import OutgoingMail, Person
from audits.enums import AuditState, FeedbackSource, ImportKind, Polarity, RequestKind, Stage
from audits.models import Action, Feedback, FormVersion, Observation, QualityConcern, Request
from audits.services.concerns.raising import raise_concern
from audits.services.conflicts import declare
from audits.services.cycles import get_or_plan
from audits.services.draws import draw
from audits.services.evidence import add_evidence
from audits.services.file_copies import freeze
from audits.services.forms import ensure_default_form
from audits.services.imports import check
from audits.services.themes import themes_to_choose
from moderation.models import Moderation
from reporting.enums import ReportKind
from reporting.models import Report
from tests import factories
from tests.makers.files import CASES, case_row, table
from tests.urls import Address, addresses

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)

ALL = frozenset(Role)
QA = frozenset({Role.QA})
ADMIN = frozenset({Role.ADMIN})
NOBODY: frozenset[Role] = frozenset()
OWN = NOBODY  # a page of the person's own records: nobody reaches another's

# Address: who reaches it, for a record that is somebody else's.
REACHES: dict[str, frozenset[Role]] = {
    "home": ALL,
    "session_extend": ALL,
    "account_change_password": ALL,
    "account_reauthenticate": ALL,
    "own_phone": ALL,
    "message_list": ALL,
    "message_detail": OWN,
    # People, mail, activity and settings
    "person_list": QA | ADMIN,
    "team_list": QA | ADMIN,
    "person_detail": QA | ADMIN,
    "person_change": QA | ADMIN,
    "person_undo": NOBODY,  # there is no such change
    "absence_add": QA | ADMIN,
    "absence_remove": QA | ADMIN,
    "open_work": QA,
    "person_hand_over": QA,
    "mail_list": QA | ADMIN,
    "mail_settle": QA | ADMIN,
    "activity_list": QA,
    "programme_settings": ADMIN,
    "programme_change": ADMIN,
    "programme_put_back": ADMIN,
    # The month
    "cycle_list": QA,
    "cycle_plan": QA,
    "cycle_detail": QA,
    "cycle_draw": QA,
    "cycle_try": QA,
    "try_excluded": QA,
    "draw_detail": QA,
    "draw_excluded": QA,
    "cycle_look_up": QA,
    "cycle_publish": QA,
    "cycle_pause": QA,
    "cycle_resume": QA,
    "cycle_close": QA,
    "cycle_export": QA,
    "cycle_calendar": QA,
    "cycle_pause_months": QA,
    "cycle_resume_months": QA,
    "cycle_focus": QA,
    "cycle_tool": QA,
    "cycle_pack": QA,
    "cycle_months": QA,
    "reaudit_list": QA,
    "reaudit_set_aside": QA,
    "reaudit_set_aside_many": QA,
    "reaudit_take_back": QA,
    # Files and cases: the file asked for is one of cases, which administrators do not see
    "import_list": QA | ADMIN,
    "import_upload": QA,
    "import_detail": QA,
    "import_apply": QA,
    "import_abandon": QA,
    "case_list": QA,
    "case_find": QA,
    "case_detail": QA,
    "case_export": QA,
    # Audits
    "audit_list": ALL,
    "audit_export": QA,
    "audit_why": QA,
    "audit_detail": QA,
    "audit_view": QA,
    "audit_grant_access": QA,
    "audit_before": OWN,
    "audit_before_autosave": OWN,
    "audit_details_autosave": OWN,
    "audit_reflection_autosave": OWN,
    "audit_check": OWN,
    "audit_checks": OWN,
    "audit_invitation": OWN,
    "audit_details": OWN,
    "audit_section": OWN,
    "audit_section_autosave": OWN,
    "audit_reflection": OWN,
    "audit_feedback": OWN,
    "audit_feedback_change": OWN,
    "audit_feedback_remove": OWN,
    "audit_feedback_put_back": OWN,
    "audit_observations": OWN,
    "audit_observation_change": OWN,
    "audit_observation_remove": OWN,
    "audit_observation_put_back": OWN,
    "audit_evidence": OWN,
    "audit_evidence_file": OWN,  # a draft's; who reads it after that is in tests/audits/test_evidence_pages.py
    "audit_evidence_remove": OWN,
    "audit_evidence_put_back": OWN,
    # The code book of themes
    "theme_list": QA | ADMIN,
    "theme_add": QA | ADMIN,
    "theme_change": QA | ADMIN,
    "theme_retire": QA | ADMIN,
    "theme_bring_back": QA | ADMIN,
    "audit_action_add": OWN,
    "audit_action_change": OWN,
    "audit_action_advice": OWN,
    "audit_action_remove": OWN,
    # The documents for the child's file
    "audit_documents": QA,
    "audit_document": QA,
    # What is asked for
    "request_list": ALL,
    "request_detail": QA,
    "request_undo": QA,
    "request_take_back": OWN,
    "request_access": QA,
    "request_choose": OWN,
    "request_extension": OWN,
    "request_exemption": OWN,
    "request_replacement": OWN,
    "audit_worker": OWN,
    # Concerns about the quality of an audit
    "quality_list": ALL,
    "quality_raise": QA,
    "quality_detail": QA,
    "quality_take_back": OWN,
    # Given by hand: another auditor, a directed audit; conflicts of interest
    "audit_hand_over": QA,
    "audit_commission": QA,
    "case_commission": QA,
    "audit_withdraw": QA,
    "conflict_mine": frozenset({Role.AUDITOR, Role.MODERATOR}),
    "conflict_take_back": OWN,
    "conflict_list": QA,
    "conflict_add": QA,
    "conflict_remove": QA,
    # Actions
    "action_list": ALL,
    "action_export": QA,
    "action_detail": QA,
    "action_complete": QA,
    "action_sign_off": QA,
    "action_hand_over": QA,
    # Immediate safeguarding concerns
    "concern_list": ALL,
    "concern_detail": QA,
    "concern_acknowledge": QA,
    "concern_describe": QA,
    "concern_describe_autosave": QA,
    "concern_call": QA,
    "concern_note": QA,
    "concern_tell": QA,
    "concern_close": QA,
    "concern_mistaken": QA,
    "concern_reopen": QA,
    "concern_raise": OWN,
    # Audit tools: the version asked for is a draft
    "tool_list": QA | ADMIN,
    "tool_start": QA | ADMIN,
    "tool_detail": QA | ADMIN,
    "tool_copy": QA | ADMIN,
    "tool_throw_away": QA | ADMIN,
    "tool_about": QA | ADMIN,
    "tool_move": QA | ADMIN,
    "tool_undo": QA | ADMIN,
    "tool_section_add": QA | ADMIN,
    "tool_section": QA | ADMIN,
    "tool_section_change": QA | ADMIN,
    "tool_section_remove": QA | ADMIN,
    "tool_question_add": QA | ADMIN,
    "tool_question": QA | ADMIN,
    "tool_question_remove": QA | ADMIN,
    "tool_preview": QA | ADMIN,
    "tool_preview_section": QA | ADMIN,
    "tool_publish": QA | ADMIN,
    "tool_use": QA | ADMIN,
    "tool_retire": NOBODY,  # there is nothing to retire in a draft
    "tool_compare": NOBODY,  # nor another version to compare it with
    # Moderation
    "moderation_list": QA | {Role.MODERATOR},
    "moderation_detail": QA,
    "moderation_reassign": QA,
    "moderation_grant_access": QA,
    "moderation_autosave": OWN,
    "moderation_check": OWN,
    "moderation_sign_off": OWN,
    "moderation_return": OWN,
    "moderation_action_add": OWN,
    "moderation_action_take_back": OWN,
    # Reports: the one asked for is a draft
    "report_list": ALL - ADMIN,
    "report_start": QA,
    "report_detail": QA,
    "report_file": QA,
    "report_write": QA,
    "report_recommendations": QA,
    "report_chapter": NOBODY,  # there is no such chapter
    "report_publish": QA,
}

# There is nothing to open of an audit in draft.
OF_SUBMITTED = ("audit_view", "audit_document", "audit_documents", "quality_raise")

PUBLIC = {
    "healthz",
    "session_state",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}

ADDRESSES = {address.name: address for address in addresses()}


def test_every_address_says_who_may_open_it() -> None:
    undeclared = [address.name for address in ADDRESSES.values() if address.access is None]
    assert not undeclared


def test_every_address_says_which_records_it_reaches() -> None:
    unsaid = [
        address.name
        for address in ADDRESSES.values()
        if address.access and not address.access.public and not address.access.scope
    ]
    assert not unsaid


def test_only_signing_in_and_the_health_check_are_open_to_anybody() -> None:
    assert {address.name for address in ADDRESSES.values() if address.access and address.access.public} == PUBLIC


def test_the_table_names_every_address() -> None:
    assert set(REACHES) == set(ADDRESSES) - PUBLIC


class World:
    """One record of everything, belonging to people who are not asked about."""

    def __init__(self) -> None:
        form = ensure_default_form()
        self.stranger = factories.person(Role.AUDITOR, Role.SOCIAL_WORKER)
        self.draft = factories.audit(auditor=self.stranger, state=AuditState.IN_PROGRESS, form_version=form)
        self.audit = factories.audit(
            auditor=self.stranger, state=AuditState.SUBMITTED, form_version=form, overall_grade="good"
        )
        freeze(audit=self.audit, stage=Stage.ONE, at=NOW)
        self.section = form.definition["sections"][0]["key"]
        self.action = Action.objects.create(
            audit=self.audit, text="Visit", due_on=date(2026, 12, 1), recorded_at=NOW, recorded_by=self.stranger
        )
        self.feedback = Feedback.objects.create(
            audit=self.draft,
            source=FeedbackSource.CHILD,
            polarity=Polarity.STRENGTH,
            text="Kind",
            recorded_at=NOW,
            recorded_by=self.stranger,
        )
        self.observation = Observation.objects.create(
            audit=self.draft,
            observed_on=date(2026, 11, 9),
            setting="Home visit",
            notes="Kind",
            recorded_at=NOW,
            recorded_by=self.stranger,
        )
        add_evidence(audit=self.draft, content=b"Case note", name="note.txt", by=self.stranger, at=NOW)
        self.conflict = declare(person=self.stranger, number="C-1", reason="Knows them", by=self.stranger, at=NOW)
        self.moderation = Moderation.objects.create(audit=self.audit, assigned_at=NOW, due_on=date(2026, 11, 26))
        self.report = Report.objects.create(
            kind=ReportKind.HIGHLIGHT,
            first_month=date(2026, 11, 1),
            last_month=date(2026, 11, 1),
            slug="highlight-2026-11",
            created_at=NOW,
        )
        self.mail = OutgoingMail.objects.create(
            thing="audit:CA-2",
            rule="x",
            person=self.stranger,
            to="x@authority.example",
            subject="s",
            body="b",
            queued_at=NOW,
            send_after=NOW,
        )
        self.request = Request.objects.create(
            allocation=self.draft.allocation,
            kind=RequestKind.EXEMPTION,
            reason="Away",
            asked_by=self.stranger,
            asked_at=NOW,
        )
        self.quality = QualityConcern.objects.create(
            audit=self.audit, text="Too kind", raised_by=self.stranger, raised_at=NOW
        )
        question = {"key": "visits.any", "text": "Was there a visit?"}
        self.form = FormVersion.objects.create(
            key="visits",
            number=1,
            title="Visits",
            definition={
                "key": "visits",
                "title": "Visits",
                "sections": [{"key": "visits", "name": "Visits", "questions": [question]}],
            },
        )
        self.concern = raise_concern(audit=self.draft, by=self.stranger, at=NOW, press="one")
        qa = factories.person(Role.QA)
        self.batch = check(kind=ImportKind.CASES, content=table(CASES, case_row()), name="cases.csv", by=qa, at=NOW)
        self.cycle = get_or_plan(date(2026, 12, 1))
        draw(cycle=self.cycle, by=qa, at=NOW, seed=1)

    def values_for(self, address: Address) -> dict[str, Any]:
        """What stands in the address, by the name of the page and of the part."""
        audit = self.audit if address.name.startswith("moderation") or address.name in OF_SUBMITTED else self.draft
        records = {
            "audit_feedback": self.feedback,
            "audit_observation": self.observation,
            "audit_action": self.action,
            "action": self.action,
            "moderation_action": self.action,
            "person": self.stranger,
            "absence": self.stranger,
            "conflict": self.conflict,
            "case": self.audit.allocation.case,
            "import": self.batch,
            "request": self.request,
            "quality": self.quality,
        }
        pk = next((record.pk for start, record in records.items() if address.name.startswith(start)), 1)
        of_concern = address.name.startswith("concern") and address.name != "concern_raise"
        of_mail = address.name.startswith(("mail", "message"))
        named = self.mail if of_mail else self.concern if of_concern else audit
        known = {
            "reference": named.reference,
            "key": self.form.key if address.name.startswith("tool") else self.of_audit(address),
            "section": "visits",
            "question": "visits.any",
            "slug": self.cycle.slug if address.name.startswith(("cycle", "draw", "try")) else self.report.slug,
            "ending": "pdf" if address.name == "audit_document" else "json",
            "kind": "cases",
            "part": "cases",
            "number": 1,
            "rule": "no_team",
            "change": 1,
            "pk": pk,
        }
        return {name: known[name] for name in address.converters}

    def of_audit(self, address: Address) -> str:
        if address.name.startswith("theme"):
            return themes_to_choose()[0].key
        return "introduction" if address.name.startswith("report") else self.section


@pytest.fixture
def world(db: None) -> World:
    return World()


def ask(client: Client, address: Address, world: World) -> int:
    """The status of asking for the page, by POST where it does not answer GET."""
    url = reverse(address.name, kwargs=world.values_for(address))
    response = client.get(url)
    if response.status_code == 405:
        response = client.post(url)
    return response.status_code


@pytest.mark.parametrize("role", Role)
def test_each_role_reaches_the_pages_the_table_says_and_no_other(role: Role, world: World, client: Client) -> None:
    client.force_login(factories.person(role))
    wrong = {}
    for name, roles in REACHES.items():
        status = ask(client, ADDRESSES[name], world)
        if (status not in (403, 404)) != (role in roles):
            wrong[name] = status
    assert not wrong


def test_nobody_reaches_anything_without_signing_in(world: World, client: Client) -> None:
    statuses = {name: ask(client, ADDRESSES[name], world) for name in REACHES}
    assert {name for name, status in statuses.items() if status != 302} == set()


def test_a_person_who_has_left_reaches_nothing(world: World, client: Client) -> None:
    left = factories.person(*Role)
    client.force_login(left)
    Person.objects.filter(pk=left.pk).update(is_active=False)
    statuses = {name: ask(client, ADDRESSES[name], world) for name in REACHES}
    assert {name for name, status in statuses.items() if status != 302} == set()
