from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import Role
from accounts.errors import StaleVersion, UserError
from accounts.models import Activity, OutgoingMail
from audits.enums import AuditState, Capacity, Grade, Standing, WorkerInvolvement
from audits.models import Audit, AuditSection, FormVersion
from audits.rules.details import Details
from audits.rules.filled import FilledSection, Reply
from audits.services import stage1
from audits.services.action_drafts import ActionDraft, add_action, change_action, remove_action
from audits.services.action_drafts import state_of as state_of_action
from audits.services.checks import Meeting, arrange_meeting, check_restriction, confirm_worker
from audits.services.filled_form import FilledForm
from audits.services.forms import ensure_default_form
from audits.services.voices import (
    FeedbackDraft,
    add_feedback,
    change_feedback,
    remove_finding,
    save_reflection,
    state_of,
)
from tests import factories
from tests.audits.filling import AT, fill_in, filled, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit() -> Audit:
    return factories.audit(worker=factories.person(Role.SOCIAL_WORKER))


def section_of(audit: Audit, key: str):
    return FilledForm.of(audit).form.section(key)


def row(audit: Audit, key: str) -> AuditSection:
    return audit.sections.get(key=key)


def submit(audit: Audit, **options) -> bool:
    return stage1.submit(audit=audit, **{"by": audit.allocation.auditor, "at": AT} | options)


# Beginning


def test_the_default_tool_is_published_once():
    first = ensure_default_form()
    assert (first.key, first.number, first.state) == ("good_practice", 1, "published")
    assert ensure_default_form() == first
    assert FormVersion.objects.count() == 1


def test_the_first_save_begins_the_audit_with_the_form_it_keeps(audit):
    save(audit, "planning", FilledSection(comment="So far."))
    audit.refresh_from_db()
    assert (audit.state, audit.started_at) == (AuditState.IN_PROGRESS, AT)
    assert audit.form_version == ensure_default_form()
    names = list(audit.sections.values_list("name", flat=True))
    assert names == [section.name for section in audit.form_version.form.sections]


def test_an_audit_is_made_with_the_form_of_its_cycle():
    older = ensure_default_form()
    own = FormVersion.objects.create(
        key="own", number=1, title="Own", definition=older.definition, state="published", published_at=AT
    )
    audit = factories.audit(cycle=factories.cycle(date(2026, 10, 1), form_version=own))
    save(audit, "planning", FilledSection(comment="So far."))
    audit.refresh_from_db()
    assert audit.form_version == own


def test_beginning_twice_changes_nothing(audit):
    stage1.start(audit=audit, by=audit.allocation.auditor, at=AT)
    stage1.start(audit=audit, by=audit.allocation.auditor, at=AT + timedelta(days=1))
    audit.refresh_from_db()
    assert audit.started_at == AT
    assert audit.sections.count() == 6
    assert Activity.objects.filter(verb="audit.started").count() == 1


# Saving


def test_a_section_keeps_what_was_typed_and_its_version_grows(audit):
    posted = filled(section_of(audit, "planning"), grade=Grade.OUTSTANDING, comment="Clear and theirs.")
    assert save(audit, "planning", posted).version == 1
    stored = row(audit, "planning")
    assert (stored.grade, stored.comment, stored.version) == ("outstanding", "Clear and theirs.", 1)
    assert stored.answers["planning.smart"] == {"value": "yes"}


def test_saving_what_is_stored_already_changes_nothing_even_from_an_older_page(audit):
    posted = FilledSection(comment="Once.")
    save(audit, "planning", posted)
    assert save(audit, "planning", posted, version=0).version == 1
    assert row(audit, "planning").version == 1


def test_a_save_from_an_older_page_is_refused_and_overwrites_nothing(audit):
    save(audit, "planning", FilledSection(comment="From the laptop."))
    with pytest.raises(StaleVersion) as refused:
        save(audit, "planning", FilledSection(comment="From the phone."), version=0)
    assert refused.value.current == 1
    assert row(audit, "planning").comment == "From the laptop."


def test_two_sections_never_collide(audit):
    save(audit, "planning", FilledSection(comment="Here."), version=0)
    save(audit, "review", FilledSection(comment="And here."), version=0)
    assert (row(audit, "planning").comment, row(audit, "review").comment) == ("Here.", "And here.")


def test_a_grade_above_the_ceiling_is_not_stored(audit):
    posted = filled(section_of(audit, "intervention"), grade=Grade.GOOD, child_seen_alone=Reply("no"))
    saved = save(audit, "intervention", posted)
    assert [problem.message for problem in saved.cleaned.mistakes] == [
        "Good is not available because ‘Child seen alone’ is answered No."
    ]
    assert row(audit, "intervention").grade == ""
    assert row(audit, "intervention").answers["intervention.child_seen_alone"] == {"value": "no"}
    save(audit, "intervention", replace(posted, grade=Grade.REQUIRES_IMPROVEMENT))
    assert row(audit, "intervention").grade == "requires_improvement"


def test_the_overall_grade_is_held_to_every_section(audit):
    fill_in(audit)
    unseen = filled(
        section_of(audit, "assessment"), grade=Grade.REQUIRES_IMPROVEMENT, child_seen=Reply("no"), comment="Not seen."
    )
    save(audit, "assessment", unseen)
    saved = save(audit, "comments", filled(section_of(audit, "comments"), grade=Grade.OUTSTANDING))
    assert [problem.message for problem in saved.cleaned.problems] == [
        "Outstanding is not available because ‘Child seen’ in Assessment is answered No."
    ]
    audit.refresh_from_db()
    assert audit.overall_grade == ""
    save(audit, "comments", filled(section_of(audit, "comments"), grade=Grade.INADEQUATE))
    audit.refresh_from_db()
    assert audit.overall_grade == "inadequate"


def test_a_section_that_does_not_apply_yet_has_a_reason_and_no_grade(audit):
    posted = filled(section_of(audit, "review"), not_applicable_reason="First review in December.")
    save(audit, "review", posted, not_applicable=True)
    stored = row(audit, "review")
    assert (stored.not_applicable_reason, stored.grade) == ("First review in December.", "")


def test_the_activity_log_says_once_a_sitting_that_a_section_was_worked_on(audit):
    for minute in range(10):
        save(audit, "planning", FilledSection(comment=f"Minute {minute}"), at=AT + timedelta(minutes=minute))
    assert Activity.objects.filter(verb="audit.section_saved").count() == 1
    save(audit, "planning", FilledSection(comment="After lunch"), at=AT + timedelta(hours=2))
    assert Activity.objects.filter(verb="audit.section_saved").count() == 2


@pytest.mark.parametrize(
    ("details", "problems"),
    [
        (Details(date(2026, 11, 12), WorkerInvolvement.VIDEO), []),
        (Details(date(2026, 11, 13), WorkerInvolvement.VIDEO), ["audit_on"]),
        (Details(None, WorkerInvolvement.VIDEO), ["audit_on"]),
        (Details(date(2026, 11, 12), ""), ["worker_involvement"]),
        (Details(date(2026, 11, 12), WorkerInvolvement.NOT_INVOLVED), ["not_involved_reason"]),
        (Details(date(2026, 11, 12), WorkerInvolvement.NOT_INVOLVED, "On long leave."), []),
    ],
)
def test_every_audit_has_a_date_and_says_how_it_was_done_with_the_worker(audit, details, problems):
    saved = stage1.save_details(audit=audit, details=details, version=0, by=audit.allocation.auditor, at=AT)
    assert [problem.field for problem in saved.problems] == problems


def test_details_from_an_older_page_are_refused(audit):
    by = audit.allocation.auditor
    first = Details(date(2026, 11, 10), WorkerInvolvement.PHONE)
    assert stage1.save_details(audit=audit, details=first, version=0, by=by, at=AT).version == 1
    with pytest.raises(StaleVersion):
        stage1.save_details(audit=audit, details=replace(first, audit_on=date(2026, 11, 11)), version=0, by=by, at=AT)
    assert stage1.save_details(audit=audit, details=first, version=0, by=by, at=AT).version == 1


# Submitting


def test_a_whole_audit_is_submitted_and_the_people_around_it_are_told():
    team = factories.team(manager=factories.person(Role.PRACTICE_MANAGER, name="Practice Manager"))
    worker = factories.person(Role.SOCIAL_WORKER, name="Worker", line_manager=team.manager)
    audit = factories.audit(
        worker=worker,
        case=factories.case(team=team, worker=worker),
        participants=[(team.manager, Capacity.LINE_MANAGER), (team.manager, Capacity.PRACTICE_MANAGER)],
    )
    assert submit(fill_in(audit))
    audit.refresh_from_db()
    assert (audit.state, audit.overall_grade) == (AuditState.SUBMITTED, "good")
    assert (audit.submitted_at, audit.completed_on) == (AT, date(2026, 11, 12))
    mailed = OutgoingMail.objects.filter(rule="audit.submitted").values_list("person__name", flat=True)
    assert set(mailed) == {"Worker", "Practice Manager"}
    assert Activity.objects.filter(verb="audit.submitted", thing_ref=audit.reference).count() == 1


def test_an_inadequate_audit_is_told_at_once():
    qa = factories.person(Role.QA)
    audit = factories.audit()
    submit(fill_in(audit, overall=Grade.INADEQUATE))
    assert OutgoingMail.objects.filter(rule="audit.inadequate", person=qa).count() == 1


def test_no_mail_of_an_audit_names_the_case():
    audit = factories.audit(case=factories.case(case_id="SECRET-4711"), worker=factories.person(Role.SOCIAL_WORKER))
    factories.person(Role.QA)
    submit(fill_in(audit, overall=Grade.INADEQUATE))
    mails = OutgoingMail.objects.all()
    assert mails
    assert not [mail for mail in mails if "SECRET-4711" in mail.subject + mail.body]


def test_submitting_again_is_harmless(audit):
    fill_in(audit)
    assert submit(audit)
    assert not submit(audit, at=AT + timedelta(days=9))
    audit.refresh_from_db()
    assert audit.submitted_at == AT
    assert Activity.objects.filter(verb="audit.submitted").count() == 1


def test_an_unfinished_audit_is_not_submitted_and_says_what_is_missing(audit):
    save(audit, "planning", filled(section_of(audit, "planning"), smart=Reply()))
    with pytest.raises(stage1.NotReady) as refused:
        submit(audit)
    assert [problem.field for problem in refused.value.problems["planning"]] == ["planning.smart"]
    assert set(refused.value.problems) == {
        "details", "assessment", "planning", "intervention", "review", "reflection", "comments",
    }  # fmt: skip
    audit.refresh_from_db()
    assert audit.state == AuditState.IN_PROGRESS


def test_an_overall_grade_that_later_answers_rule_out_is_not_submitted(audit):
    fill_in(audit)
    unseen = filled(section_of(audit, "intervention"), grade=Grade.REQUIRES_IMPROVEMENT, child_voice=Reply("no"))
    save(audit, "intervention", unseen)
    with pytest.raises(stage1.NotReady) as refused:
        submit(audit)
    assert [problem.message for problem in refused.value.problems["comments"]] == [
        "Good is not available because ‘Child’s voice’ in Intervention is answered No."
    ]


def test_what_other_answers_hid_is_not_submitted(audit):
    assessment = section_of(audit, "assessment")
    fill_in(
        audit,
        assessment=filled(assessment, which_assessment=Reply("early_help"), other_assessment=Reply("Pre-birth")),
        review=replace(filled(section_of(audit, "review"), not_applicable_reason="New.")),
    )
    save(audit, "review", filled(section_of(audit, "review"), not_applicable_reason="New."), not_applicable=True)
    assert row(audit, "assessment").answers["assessment.other_assessment"] == {"value": "Pre-birth"}
    submit(audit)
    assert "assessment.other_assessment" not in row(audit, "assessment").answers
    assert row(audit, "review").answers == {}


def test_only_its_auditor_fills_in_and_submits_an_audit(audit):
    fill_in(audit)
    for somebody in (audit.allocation.worker, factories.person(Role.QA), factories.person(Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            save(audit, "planning", FilledSection(comment="Mine now."), by=somebody)
        with pytest.raises(PermissionDenied):
            submit(audit, by=somebody)


def test_the_owners_of_its_actions_hear_of_them_when_the_audit_is_submitted(audit):
    owner = factories.person(name="Owner of the action")
    fill_in(audit)
    draft = ActionDraft("Write a chronology.", owner, date(2026, 12, 10), "The pattern is seen.")
    add_action(audit=audit, draft=draft, by=audit.allocation.auditor, at=AT)
    assert not OutgoingMail.objects.filter(rule="action.recorded").exists()
    submit(audit)
    assert OutgoingMail.objects.get(rule="action.recorded").to == owner.email


# Immutable


@pytest.fixture
def submitted(audit) -> Audit:
    fill_in(audit)
    action = ActionDraft("Write a chronology.", None, date(2026, 12, 10), "The pattern is seen.")
    feedback = FeedbackDraft("child", "strength", "She listens.")
    add_action(audit=audit, draft=action, by=audit.allocation.auditor, at=AT)
    add_feedback(audit=audit, draft=feedback, by=audit.allocation.auditor, at=AT)
    submit(audit)
    audit.refresh_from_db()
    return audit


def changes(audit: Audit) -> dict:
    by, at = audit.allocation.auditor, datetime(2026, 11, 13, 9, tzinfo=UTC)
    action = ActionDraft("Other.", None, date(2026, 12, 10), "Other.")
    said = FeedbackDraft("parent", "strength", "Other.")
    return {
        "section": lambda: save(audit, "planning", FilledSection(comment="Other.")),
        "overall": lambda: save(audit, "comments", FilledSection(comment="Other.", grade="inadequate")),
        "details": lambda: stage1.save_details(
            audit=audit, details=Details(date(2026, 11, 1), "video"), version=audit.version, by=by, at=at
        ),
        "worker": lambda: confirm_worker(audit=audit, by=by, at=at),
        "restriction": lambda: check_restriction(audit=audit, by=by, at=at),
        "meeting": lambda: arrange_meeting(audit=audit, meeting=Meeting(at, "Room 1"), by=by, at=at),
        "reflection": lambda: save_reflection(
            audit=audit, texts={"done_well": "Other."}, version=0, by=audit.allocation.worker, at=at
        ),
        "add action": lambda: add_action(audit=audit, draft=action, by=by, at=at),
        "change action": lambda: change_action(
            action=audit.actions.get(), draft=action, seen=state_of_action(audit.actions.get()), by=by, at=at
        ),
        "remove action": lambda: remove_action(action=audit.actions.get(), by=by, at=at),
        "add feedback": lambda: add_feedback(audit=audit, draft=said, by=by, at=at),
        "change feedback": lambda: change_feedback(
            feedback=audit.feedback.get(), draft=said, seen=state_of(audit.feedback.get()), by=by, at=at
        ),
        "remove feedback": lambda: remove_finding(finding=audit.feedback.get(), by=by, at=at),
    }


CHANGES = [
    "section", "overall", "details", "worker", "restriction", "meeting", "reflection",
    "add action", "change action", "remove action", "add feedback", "change feedback", "remove feedback",
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_submitted_audit_does_not_change(submitted, change):
    before = snapshot(submitted)
    with pytest.raises((UserError, PermissionDenied)):
        changes(submitted)[change]()
    assert snapshot(submitted) == before


def snapshot(audit: Audit) -> list:
    fresh = Audit.objects.filter(pk=audit.pk).values().get()
    return [
        fresh,
        list(audit.sections.values()),
        list(audit.actions.values()),
        list(audit.feedback.values()),
        Activity.objects.filter(thing_ref=audit.reference).count(),
    ]


@pytest.mark.parametrize("standing", [Standing.EXEMPT, Standing.WITHDRAWN])
def test_an_audit_that_left_the_programme_is_not_filled_in(audit, standing):
    audit.allocation.standing = standing
    audit.allocation.save()
    with pytest.raises(UserError, match="no longer yours"):
        save(audit, "planning", FilledSection(comment="Too late."))


def test_an_audit_whose_cycle_closed_is_not_filled_in(audit):
    Audit.objects.filter(pk=audit.pk).update(state=AuditState.NOT_RETURNED)
    with pytest.raises(UserError, match="cycle is closed"):
        save(audit, "planning", FilledSection(comment="Too late."))


@pytest.mark.parametrize("standing", [Standing.EXEMPT, Standing.WITHDRAWN])
def test_a_save_that_waited_for_the_end_of_its_audit_is_refused(audit, standing, monkeypatch):
    """On PostgreSQL the hold is judged by what was true before it waited; what was decided meanwhile is read after."""
    stage1.save_details(audit=audit, details=Details(), version=0, by=audit.allocation.auditor, at=AT)
    hold = stage1._hold

    def held_before(held: Audit) -> int:
        done = hold(held)
        type(held.allocation).objects.filter(pk=held.allocation_id).update(standing=standing)
        return done

    monkeypatch.setattr(stage1, "_hold", held_before)
    details = Details(date(2026, 11, 12), WorkerInvolvement.FACE_TO_FACE)
    with pytest.raises(UserError, match="no longer yours to do"):
        stage1.save_details(audit=audit, details=details, version=0, by=audit.allocation.auditor, at=AT)
    assert Audit.objects.get(pk=audit.pk).audit_on is None


@pytest.mark.parametrize(
    ("ended", "why"),
    [
        ({"standing": Standing.EXEMPT}, "no longer yours to do"),
        ({"standing": Standing.WITHDRAWN}, "no longer yours to do"),
        ({"auditor": "somebody else"}, "given to another auditor"),
        ({"state": AuditState.NOT_RETURNED}, "cycle is closed"),
    ],
)
def test_a_section_is_not_written_once_its_audit_has_ended_while_it_was_being_saved(audit, ended, why, monkeypatch):
    save(audit, "planning", FilledSection(comment="So far."))
    clean = stage1.clean_section

    def cleaned_while_it_ends(*section, **how):
        if "state" in ended:
            Audit.objects.filter(pk=audit.pk).update(**ended)
        else:
            given = ended if "standing" in ended else {"auditor": factories.person(Role.AUDITOR)}
            type(audit.allocation).objects.filter(pk=audit.allocation_id).update(**given)
        return clean(*section, **how)

    monkeypatch.setattr(stage1, "clean_section", cleaned_while_it_ends)
    with pytest.raises(UserError, match=why):
        save(audit, "planning", FilledSection(comment="And more."))
    assert row(audit, "planning").comment == "So far."
