"""The copies for the child's file: what is in them and what never is, their numbers, and that they stay as they are."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.enums import Role
from accounts.models import Activity, Due
from audits.enums import AuditState, Capacity, FeedbackSource, FormState, Polarity, Stage, ThemeKind, WorkerInvolvement
from audits.models import (
    Action,
    Audit,
    AuditCopy,
    AuditSection,
    Concern,
    Evidence,
    Feedback,
    FormVersion,
    Observation,
    QualityConcern,
    Reflection,
    Theme,
)
from audits.rules.details import Details
from audits.rules.file_copy import LEFT_OUT, FileCopy
from audits.rules.filled import Reply
from audits.services import file_copies, stage1
from audits.services.file_copies import freeze, read_copy, sha256_of
from audits.services.filled_form import FilledForm
from audits.services.forms import ensure_default_form
from config.sweep import do_what_is_due
from tests import factories
from tests.audits.filling import AT, fill_in, filled, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit() -> Audit:
    """Filled in whole, with every voice that an audit can have, and ready to be submitted."""
    manager = factories.person(Role.PRACTICE_MANAGER, name="Pat Practice")
    worker = factories.person(Role.SOCIAL_WORKER, name="Sam Social", line_manager=manager)
    made = fill_in(
        factories.audit(
            auditor=factories.person(Role.AUDITOR, name="Olu Auditor"),
            worker=worker,
            case=factories.case(case_id="C-10482", worker=worker, team=factories.team("Elm")),
            participants=[(manager, Capacity.LINE_MANAGER), (manager, Capacity.PRACTICE_MANAGER)],
        )
    )
    by, say = made.allocation.auditor, {"audit": made, "recorded_at": AT, "recorded_by": made.allocation.auditor}
    Theme.objects.create(key="hidden_theme", name="A theme of the code book", kind=ThemeKind.WORRY)
    AuditSection.objects.filter(audit=made, key="assessment").update(themes=["hidden_theme"])
    Reflection.objects.create(
        audit=made,
        done_well="Reflected-1",
        challenges="Reflected-2",
        tools="Reflected-3",
        differently="Reflected-4",
        written_by=worker,
        saved_at=AT,
    )
    for text, in_confidence in (("Said openly", False), ("Said in confidence", True)):
        Feedback.objects.create(
            source=FeedbackSource.CHILD,
            polarity=Polarity.STRENGTH,
            text=text,
            score=9,
            scale_question="Have we helped?",
            in_confidence=in_confidence,
            **say,
        )
    Feedback.objects.create(
        source=FeedbackSource.PARENT, polarity=Polarity.STRENGTH, text="Said and removed", removed_at=AT, **say
    )
    Observation.objects.create(observed_on=date(2026, 11, 3), setting="Home visit", notes="Played along", **say)
    Action.objects.create(text="Visit father", owner=manager, due_on=date(2026, 12, 3), impact="He is heard", **say)
    QualityConcern.objects.create(audit=made, text="The audit is too kind", raised_by=worker, raised_at=AT)
    Evidence.objects.create(
        audit=made,
        number=1,
        name="Letter about the child.pdf",
        kind="pdf",
        size=3,
        sha256="0" * 64,
        note="Evidence-note",
        added_at=AT,
        added_by=by,
    )
    return made


def submit(audit: Audit, at: datetime = AT) -> AuditCopy:
    fresh = Audit.objects.get(pk=audit.pk)
    assert stage1.submit(audit=fresh, by=fresh.allocation.auditor, at=at)
    return AuditCopy.objects.filter(audit=audit).latest("number")


IN_IT = [
    "C-10482",
    "November 2026",
    "Olu Auditor",
    "Sam Social",
    "Pat Practice",
    "2026-11-12",
    "2026-05-12",
    "Face to face",
    "Was the child seen?",
    "Seen at home on 3 November.",
    "Visit father",
    "He is heard",
    "2026-12-03",
    "Said openly",
    "Have we helped?",
    "Played along",
    LEFT_OUT,
]
NEVER_IN_IT = [
    "Reflected-1",
    "Reflected-2",
    "Reflected-3",
    "Reflected-4",
    "Said in confidence",
    "Said and removed",
    "A theme of the code book",
    "hidden_theme",
    "too kind",
    "Letter about the child",
    "Evidence-note",
    "Words of the concern",
]


@pytest.mark.parametrize("text", IN_IT)
def test_what_the_file_needs_is_in_the_copy(audit: Audit, text: str) -> None:
    assert text in submit(audit).content


def test_what_was_left_out_is_never_in_the_copy(audit: Audit) -> None:
    Concern.objects.create(
        audit=audit,
        stage=Stage.ONE,
        about="Words of the concern",
        raised_by=audit.allocation.auditor,
        raised_at=AT,
        waits_since=AT,
    )
    content = submit(audit).content
    assert not [text for text in NEVER_IN_IT if text in content]


def test_a_copy_says_the_same_of_what_is_left_out_whether_there_was_any_or_not(audit: Audit) -> None:
    Feedback.objects.all().delete()
    Reflection.objects.all().delete()
    assert read_copy(submit(audit)).left_out == LEFT_OUT


def test_why_a_grade_is_limited_and_the_reason_of_an_na_are_kept(audit: Audit) -> None:
    section = FilledForm.of(audit).form.section("intervention")
    answers = filled(section, grade="requires_improvement", child_seen=Reply("no"))
    save(audit, "intervention", answers)
    overall = FilledForm.of(audit).form.overall_section
    assert overall is not None
    save(audit, overall.key, filled(overall, grade="requires_improvement"))
    copy = read_copy(submit(audit))
    kept = {section.key: section for section in copy.sections}
    assert kept["intervention"].grade == "requires_improvement"
    assert "not available because" in kept["intervention"].limited[0]
    assert kept["assessment"].limited == ()
    assert copy.overall_grade == "requires_improvement"
    assert copy.moderated_grade == ""


def test_a_section_that_does_not_apply_yet_keeps_its_reason_and_no_answers(audit: Audit) -> None:
    section = FilledForm.of(audit).form.section("review")
    empty = replace(filled(section), replies={}, grade="", not_applicable_reason="Opened last month")
    save(audit, "review", empty, not_applicable=True)
    kept = next(section for section in read_copy(submit(audit)).sections if section.key == "review")
    assert (kept.not_applicable_reason, kept.answers, kept.grade) == ("Opened last month", (), "")


# -- Numbers and hashes --------------------------------------------------------------------------


def test_submitting_keeps_copy_one_in_the_same_transaction(audit: Audit) -> None:
    copy = submit(audit)
    assert (copy.number, copy.stage, copy.made_at) == (1, Stage.ONE, AT)
    assert copy.sha256 == sha256_of(copy.content)
    assert Activity.objects.filter(verb="audit.copy_kept", thing_ref=audit.reference).count() == 1


def test_submitting_twice_keeps_one_copy(audit: Audit) -> None:
    submit(audit)
    again = Audit.objects.get(pk=audit.pk)
    assert not stage1.submit(audit=again, by=again.allocation.auditor, at=AT)
    assert AuditCopy.objects.count() == 1


def test_an_audit_that_cannot_be_submitted_leaves_no_copy() -> None:
    audit = factories.audit(worker=factories.person(Role.SOCIAL_WORKER))
    with pytest.raises(stage1.NotReady):
        stage1.submit(audit=audit, by=audit.allocation.auditor, at=AT)
    assert not AuditCopy.objects.exists()


def test_a_resubmission_after_a_return_gets_the_next_number_and_leaves_the_first_as_it_was(audit: Audit) -> None:
    first = submit(audit)
    Audit.objects.filter(pk=audit.pk).update(state=AuditState.IN_PROGRESS, returned_at=AT)
    again = Audit.objects.get(pk=audit.pk)
    section = FilledForm.of(again).form.section("assessment")
    save(again, "assessment", filled(section, comment="Seen, and now with the father’s view."))
    second = submit(again, AT + timedelta(days=2))
    assert (first.number, second.number) == (1, 2)
    first.refresh_from_db()
    assert "father’s view" in second.content
    assert "father’s view" not in first.content
    assert read_copy(second).completed_on == "2026-11-14"


def test_a_copy_that_somebody_changed_in_the_database_is_not_read(audit: Audit) -> None:
    copy = submit(audit)
    AuditCopy.objects.filter(pk=copy.pk).update(content=copy.content.replace('"good"', '"outstanding"'))
    copy.refresh_from_db()
    with pytest.raises(ValueError, match="is not what was kept"):
        read_copy(copy)


# -- Nothing changes afterwards ------------------------------------------------------------------


def test_nothing_that_happens_afterwards_changes_a_copy(audit: Audit) -> None:
    copy = submit(audit)
    before = copy.content
    other = factories.person(Role.AUDITOR, name="Another Auditor")
    allocation = Audit.objects.get(pk=audit.pk).allocation
    allocation.auditor = other
    allocation.save()
    allocation.worker.name = "Renamed Worker"
    allocation.worker.save()
    team = allocation.case.team
    team.name = "Renamed"
    team.save()
    allocation.case.case_id = "C-OTHER"
    allocation.case.save()
    version = FormVersion.objects.get(pk=Audit.objects.get(pk=audit.pk).form_version_id)
    text = json.dumps(version.definition).replace("Was the child seen?", "Was the child noticed?")
    FormVersion.objects.create(
        key=version.key,
        number=99,
        title="Later",
        definition=json.loads(text),
        state=FormState.PUBLISHED,
        published_at=AT,
    )
    Feedback.objects.update(text="Otherwise", in_confidence=False)
    AuditSection.objects.update(comment="Otherwise", answers={}, grade="inadequate")
    copy.refresh_from_db()
    assert copy.content == before
    kept = read_copy(copy)
    assert (kept.auditor, kept.worker, kept.team, kept.case_number) == ("Olu Auditor", "Sam Social", "Elm", "C-10482")
    assert "Was the child seen?" in copy.content


def test_a_copy_reads_back_as_it_was_written(audit: Audit) -> None:
    copy = submit(audit)
    assert read_copy(copy).to_text() == copy.content


def test_a_copy_of_an_earlier_edition_is_still_read_where_fields_were_added_since(audit: Audit) -> None:
    values = json.loads(submit(audit).content)
    for added_later in ("observations", "what_changed", "left_out"):
        del values[added_later]
    assert FileCopy.from_text(json.dumps(values)).observations == ()


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "مرحبا بالعالم", "👩‍👧 fine", "word " * 2_000, "a\x01b\u202ec"]
)
def test_whatever_was_typed_is_kept_as_it_was_typed(audit: Audit, text: str) -> None:
    AuditSection.objects.filter(audit=audit, key="planning").update(comment=text)
    kept = next(section for section in read_copy(submit(audit)).sections if section.key == "planning")
    assert kept.comment == text


# -- Of audits completed before copies were kept -------------------------------------------------


def test_the_sweep_keeps_a_copy_of_what_was_submitted_before_and_says_when(audit: Audit) -> None:
    submit(audit)
    AuditCopy.objects.all()._raw_delete(using="default")
    later = datetime(2027, 2, 1, 9, tzinfo=UTC)
    do_what_is_due(later)
    do_what_is_due(later + timedelta(minutes=5))
    do_what_is_due(later + timedelta(days=1))
    copy = AuditCopy.objects.get()
    assert (copy.number, copy.stage, copy.made_at) == (1, Stage.ONE, later)
    assert read_copy(copy).completed_on == "2026-11-12"
    assert read_copy(copy).made_at.startswith("2027-02-01")


@pytest.mark.parametrize(
    ("state", "values"),
    [
        (AuditState.SUBMITTED, {"imported": True}),
        (AuditState.IN_PROGRESS, {}),
        (AuditState.NOT_RETURNED, {}),
    ],
)
def test_no_copy_is_made_of_past_audits_from_a_file_or_of_drafts(audit: Audit, state: AuditState, values: dict) -> None:
    Audit.objects.filter(pk=audit.pk).update(state=state, submitted_at=AT, completed_on=AT.date(), **values)
    do_what_is_due(AT + timedelta(hours=1))
    assert not AuditCopy.objects.exists()
    assert not Due.objects.filter(rule__startswith="audit.copy_of", thing__startswith="audit:").exists()


def test_what_was_added_after_stage_one_is_not_in_its_copy(audit: Audit) -> None:
    submit(audit)
    AuditCopy.objects.all()._raw_delete(using="default")
    Action.objects.create(
        audit=audit,
        text="Added later",
        due_on=date(2026, 12, 9),
        recorded_at=AT + timedelta(days=3),
        recorded_by=audit.allocation.auditor,
    )
    Audit.objects.filter(pk=audit.pk).update(moderated_grade="inadequate")
    copy = freeze(audit=audit, stage=Stage.ONE, at=AT + timedelta(days=9))
    assert "Added later" not in copy.content
    assert "inadequate" not in copy.content


def test_a_worker_who_was_not_involved_and_why(audit: Audit) -> None:
    version = Audit.objects.get(pk=audit.pk).version
    stage1.save_details(
        audit=audit,
        details=Details(date(2026, 11, 12), WorkerInvolvement.NOT_INVOLVED, "On leave"),
        version=version,
        by=audit.allocation.auditor,
        at=AT,
    )
    kept = read_copy(submit(audit))
    assert (kept.with_worker, kept.not_involved_reason) == ("Not involved", "On leave")


def test_many_missing_copies_are_made_over_some_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    form = factories.audit(state=AuditState.SUBMITTED, form_version=ensure_default_form()).form_version
    for _ in range(4):
        factories.audit(state=AuditState.SUBMITTED, form_version=form)
    monkeypatch.setattr(file_copies, "A_MINUTE", 2)
    do_what_is_due(AT)
    assert AuditCopy.objects.count() == 2
    do_what_is_due(AT + timedelta(minutes=1))
    assert AuditCopy.objects.count() == 4
    do_what_is_due(AT + timedelta(minutes=2))
    assert AuditCopy.objects.count() == 5


def test_what_is_missing_is_looked_for_once_a_day() -> None:
    do_what_is_due(AT)
    factories.audit(state=AuditState.SUBMITTED, form_version=ensure_default_form())
    do_what_is_due(AT + timedelta(hours=1))
    assert not AuditCopy.objects.exists()
    do_what_is_due(AT + timedelta(days=1))
    assert AuditCopy.objects.count() == 1
