"""The demonstration authority: the same day gives the same one, and everybody finds work in it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Activity, Person, Team
from audits.enums import (
    AuditKind,
    AuditState,
    CaseStatus,
    ConcernEntryKind,
    ConcernState,
    CycleStatus,
    DrawKind,
    FormState,
    Grade,
    QualityConcernState,
    RequestKind,
    RequestState,
    Stage,
    Standing,
)
from audits.models import (
    Action,
    Allocation,
    Audit,
    AuditCopy,
    AuditSection,
    Case,
    CaseConflict,
    Concern,
    Cycle,
    Evidence,
    Feedback,
    FormVersion,
    Observation,
    ProgrammeRules,
    QualityConcern,
    ReauditSetAside,
    Request,
    Theme,
)
from audits.rules.grading import overall_ceiling
from audits.rules.smart import advice_for
from audits.services.action_drafts import planned
from audits.services.evidence import content_of
from audits.services.file_copies import read_copy
from audits.services.filled_form import FilledForm
from config.demo.accounts import ACCOUNTS, DEMO_PASSWORD, demo_accounts, email_of
from config.demo.clock import live_month
from config.demo.past_months import past_cycles
from config.views import everything_that_waits_for
from moderation.models import Moderation
from reporting.enums import ReportState
from reporting.models import Report
from tests.config.digest import digest
from tests.conftest import keep_evidence_in

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
AS_OF = date(2026, 11, 19)
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen]:
    """A second load, in a process and a database of its own, while the first one runs here."""
    folder = tmp_path_factory.mktemp("elsewhere")
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}", "REDIS_URL": "", "PYTHONHASHSEED": "7"}
    env["EVIDENCE_ROOT"] = str(folder / "evidence")
    manage = f"{sys.executable} manage.py"
    command = (
        f"{manage} migrate --verbosity 0 && {manage} load_demo --as-of {AS_OF} >&2"
        f" && {sys.executable} -m tests.config.digest"
    )
    env["DJANGO_SETTINGS_MODULE"] = "config.settings"
    with subprocess.Popen(["sh", "-c", command], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.fixture(scope="module", autouse=True)
def evidence_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder of attached files for all tests of this file."""
    return keep_evidence_in(tmp_path_factory.mktemp("evidence"))


@pytest.fixture(scope="module", autouse=True)
def wexmoor(
    elsewhere: subprocess.Popen, evidence_root: Path, django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """The authority as of AS_OF, loaded once for all tests of this file and then taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", as_of=AS_OF, stdout=StringIO())
        yield
        transaction.set_rollback(True)


def account(local: str) -> Person:
    return Person.objects.get(email=email_of(local))


def tasks(local: str) -> list[str]:
    return [task.title for task in everything_that_waits_for(account(local), AS_OF)]


# The authority


def test_it_is_as_large_as_promised():
    assert Person.objects.count() == 120
    assert (Team.objects.count(), Team.objects.values("service").distinct().count()) == (25, 7)
    assert Team.objects.values("area").distinct().count() == 4
    assert Case.objects.count() == 1_500


def test_line_management_leads_from_every_worker_up_to_the_director():
    director = account("director")
    for worker in Person.objects.filter(roles__role=Role.SOCIAL_WORKER).select_related("line_manager__line_manager"):
        team_manager = worker.line_manager
        assert team_manager == worker.team.manager
        assert team_manager.line_manager.line_manager.line_manager == director


def test_children_are_of_every_kind():
    cases = Case.objects.all()
    assert cases.filter(date_of_birth__gt=AS_OF).exists(), "unborn"
    assert cases.filter(date_of_birth__lt=date(2003, 6, 1)).exists(), "care leavers of 23 and over"
    assert not cases.filter(date_of_birth__lt=date(2001, 11, 1)).exists(), "nobody over 24"
    assert set(cases.values_list("plan_type", flat=True)) == {"EH", "CIN", "CP", "CIC", "CL"}
    for strange in (
        {"restricted": True},
        {"team": None},
        {"worker": None, "team__isnull": False},
        {"status": CaseStatus.CLOSED},
        {"conflicts__isnull": False},
        {"missing_last_6_months": True},
        {"last_audited_on__isnull": False},
    ):
        assert cases.filter(**strange).exists(), strange
    families = cases.exclude(family_id="").values("family_id").distinct().count()
    assert cases.exclude(family_id="").count() >= 2 * families


# The past


def test_two_years_of_cycles_have_their_states():
    cycles = list(Cycle.objects.filter(first_month__lt=NOVEMBER).order_by("first_month"))
    assert [cycle.key for cycle in cycles][:3] == ["2024-11", "2024-12", "2025-01"]
    assert [cycle.key for cycle in cycles if cycle.first_month != cycle.last_month] == ["2025-07/2025-08"]
    [paused] = [cycle for cycle in cycles if cycle.status == CycleStatus.PAUSED]
    assert paused.pause_reason
    assert paused.substitute_activity
    assert not paused.allocations.exists()
    assert [cycle.key for cycle in cycles if cycle.status == CycleStatus.OPEN] == ["2026-10"]
    assert all(cycle.closed_at for cycle in cycles if cycle.status == CycleStatus.CLOSED)
    months = sum(
        (c.last_month.year - c.first_month.year) * 12 + c.last_month.month - c.first_month.month + 1 for c in cycles
    )
    assert months == 24


def test_nothing_has_happened_yet_that_lies_ahead():
    for model, field in ((Audit, "submitted_at"), (Audit, "signed_off_at"), (Action, "completed_at"), (Activity, "at")):
        assert not model.objects.filter(**{f"{field}__date__gte": AS_OF}).exists(), f"{model.__name__}.{field}"


def test_closed_cycles_have_nothing_open():
    left = Audit.objects.live().filter(allocation__cycle__status=CycleStatus.CLOSED)
    assert set(left.values_list("state", flat=True)) == {AuditState.SIGNED_OFF, AuditState.NOT_RETURNED}


def test_practice_gets_better_and_more_audits_come_back():
    def share(first: date, last: date) -> tuple[float, float]:
        audits = Audit.objects.live().filter(
            allocation__cycle__first_month__range=(first, last), allocation__kind=AuditKind.AUDIT
        )
        completed = [audit.grade for audit in audits if audit.is_completed]
        good = sum(grade in (Grade.OUTSTANDING, Grade.GOOD) for grade in completed)
        return good / len(completed), len(completed) / len(audits)

    good_then, returned_then = share(date(2024, 11, 1), date(2025, 10, 1))
    good_now, returned_now = share(date(2025, 11, 1), OCTOBER)
    assert good_then + 0.05 < good_now < 0.8
    assert returned_then < returned_now < 1


def test_every_case_graded_inadequate_was_audited_again_by_somebody_else():
    again = Allocation.objects.filter(kind=AuditKind.REAUDIT).select_related("reaudit_of__allocation__reaudit_of")
    assert again.count() >= 5
    for allocation in again:
        before = allocation.reaudit_of
        if before.state == AuditState.NOT_RETURNED:
            before = before.allocation.reaudit_of
        assert before.grade == Grade.INADEQUATE
        assert before.allocation.case_id == allocation.case_id
        assert before.allocation.auditor != allocation.auditor


def test_no_grade_stands_against_a_limiting_judgement():
    for audit in Audit.objects.filter(state__in=[AuditState.SUBMITTED, AuditState.SIGNED_OFF]).select_related(
        "form_version"
    ):
        filled = FilledForm.of(audit)
        assert filled.problems(AS_OF) == {}, audit
        assert overall_ceiling(filled.form, filled.sections).allows(audit.grade)


def test_nobody_audited_their_own_team():
    allocations = Audit.objects.values_list("allocation__team_code", "allocation__auditor__team__code")
    assert [pair for pair in allocations if pair[0] == pair[1]] == []


# Work for everybody


def test_the_auditor_has_one_audit_half_finished_one_to_begin_and_one_overdue():
    audits = Audit.objects.of_auditor(account("auditor")).open_stage1()
    assert sorted(audits.filter(allocation__cycle__first_month=NOVEMBER).values_list("state", flat=True)) == [
        AuditState.IN_PROGRESS,
        AuditState.NOT_STARTED,
    ]
    [half] = audits.filter(state=AuditState.IN_PROGRESS)
    filled = FilledForm.of(half)
    assert 0 < len(filled.problems(AS_OF)) < len(filled.form.sections)
    assert audits.overdue(AS_OF).get().allocation.cycle.first_month == OCTOBER


def test_the_worker_has_a_reflection_to_write():
    assert any(title.startswith("Write your reflection") for title in tasks("worker"))


def test_the_moderator_has_one_discussion_to_hold_and_one_half_written():
    own = Moderation.objects.open().filter(moderator=account("moderator"))
    assert {"awaiting", "in_progress"} <= set(own.values_list("state", flat=True))


def test_the_practice_manager_has_actions_open_and_overdue_and_the_service_manager_one_to_sign_off():
    own = Action.objects.open().filter(owner=account("practice.manager"))
    assert own.overdue(AS_OF).exists()
    assert own.filter(due_on__gt=AS_OF).exists()
    assert Action.objects.awaiting_sign_off_by(account("service.manager")).exists()


def test_the_iro_has_an_action():
    assert Action.objects.open().filter(owner=account("iro"), due_on__gt=AS_OF).exists()


def test_qa_has_a_report_to_write_and_a_month_to_draw():
    assert "Write the highlight report for November 2026" in tasks("qa")
    assert not Cycle.objects.filter(first_month__gt=NOVEMBER, published_at__isnull=False).exists()


def test_qa_has_requests_to_decide():
    waiting = Request.objects.pending().to_decide_by(account("qa"))
    assert {RequestKind.EXTENSION, RequestKind.EXEMPTION} <= set(waiting.values_list("kind", flat=True))
    assert RequestKind.ACCESS in waiting.values_list("kind", flat=True)
    assert any(title.startswith("Decide: more time") for title in tasks("qa"))


def test_requests_were_granted_and_refused_and_one_case_was_replaced():
    decided = set(Request.objects.exclude(state=RequestState.PENDING).values_list("kind", "state"))
    assert decided == {
        (RequestKind.EXTENSION, RequestState.REFUSED),
        (RequestKind.EXTENSION, RequestState.GRANTED),
        (RequestKind.EXEMPTION, RequestState.GRANTED),
        (RequestKind.REPLACEMENT, RequestState.GRANTED),
    }
    replaced = Allocation.objects.get(replaces__isnull=False)
    assert replaced.draw.kind == DrawKind.REPLACEMENT
    assert replaced.replaces.standing == Standing.WITHDRAWN


def test_qa_has_work_to_give_to_other_hands():
    assert "Open work of people who have left or are away" in tasks("qa")
    assert any(re.fullmatch("Give audit CA-.* to another auditor", title) for title in tasks("qa"))


def test_audits_were_commissioned_one_of_them_of_a_restricted_record():
    directed = Allocation.objects.filter(kind=AuditKind.DIRECTED)
    assert sorted(directed.values_list("case__restricted", flat=True)) == [False, True]
    assert not Case.objects.visible_to(account("qa")).filter(restricted=True).exists()


def test_the_live_month_was_drawn_under_a_changed_rule():
    rules = ProgrammeRules.objects.current()
    assert (rules.number, bool(rules.reason)) == (2, True)
    [draw] = Cycle.objects.get(first_month=NOVEMBER).draws.of_month()
    [quota] = draw.summary["cohort_quotas"]
    assert quota["drawn"] >= quota["wanted"] == 3


def test_re_audits_were_seated_set_aside_and_found_not_possible():
    [draw] = Cycle.objects.get(first_month=NOVEMBER).draws.of_month()
    assert draw.summary["reaudits"]["seated"] > 0
    assert draw.summary["reaudits"]["unmet"][0]["sentence"]
    assert ReauditSetAside.objects.exists()
    assert not Allocation.objects.filter(kind=AuditKind.REAUDIT, reaudit_of=None).exists()


def test_one_month_was_about_re_referrals_and_its_questions_were_answered():
    cycle = Cycle.objects.get(pack__isnull=False)
    teams = set(cycle.allocations.filter(kind=AuditKind.AUDIT).values_list("team_code", flat=True))
    assert teams <= set(cycle.focus_teams)
    completed = Audit.objects.live().filter(allocation__cycle=cycle, completed_on__isnull=False)
    answered = AuditSection.objects.filter(audit__in=completed, key="re_referrals")
    assert answered.count() == completed.count() > 10
    assert all(section.answers for section in answered)


def test_there_is_a_tool_to_choose_a_draft_and_a_retired_one():
    forms = set(FormVersion.objects.values_list("key", "number", "state"))
    assert forms >= {
        ("good_practice", 1, FormState.PUBLISHED),
        ("good_practice", 2, FormState.DRAFT),
        ("practice_categories", 1, FormState.PUBLISHED),
        ("practice_categories_pilot", 1, FormState.RETIRED),
    }
    assert len(FormVersion.objects.get(key="practice_categories").form.sections) > 10
    assert FormVersion.objects.standard_tool().key == "good_practice"
    assert FormVersion.objects.get(state=FormState.DRAFT).edits.exists(), "something to undo"


def test_findings_are_tagged_and_every_tag_is_in_the_code_book():
    book = set(Theme.objects.values_list("key", flat=True))
    for model in (AuditSection, Feedback, Observation):
        tagged = [key for keys in model.objects.values_list("themes", flat=True) for key in keys]
        assert tagged, model.__name__
        assert set(tagged) <= book
    assert Theme.objects.filter(retired_at__isnull=False).exists()


def test_the_auditors_draft_has_everything_that_can_be_added_to_one():
    [draft] = Audit.objects.of_auditor(account("auditor")).open_stage1().filter(state=AuditState.IN_PROGRESS)
    [file] = draft.evidence.all()
    assert content_of(file) is not None
    assert draft.observations.exists()
    assert any(advice_for(planned(action)) for action in draft.actions.all())
    submitted = Evidence.objects.exclude(audit=draft)
    assert submitted.filter(audit__state__in=[AuditState.SUBMITTED, AuditState.SIGNED_OFF]).exists()


def test_of_the_concerns_for_a_child_one_is_closed_one_was_taken_on_and_one_has_climbed():
    closed, taken_on, waiting = Concern.objects.order_by("raised_at")
    assert (closed.state, taken_on.state, waiting.state) == (
        ConcernState.CLOSED,
        ConcernState.ACKNOWLEDGED,
        ConcernState.RAISED,
    )
    assert closed.outcome
    assert taken_on.about
    assert waiting.entries.filter(kind=ConcernEntryKind.CLIMBED).exists()
    assert any("concern" in title.lower() for title in tasks("qa"))


def test_a_concern_about_an_audit_waits_and_another_was_answered_twice():
    waiting = QualityConcern.objects.get(state=QualityConcernState.OPEN)
    assert f"Answer a concern about audit {waiting.audit.reference}" in tasks("qa")
    answered = QualityConcern.objects.get(state=QualityConcernState.ANSWERED)
    assert answered.raised_by == account("practice.manager")
    assert answered.answers.count() == 2


def test_one_audit_was_sent_back_to_its_auditor():
    [returned] = Audit.objects.open_stage1().exclude(return_reason="")
    assert returned.return_due_on >= AS_OF


def test_every_completed_audit_has_its_copies_and_they_are_what_was_kept():
    completed = Audit.objects.filter(state__in=[AuditState.SUBMITTED, AuditState.SIGNED_OFF])
    assert not completed.filter(file_copies=None).exists()
    signed_off = completed.filter(state=AuditState.SIGNED_OFF)
    assert not signed_off.exclude(file_copies__stage=Stage.TWO).exists()
    assert all(read_copy(copy).number == copy.number for copy in AuditCopy.objects.order_by("pk")[:40])


@pytest.mark.parametrize("plan", ACCOUNTS, ids=lambda plan: plan.local)
def test_something_waits_for_everybody_but_the_administrator(plan):
    assert plan.holds in Person.objects.get(email=plan.email).role_set
    if plan.holds != Role.ADMIN:
        assert tasks(plan.local) != []


def test_last_months_report_is_published_and_this_months_begun():
    assert list(Report.objects.order_by("first_month").values_list("first_month", "state")) == [
        (OCTOBER, ReportState.PUBLISHED),
        (NOVEMBER, ReportState.DRAFT),
    ]


def test_the_live_month_is_in_the_activity_log():
    verbs = set(Activity.objects.filter(at__date__gte=date(2026, 10, 26)).values_list("verb", flat=True))
    assert {
        "audit.started",
        "audit.submitted",
        "moderation.assigned",
        "moderation.signed_off",
        "report.published",
    } <= verbs


# Accounts


def test_there_is_an_account_for_every_role():
    assert {plan.holds for plan in ACCOUNTS} == set(Role)


def test_an_account_signs_in_with_the_password_that_the_sign_in_page_says(settings):
    settings.DEMO = True
    client = Client()
    page = client.get(reverse("account_login")).content.decode()
    assert DEMO_PASSWORD in page
    assert all(plan.email in page for plan in ACCOUNTS)
    client.post(reverse("account_login"), {"login": email_of("qa"), "password": DEMO_PASSWORD})
    assert client.get(reverse("home")).status_code == 200


def test_only_the_accounts_have_a_password():
    usable = [person.email for person in Person.objects.all() if person.has_usable_password()]
    assert sorted(usable) == sorted(plan.email for plan in ACCOUNTS)


def test_no_account_is_listed_where_it_is_no_demonstration(settings):
    settings.DEMO = False
    assert demo_accounts() == []
    page = Client().get(reverse("account_login")).content.decode()
    assert DEMO_PASSWORD not in page
    assert "wexmoor.example" not in page


def test_the_accounts_are_printed_with_the_password_once():
    printed = StringIO()
    call_command("demo_accounts", stdout=printed)
    assert printed.getvalue().count(DEMO_PASSWORD) == 1
    assert all(plan.email in printed.getvalue() for plan in ACCOUNTS)


# Loading


def test_a_database_that_holds_people_is_left_alone():
    before = digest()
    with pytest.raises(CommandError, match="already holds people"):
        call_command("load_demo", as_of=AS_OF)
    call_command("load_demo", as_of=AS_OF, if_empty=True, stdout=StringIO())
    assert digest() == before


def test_the_same_day_gives_the_same_authority(elsewhere):
    printed, _ = elsewhere.communicate(timeout=300)
    assert elsewhere.returncode == 0
    assert json.loads(printed) == digest()


@pytest.mark.parametrize(
    ("as_of", "live"),
    [
        (date(2026, 11, 19), date(2026, 11, 1)),
        (date(2026, 11, 25), date(2026, 11, 1)),
        (date(2026, 11, 26), date(2026, 12, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2027, 1, 1), date(2027, 1, 1)),
    ],
)
def test_the_live_month_is_one_that_has_been_published_and_begun(as_of, live):
    assert live_month(as_of) == live


@pytest.mark.parametrize("month", range(1, 13))
def test_whatever_the_month_the_past_has_a_merged_summer_and_a_pause_of_its_own(month):
    cycles = past_cycles(date(2027, month, 1), FormVersion())
    merged = [cycle for cycle in cycles if cycle.first_month != cycle.last_month]
    paused = [cycle for cycle in cycles if cycle.status == CycleStatus.PAUSED]
    assert [(cycle.first_month.month, cycle.last_month.month) for cycle in merged] == [(7, 8)]
    assert len(paused) == 1
    assert len(cycles) == 23
    assert cycles[-1].status == CycleStatus.OPEN


def test_the_cases_are_held_as_their_file_would_bring_them(tmp_path: Path) -> None:
    path, said = str(tmp_path / "cases.csv"), StringIO()
    call_command("export", "cases", "--to", path)
    declared = CaseConflict.objects.filter(from_file=False).count()  # the file says them now, too
    cases = Case.objects.count()

    call_command("import_cases", path, stdout=said)

    assert f"0 added, {declared} changed, {cases - declared} unchanged, 0 refused" in said.getvalue()
