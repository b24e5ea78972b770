"""Bringing files in: one way for the page and the command line, and for every kind of file."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.due_rules import Skipped
from accounts.enums import Permission
from accounts.errors import UserError
from accounts.imports import people
from accounts.models import Due, Person, PersonRole
from accounts.permissions import ensure
from accounts.services.activity import record
from accounts.services.due import schedule
from accounts.tables.limits import MIB, Limits
from accounts.tables.opening import open_tables
from accounts.tables.outcome import Outcome
from audits.enums import ImportKind, ImportState
from audits.imports import annex_a_cases, cases, past_audits, teams
from audits.imports.resolve import resolve
from audits.models import ImportBatch

UPLOAD_LIMITS = Limits(bytes=20 * MIB, rows=200_000)
COMMAND_LIMITS = Limits(bytes=100 * MIB, rows=1_000_000)
MOST_PROBLEMS_KEPT = 1_000

FORGET = "import.forget"
KEPT = timedelta(days=3)
ERASED = "No longer kept"


@dataclass(frozen=True)
class Importer:
    """One kind of file: who may bring it in, and what reads it. `dated`: it says how things stood on one day."""

    prepare: Callable[..., Callable[[], None]]
    permission: Permission
    dated: bool = False


IMPORTERS: dict[ImportKind, Importer] = {
    ImportKind.TEAMS: Importer(teams.prepare, Permission.IMPORT_PEOPLE),
    ImportKind.PEOPLE: Importer(people.prepare, Permission.IMPORT_PEOPLE),
    ImportKind.CASES: Importer(cases.prepare, Permission.IMPORT_CASES),
    ImportKind.ANNEX_A: Importer(annex_a_cases.prepare, Permission.IMPORT_CASES, dated=True),
    ImportKind.AUDITS: Importer(past_audits.prepare, Permission.IMPORT_CASES),
}


def kinds_for(person: Person) -> list[ImportKind]:
    """The kinds of file that a person may bring in."""
    return [kind for kind, importer in IMPORTERS.items() if person.may(importer.permission)]


def take_in(
    *,
    kind: ImportKind,
    stream: BinaryIO,
    name: str,
    by: Person | None,
    at: datetime,
    as_of: date | None = None,
    partial: bool = False,
    limits: Limits = COMMAND_LIMITS,
) -> Outcome:
    """Read a file and save it at once. With refused rows nothing is saved, unless `partial`: then the others are.

    Raises UserError where the file cannot be read at all.
    """
    _ensure_allowed(kind, by)
    with transaction.atomic():
        outcome, save = _prepare(kind, stream, name, as_of or timezone.localdate(at), limits)
        if not outcome.has_refusals or partial:
            _save(save, by)
            outcome.applied = True
        batch = ImportBatch.objects.create(
            kind=kind,
            state=ImportState.APPLIED if outcome.applied else ImportState.REFUSED,
            extension=_extension(name),
            sha256="",
            as_of=as_of,
            outcome=outcome.to_values(most=MOST_PROBLEMS_KEPT),
            uploaded_at=at,
            uploaded_by=by,
            applied_at=at if outcome.applied else None,
        )
        _schedule_forgetting(batch, at)
        _record(batch, outcome, by, at)
    return outcome


def check(
    *, kind: ImportKind, content: bytes, name: str, by: Person, at: datetime, as_of: date | None = None
) -> ImportBatch:
    """Say what a file would do and keep it until it is confirmed or abandoned; changes nothing else.

    Raises UserError where the file cannot be read at all.
    """
    _ensure_allowed(kind, by)
    outcome, _ = _prepare(kind, io.BytesIO(content), name, as_of or timezone.localdate(at), UPLOAD_LIMITS)
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            kind=kind,
            state=ImportState.CHECKED,
            extension=_extension(name),
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            as_of=as_of,
            outcome=outcome.to_values(most=MOST_PROBLEMS_KEPT),
            uploaded_at=at,
            uploaded_by=by,
        )
        _schedule_forgetting(batch, at)
        record(
            by=by,
            verb="import.checked",
            thing_type="import",
            thing_ref=str(batch.pk),
            summary=f"{batch.get_kind_display()}: checked, nothing taken in yet",
            at=at,
        )
    return batch


def apply(*, batch: ImportBatch, by: Person, at: datetime, partial: bool = False) -> Outcome:
    """Take in a file that was checked, as it stands now. Its content is erased.

    Raises UserError where somebody was faster, or rows are refused and not `partial`: then it stays as it was.
    """
    kind = ImportKind(batch.kind)
    _ensure_allowed(kind, by)
    with transaction.atomic():
        content = ImportBatch.objects.values_list("content", flat=True).get(pk=batch.pk)
        _claim(batch, ImportState.APPLIED)
        outcome, save = _prepare(
            kind, io.BytesIO(content or b""), batch.extension, batch.as_of or timezone.localdate(at), UPLOAD_LIMITS
        )
        if outcome.has_refusals and not partial:
            raise UserError("Some rows are refused. Put them right in the file, or choose to take in the others alone.")
        _save(save, by)
        outcome.applied = True
        batch.outcome = outcome.to_values(most=MOST_PROBLEMS_KEPT)
        batch.applied_at = at
        batch.save(update_fields=["outcome", "applied_at"])
        _record(batch, outcome, by, at)
    return outcome


def abandon(*, batch: ImportBatch, by: Person | None, at: datetime) -> None:
    """Forget a file that was checked. Raises UserError where it was taken in or abandoned in between."""
    _ensure_allowed(ImportKind(batch.kind), by)
    with transaction.atomic():
        _claim(batch, ImportState.ABANDONED)
        _erase_quotes(batch)
        record(
            by=by,
            verb="import.abandoned",
            thing_type="import",
            thing_ref=str(batch.pk),
            summary=f"{batch.get_kind_display()}: abandoned",
            at=at,
        )


def forget(due: Due, at: datetime) -> str:
    """What the sweep does with a file after some days, so that children's data is not left lying: one that nobody has
    confirmed is abandoned; of one that was taken in or refused, what was quoted of its rows is erased."""
    batch = ImportBatch.objects.filter(pk=int(due.thing.removeprefix("import:"))).first()
    if batch is None or batch.state == ImportState.ABANDONED:
        raise Skipped("It was abandoned.")
    if batch.state == ImportState.CHECKED:
        abandon(batch=batch, by=None, at=at)
        return "Forgot a file that nobody had confirmed."
    _erase_quotes(batch)
    return "Erased what was quoted of the file’s rows."


def _erase_quotes(batch: ImportBatch) -> None:
    """Rows, columns and reasons stay; what stood in the cells does not."""
    for kept in ("refusals", "warnings"):
        batch.outcome[kept] = [{**problem, "value": ERASED} for problem in batch.outcome[kept]]
    batch.save(update_fields=["outcome"])


def _ensure_allowed(kind: ImportKind, by: Person | None) -> None:
    ensure(by is None or by.may(IMPORTERS[kind].permission), "You may not bring in this kind of file.")


def _prepare(
    kind: ImportKind, stream: BinaryIO, name: str, on: date, limits: Limits
) -> tuple[Outcome, Callable[[], None]]:
    outcome = Outcome(name)
    file = open_tables(stream, name=name, limits=limits)
    return outcome, IMPORTERS[kind].prepare(file, outcome=outcome, on=on)


def _save(save: Callable[[], None], by: Person | None) -> None:
    try:
        with transaction.atomic():
            before = _own_standing(by)
            save()
            resolve()
            if _own_standing(by) != before:
                raise UserError(
                    "This file changes your own roles, or closes your own account. Nobody does that for themselves: "
                    "take your row out, or ask somebody else who looks after the directory to bring it in."
                )
    except IntegrityError as error:
        raise UserError(
            "Somebody brought in another file at the same moment. Nothing was taken in: try again."
        ) from error


def _schedule_forgetting(batch: ImportBatch, at: datetime) -> None:
    schedule(rule=FORGET, thing=f"import:{batch.pk}", due_at=at + KEPT)


def _own_standing(by: Person | None) -> tuple[bool, frozenset[str]] | None:
    """Whether the person works here, and their roles, as they are stored now."""
    if by is None:
        return None
    roles = frozenset(PersonRole.objects.filter(person=by).values_list("role", flat=True))
    return Person.objects.filter(pk=by.pk, is_active=True).exists(), roles


def _claim(batch: ImportBatch, state: ImportState) -> None:
    claimed = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.CHECKED).update(state=state, content=None)
    if not claimed:
        raise UserError("This file has already been taken in or abandoned.")
    batch.state, batch.content = state, None


def _record(batch: ImportBatch, outcome: Outcome, by: Person | None, at: datetime) -> None:
    said = (
        f"{outcome.added} added, {outcome.changed} changed, {outcome.unchanged} unchanged, {outcome.refused} refused"
        if outcome.applied
        else f"nothing taken in, {outcome.refused} rows refused"
    )
    record(
        by=by,
        verb="import.applied" if outcome.applied else "import.refused",
        thing_type="import",
        thing_ref=str(batch.pk),
        summary=f"{batch.get_kind_display()}: {said}",
        at=at,
    )


def _extension(name: str) -> str:
    return PurePath(name).suffix.lower()[:10]
