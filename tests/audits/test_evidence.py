"""Evidence: who attaches, removes and reads files, how they are kept, and what happens when one is lost."""

import hashlib
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Activity
from accounts.tables.refusal import FileRefused
from audits.enums import AuditState, Capacity, Standing
from audits.models import Audit, Evidence, ProgrammeRules
from audits.services import stage1
from audits.services.evidence import (
    EvidenceLost,
    add_evidence,
    put_back_evidence,
    read_evidence,
    remove_evidence,
    room_for,
    sweep_evidence,
)
from tests import factories
from tests.at_once import at_once
from tests.audits.filling import AT, fill_in
from tests.makers.evidence import PDF, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit() -> Audit:
    return factories.audit(
        auditor=factories.person(Role.AUDITOR, name="Avery Auditor"),
        worker=factories.person(Role.SOCIAL_WORKER, name="Wren Worker"),
    )


def attach(audit: Audit, content: bytes = PDF, name: str = "Visit.pdf", **values: object) -> Evidence:
    by = values.pop("by", audit.allocation.auditor)
    evidence, _ = add_evidence(audit=audit, content=content, name=name, by=by, at=AT, **values)  # type: ignore[arg-type]
    return evidence


def test_a_file_is_kept_outside_with_its_hash_under_a_name_that_says_nothing(audit, evidence_root) -> None:
    evidence = attach(audit, name="Ella Smith home visit.pdf", section="assessment", note_on_it="The visit")
    (stored,) = evidence_root.iterdir()
    assert stored.read_bytes() == PDF
    assert re.fullmatch("[0-9a-f]{32}", stored.name)
    assert stored.stat().st_mode & 0o077 == 0
    assert (evidence.number, evidence.kind, evidence.size) == (1, "pdf", len(PDF))
    assert evidence.sha256 == hashlib.sha256(PDF).hexdigest()
    assert evidence.name == "Ella Smith home visit.pdf"


def test_what_is_attached_is_logged_without_its_name(audit) -> None:
    attach(audit, name="Ella Smith.pdf", note_on_it="Ella at home")
    logged = Activity.objects.get(verb="evidence.added")
    assert logged.summary == f"File 1 was attached to audit {audit.reference}"
    assert "Ella" not in f"{logged.summary}{logged.data}"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\Users\\avery\\Visit.pdf", "Visit.pdf"),
        ("../../etc/Visit.pdf", "Visit.pdf"),
        ("Visit\u202efdp.exe", "Visitfdp.exe"),
        ("Visit\r\nX-Evil: 1.pdf", "VisitX-Evil: 1.pdf"),
        ("", "File.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_shown_as_one_line_that_hides_nothing(audit, given: str, shown: str) -> None:
    assert attach(audit, name=given).name == shown


def test_numbers_are_never_given_twice(audit) -> None:
    first = attach(audit)
    remove_evidence(evidence=first, by=audit.allocation.auditor, at=AT)
    assert attach(audit, content=picture("PNG")).number == 2


def test_the_same_file_in_the_same_place_is_kept_once(audit, evidence_root) -> None:
    """Two presses of the button are one."""
    by = audit.allocation.auditor
    first, was_new = add_evidence(audit=audit, content=PDF, name="Visit.pdf", by=by, at=AT)
    again, is_new = add_evidence(audit=audit, content=PDF, name="Visit.pdf", by=by, at=AT)
    assert (was_new, is_new, again.pk) == (True, False, first.pk)
    assert attach(audit, section="planning").number == 2
    assert len(list(evidence_root.iterdir())) == 2


def test_a_file_belongs_to_a_section_that_the_audit_has(audit) -> None:
    with pytest.raises(UserError, match="no such section"):
        attach(audit, section="weather")


@pytest.mark.parametrize(
    ("megabytes", "files", "sentence"),
    [(1, 20, "the most that can be attached is 1 MB"), (10, 1, "No more files can be attached")],
)
def test_the_programme_says_how_much_may_be_attached(audit, megabytes: int, files: int, sentence: str) -> None:
    values = {"evidence_megabytes": megabytes, "evidence_files": files}
    ProgrammeRules.objects.create(number=9, values=values)
    attach(audit)
    with pytest.raises(UserError, match=sentence):
        attach(audit, content=b"words " * 200_000, name="Notes.txt")


def test_a_file_that_is_refused_leaves_nothing_behind(audit, evidence_root) -> None:
    with pytest.raises(FileRefused):
        attach(audit, content=b"<svg/>")
    assert not evidence_root.exists()
    assert not Evidence.objects.exists()


def test_a_file_whose_row_cannot_be_written_is_not_left_on_the_disk(audit, evidence_root, monkeypatch) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError("The log is full")

    monkeypatch.setattr("audits.services.evidence.note", fails)
    with pytest.raises(RuntimeError):
        attach(audit)
    assert list(evidence_root.iterdir()) == []
    assert not Evidence.objects.exists()


# Who may do what


def people(audit: Audit) -> dict[str, object]:
    found = {
        "auditor": audit.allocation.auditor,
        "worker": audit.allocation.worker,
        "manager": factories.person(Role.PRACTICE_MANAGER),
        "moderator": factories.person(Role.MODERATOR),
        "another auditor": factories.person(Role.AUDITOR),
        "quality assurance": factories.person(Role.QA),
        "administrator": factories.person(Role.ADMIN),
    }
    audit.participants.create(person=found["manager"], capacity=Capacity.PRACTICE_MANAGER)
    audit.participants.create(person=found["moderator"], capacity=Capacity.MODERATOR)
    return found


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("auditor", True),
        ("worker", False),
        ("manager", False),
        ("moderator", False),
        ("another auditor", False),
        ("quality assurance", False),
        ("administrator", False),
    ],
)
def test_only_the_auditor_attaches_removes_and_puts_back(audit, who: str, may: bool) -> None:
    evidence, by = attach(audit), people(audit)[who]
    verbs = [
        lambda: attach(audit, content=picture("PNG"), by=by),
        lambda: remove_evidence(evidence=evidence, by=by, at=AT),
        lambda: put_back_evidence(evidence=evidence, by=by, at=AT),
    ]
    for verb in verbs:
        if may:
            assert verb()
        else:
            with pytest.raises(PermissionDenied):
                verb()


def submitted(audit: Audit) -> Audit:
    fill_in(audit)
    stage1.submit(audit=audit, by=audit.allocation.auditor, at=AT)
    audit.refresh_from_db()
    return audit


def test_nothing_changes_once_the_audit_is_submitted(audit) -> None:
    kept, removed, by = attach(audit), attach(audit, content=picture("PNG")), audit.allocation.auditor
    remove_evidence(evidence=removed, by=by, at=AT)
    submitted(audit)
    for verb in (
        lambda: attach(audit, content=picture("JPEG")),
        lambda: remove_evidence(evidence=kept, by=by, at=AT),
        lambda: put_back_evidence(evidence=removed, by=by, at=AT),
    ):
        with pytest.raises(UserError, match="has been submitted"):
            verb()
    assert list(audit.evidence.filter(removed_at=None)) == [kept]


def test_nothing_is_attached_to_an_audit_that_was_taken_away(audit) -> None:
    fill_in(audit)
    type(audit.allocation).objects.update(standing=Standing.EXEMPT)
    with pytest.raises(UserError):
        attach(audit)


def test_a_file_is_removed_and_put_back_once(audit) -> None:
    evidence, by = attach(audit), audit.allocation.auditor
    assert [remove_evidence(evidence=evidence, by=by, at=AT) for _ in range(2)] == [True, False]
    evidence.refresh_from_db()
    assert (evidence.removed_at, evidence.removed_by) == (AT, by)
    with pytest.raises(PermissionDenied):
        read_evidence(evidence=evidence, by=by, at=AT)
    assert [put_back_evidence(evidence=evidence, by=by, at=AT) for _ in range(2)] == [True, False]
    evidence.refresh_from_db()
    assert read_evidence(evidence=evidence, by=by, at=AT) == PDF


def test_there_is_no_room_to_put_back_what_was_replaced(audit) -> None:
    ProgrammeRules.objects.create(number=9, values={"evidence_files": 1})
    evidence, by = attach(audit), audit.allocation.auditor
    remove_evidence(evidence=evidence, by=by, at=AT)
    attach(audit, content=picture("PNG"))
    with pytest.raises(UserError, match="No more files"):
        put_back_evidence(evidence=evidence, by=by, at=AT)
    assert room_for(audit).files == 0


def test_each_reading_is_on_record(audit) -> None:
    evidence, by = attach(audit), audit.allocation.auditor
    read_evidence(evidence=evidence, by=by, at=AT)
    logged = Activity.objects.get(verb="evidence.read")
    assert (logged.actor, logged.summary) == (by, f"File 1 of audit {audit.reference} was read")


# What is lost is given to nobody


@pytest.mark.parametrize("damage", ["missing", "changed", "shorter", "longer"])
def test_a_file_that_is_not_the_one_attached_is_given_to_nobody(
    audit, evidence_root: Path, damage: str, caplog
) -> None:
    evidence = attach(audit, name="Ella Smith.pdf")
    (stored,) = evidence_root.iterdir()
    match damage:
        case "missing":
            stored.unlink()
        case "changed":
            stored.write_bytes(PDF.replace(b"Catalog", b"catalog"))
        case "shorter":
            stored.write_bytes(PDF[:-1])
        case "longer":
            stored.write_bytes(PDF + b"\n")
    with caplog.at_level(logging.ERROR), pytest.raises(EvidenceLost, match="missing, or is no longer the one"):
        read_evidence(evidence=evidence, by=audit.allocation.auditor, at=AT)
    assert Activity.objects.filter(verb="evidence.lost").count() == 1
    assert not Activity.objects.filter(verb="evidence.read").exists()
    assert f"File 1 of audit {audit.reference}" in caplog.text
    assert "Ella" not in caplog.text
    with pytest.raises(CommandError, match=f"Audit {audit.reference}, file 1"):
        call_command("check_evidence")


def test_files_that_are_whole_are_found_so(audit, capsys) -> None:
    attach(audit)
    call_command("check_evidence")
    assert "Every attached file is as it was attached" in capsys.readouterr().out


# What is erased


@pytest.mark.parametrize(
    ("state", "erased"),
    [
        (AuditState.IN_PROGRESS, False),
        (AuditState.SUBMITTED, False),  # the moderator may return it
        (AuditState.SIGNED_OFF, True),
        (AuditState.NOT_RETURNED, True),
    ],
)
def test_removed_files_are_erased_once_nobody_can_put_them_back(audit, evidence_root, state, erased: bool) -> None:
    kept, removed = attach(audit), attach(audit, content=picture("PNG"))
    remove_evidence(evidence=removed, by=audit.allocation.auditor, at=AT)
    Audit.objects.update(state=state, submitted_at=AT, signed_off_at=AT, completed_on=AT.date())
    assert sweep_evidence(at=AT) == (int(erased), 0)
    assert sweep_evidence(at=AT) == (0, 0)
    assert len(list(evidence_root.iterdir())) == 2 - erased
    removed.refresh_from_db()
    assert removed.sha256  # what it was stays on record
    assert bool(removed.file) is not erased
    assert read_evidence(evidence=kept, by=audit.allocation.auditor, at=AT) == PDF
    call_command("check_evidence")


def test_a_file_that_belongs_to_no_audit_is_erased_after_a_day(audit, evidence_root: Path) -> None:
    attach(audit)
    (evidence_root / "left-behind").write_bytes(b"x")
    now = datetime.now(UTC)
    assert sweep_evidence(at=now) == (0, 0)  # it may be one that is just being written down
    assert sweep_evidence(at=now + timedelta(hours=25)) == (0, 1)
    assert len(list(evidence_root.iterdir())) == 1


def test_there_is_nothing_to_erase_where_nothing_was_attached() -> None:
    assert sweep_evidence(at=AT) == (0, 0)


# At once


@pytest.mark.django_db(transaction=True)
def test_two_files_at_once_get_different_numbers(audit) -> None:
    fill_in(audit)

    def upload(content: bytes):
        return lambda: attach(Audit.objects.select_related("allocation__auditor").get(pk=audit.pk), content=content)

    for turn in range(5):
        before = audit.evidence.count()
        uploads = [upload(f"Note {turn} {part}".encode()) for part in range(2)]
        assert all(isinstance(answer, Evidence) for answer in at_once(*uploads))
        assert sorted(audit.evidence.values_list("number", flat=True)) == list(range(1, before + 3))


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once(audit) -> None:
    ProgrammeRules.objects.create(number=9, values={"evidence_files": 1})
    fill_in(audit)

    def upload(content: bytes):
        return lambda: attach(Audit.objects.select_related("allocation__auditor").get(pk=audit.pk), content=content)

    answers = at_once(upload(b"One"), upload(b"Two"))
    assert sorted(type(answer).__name__ for answer in answers) == ["Evidence", "UserError"]
    assert audit.evidence.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_file_beside_a_submission_is_in_it_or_refused(audit) -> None:
    fill_in(audit)

    def again() -> Audit:
        return Audit.objects.select_related("allocation__auditor").get(pk=audit.pk)

    def submit() -> object:
        same = again()
        return stage1.submit(audit=same, by=same.allocation.auditor, at=AT)

    attached, done = at_once(lambda: attach(again()), submit)
    assert done is True
    assert audit.evidence.count() == isinstance(attached, Evidence)
