"""Evidence: files attached to an audit, kept outside what a web server serves and read through the program alone."""

import hashlib
import logging
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Max, QuerySet

from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from accounts.tables.limits import MIB
from audits.enums import OPEN_STATES, AuditState
from audits.evidence_files import Found, inspect
from audits.models import Audit, Evidence, ProgrammeRules
from audits.models.evidence import evidence_storage
from audits.permissions import may_read_form
from audits.services.forms import form_of
from audits.services.stage1 import hold_open
from audits.services.trail import note

logger = logging.getLogger(__name__)

LONGEST_NAME = Evidence._meta.get_field("name").max_length or 200
# What a name never shows: control and formatting characters, such as those that turn the reading direction.
INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
# A file on the disk that no row names may belong to an upload that is just being written down.
STILL_BEING_WRITTEN = timedelta(hours=24)


class EvidenceLost(UserError):
    """The file on the disk is gone, or is not the one that was attached."""


@dataclass(frozen=True)
class Room:
    """How much may still be attached to an audit. `bytes` is for one file."""

    bytes: int
    files: int

    @property
    def megabytes(self) -> int:
        return self.bytes // MIB


def room_for(audit: Audit) -> Room:
    """By the settings of today, not those of the audit’s cycle: whoever makes room means audits that are under way."""
    programme = ProgrammeRules.objects.current().programme
    kept = audit.evidence.filter(removed_at=None).count()
    return Room(programme.evidence_megabytes * MIB, max(programme.evidence_files - kept, 0))


def add_evidence(
    *, audit: Audit, content: bytes, name: str, section: str = "", note_on_it: str = "", by: Person, at: datetime
) -> tuple[Evidence, bool]:
    """Attach a file to a draft, or to one section of it. Says beside it whether it is new: the same file, attached to
    the same place again, is not kept twice.

    Raises FileRefused where it is no file that may be attached, UserError where there is no room or no draft.
    """
    room = room_for(audit)
    found = inspect(content, most_bytes=room.bytes)
    if section and section not in {part.key for part in form_of(audit).sections}:
        raise UserError("This audit has no such section.")
    digest = hashlib.sha256(found.content).hexdigest()
    stored = ""
    try:
        with transaction.atomic():
            # Holds the audit's row, so two files at once are numbered one after the other.
            hold_open(audit=audit, by=by, at=at)
            same = audit.evidence.filter(sha256=digest, section=section, removed_at=None).first()
            if same is not None:
                return same, False
            if not room_for(audit).files:
                raise UserError("No more files can be attached to this audit. Remove one that is not needed.")
            evidence = _written_down(audit, found, digest, _shown_name(name, found), section, note_on_it, by, at)
            stored = evidence.file.name or ""
            note(
                audit,
                "evidence.added",
                f"File {evidence.number} was attached to audit {audit.reference}",
                by,
                at,
                {"number": evidence.number, "kind": evidence.kind, "size": evidence.size, "sha256": digest},
            )
    except BaseException:
        if stored:
            evidence_storage().delete(stored)
        raise
    return evidence, True


def _written_down(
    audit: Audit, found: Found, digest: str, name: str, section: str, note_on_it: str, by: Person, at: datetime
) -> Evidence:
    last = audit.evidence.aggregate(last=Max("number"))["last"] or 0
    return Evidence.objects.create(
        audit=audit,
        number=last + 1,
        section=section,
        name=name,
        kind=found.kind,
        file=ContentFile(found.content, name="evidence"),
        size=len(found.content),
        sha256=digest,
        note=note_on_it.strip(),
        added_at=at,
        added_by=by,
    )


def _shown_name(name: str, found: Found) -> str:
    """The file's own name as its readers see it: one line, no folder, nothing that hides how it ends."""
    last = re.split(r"[\\/]", name)[-1]
    shown = "".join(letter for letter in last if unicodedata.category(letter) not in INVISIBLE)
    shown = " ".join(shown.split())
    return shown[-LONGEST_NAME:] or f"File.{found.kind}"


@transaction.atomic
def remove_evidence(*, evidence: Evidence, by: Person, at: datetime) -> bool:
    """Take a file out of a draft. It can be put back until Stage 1 is submitted. Says whether this call did it."""
    hold_open(audit=evidence.audit, by=by, at=at)
    if not Evidence.objects.filter(pk=evidence.pk, removed_at=None).update(removed_at=at, removed_by=by):
        return False
    reference = evidence.audit.reference
    summary = f"File {evidence.number} of audit {reference} was removed"
    note(evidence.audit, "evidence.removed", summary, by, at, {"number": evidence.number})
    return True


@transaction.atomic
def put_back_evidence(*, evidence: Evidence, by: Person, at: datetime) -> bool:
    hold_open(audit=evidence.audit, by=by, at=at)
    if not room_for(evidence.audit).files:
        raise UserError("No more files can be attached to this audit. Remove one that is not needed.")
    removed = Evidence.objects.filter(pk=evidence.pk, removed_at__isnull=False).exclude(file="")
    if not removed.update(removed_at=None, removed_by=None):
        return False
    summary = f"File {evidence.number} of audit {evidence.audit.reference} was put back"
    note(evidence.audit, "evidence.put_back", summary, by, at, {"number": evidence.number})
    return True


def read_evidence(*, evidence: Evidence, by: Person, at: datetime) -> bytes:
    """The file, for somebody who reads the audit; that they read it is on record.

    Raises EvidenceLost where what is on the disk is not what was attached: such a file is given to nobody.
    """
    audit = evidence.audit
    ensure(may_read_form(by, audit) and evidence.removed_at is None, "Only who reads an audit reads its evidence.")
    content = content_of(evidence)
    if content is None:
        summary = f"File {evidence.number} of audit {audit.reference} is missing or was changed on the disk"
        note(audit, "evidence.lost", summary, by, at, {"number": evidence.number})
        logger.error(summary)
        raise EvidenceLost(
            "This file is missing, or is no longer the one that was attached, so it is not shown."
            " Tell the people who run the program: they can bring it back from a backup."
        )
    summary = f"File {evidence.number} of audit {audit.reference} was read"
    note(audit, "evidence.read", summary, by, at, {"number": evidence.number})
    return content


def content_of(evidence: Evidence) -> bytes | None:
    """The bytes on the disk, if they are those that were attached."""
    try:
        with evidence.file.open("rb") as stored:
            content: bytes = stored.read(evidence.size + 1)
    except (OSError, ValueError):
        return None
    same = len(content) == evidence.size and hashlib.sha256(content).hexdigest() == evidence.sha256
    return content if same else None


def lost() -> list[Evidence]:
    """Every kept file that is missing on the disk, or was changed there."""
    kept = Evidence.objects.exclude(file="").select_related("audit").order_by("audit__reference", "number")
    return [evidence for evidence in kept.iterator(chunk_size=100) if content_of(evidence) is None]


def sweep_evidence(*, at: datetime) -> tuple[int, int]:
    """Erase the files that were removed from audits which nobody changes any more, and files on the disk that belong to
    no audit: left behind where the program ended in the middle of an upload. How many of each."""
    storage = evidence_storage()
    removed = 0
    for evidence in _removed_for_good():
        name = evidence.file.name or ""
        # The row first: a row without its file would read as a loss, a file without a row is swept the next time.
        if Evidence.objects.filter(pk=evidence.pk, file=name, removed_at__isnull=False).update(file=""):
            storage.delete(name)
            removed += 1
    return removed, sum(_erase_if_nobodys(storage, name, at) for name in _files_in(storage))


def _removed_for_good() -> QuerySet[Evidence]:
    can_come_back = (*OPEN_STATES, AuditState.SUBMITTED)
    return Evidence.objects.filter(removed_at__isnull=False).exclude(file="").exclude(audit__state__in=can_come_back)


def _files_in(storage: Storage) -> list[str]:
    try:
        return storage.listdir("")[1]
    except FileNotFoundError:
        return []


def _erase_if_nobodys(storage: Storage, name: str, at: datetime) -> bool:
    if Evidence.objects.filter(file=name).exists() or at - storage.get_modified_time(name) < STILL_BEING_WRITTEN:
        return False
    storage.delete(name)
    return True
