"""The copies of an individual audit for the child's file: frozen in the transaction that completes a stage.

A copy is never written again. An audit that was returned and submitted anew gets another, with the next number.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, Max, OuterRef
from django.utils import timezone

from accounts.due_rules import Skipped
from accounts.enums import DueState
from accounts.models import Due
from audits.enums import COMPLETED_STATES, Stage
from audits.models import Audit, AuditCopy
from audits.models.audits import AuditQuerySet
from audits.rules.file_copy import CopiedDiscussion, FileCopy
from audits.services.file_contents import content_of, in_full
from audits.services.trail import note

STAGE_ONE_MISSING = "audit.copy_of_stage_1"
A_MINUTE = 100
"""How many missing copies of one stage are made in a minute."""
TRIES = 5


def freeze(*, audit: Audit, stage: Stage, at: datetime, discussion: CopiedDiscussion | None = None) -> AuditCopy:
    """Keep what the audit says now as its next numbered copy, in the caller's transaction.

    `discussion`: what came out of Stage 2, for a copy of that stage.
    """
    stored = in_full(Audit.objects.filter(pk=audit.pk)).get()
    content = content_of(stored, stage, at, discussion)
    for _ in range(TRIES):
        last = AuditCopy.objects.filter(audit=audit).aggregate(last=Max("number"))["last"] or 0
        copy = numbered(last + 1, content, audit, at)
        try:
            with transaction.atomic():
                copy.save(force_insert=True)
        except IntegrityError:
            continue  # somebody else took the number in the meantime
        summary = f"Copy {copy.number} of audit {audit.reference} was kept for the child’s file"
        note(audit, "audit.copy_kept", summary, None, at, {"stage": int(stage), "sha256": copy.sha256})
        return copy
    raise IntegrityError(f"No number was to be had for a copy of audit {audit.reference}.")


def numbered(number: int, content: FileCopy, audit: Audit, at: datetime) -> AuditCopy:
    """The copy of that number, as it is to be stored."""
    text = replace(content, number=number).to_text()
    stage, sha256 = content.stage, sha256_of(text)
    return AuditCopy(audit=audit, number=number, stage=stage, content=text, sha256=sha256, made_at=at)


def read_copy(copy: AuditCopy) -> FileCopy:
    """What a copy says. Raises `ValueError` where it is no longer what was kept."""
    if sha256_of(copy.content) != copy.sha256:
        raise ValueError(f"Copy {copy.number} of audit {copy.audit_id} is not what was kept.")
    return FileCopy.from_text(copy.content)


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# -- Of audits that were completed before copies were kept ---------------------------------------


def plan_stage_one(at: datetime) -> None:
    """Write the row of audits that were submitted here and have no copy of it."""
    plan_missing(STAGE_ONE_MISSING, Stage.ONE, Audit.objects.filter(state__in=COMPLETED_STATES), at)


def make_stage_one(due: Due, at: datetime) -> str:
    audit = hold_for_copy(due, Stage.ONE, COMPLETED_STATES)
    return f"Kept as copy {freeze(audit=audit, stage=Stage.ONE, at=at).number}."


def plan_missing(rule: str, stage: Stage, audits: AuditQuerySet, at: datetime) -> None:
    """Once a day write the row of those of `audits` that have no copy of that stage, so many a minute. Past audits from
    a file get none."""
    if not _first_look_of_the_day(rule, at):
        return
    copies = AuditCopy.objects.filter(audit=OuterRef("pk"), stage=stage)
    missing = audits.filter(~Exists(copies), imported=False, form_version__isnull=False).order_by("pk")
    rows = (
        Due(rule=rule, thing=f"audit:{reference}", due_at=at + timedelta(minutes=place // A_MINUTE))
        for place, reference in enumerate(missing.values_list("reference", flat=True))
    )
    Due.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def _first_look_of_the_day(rule: str, at: datetime) -> bool:
    """Looking through every audit takes a third of a second for 200,000: a row that is done from the start says on
    which day it was."""
    today = {"rule": rule, "thing": "audits", "occurrence": str(timezone.localdate(at))}
    if Due.objects.filter(**today).exists():
        return False
    Due.objects.bulk_create([Due(**today, due_at=at, state=DueState.DONE, finished_at=at)], ignore_conflicts=True)
    return True


def hold_for_copy(due: Due, stage: Stage, states: Iterable[str]) -> Audit:
    """The audit of a row, its own row taken until the transaction ends. Raises `Skipped` where it has such a copy."""
    audits = Audit.objects.filter(reference=due.thing.removeprefix("audit:"), state__in=states)
    if not audits.update(state=F("state")):
        raise Skipped("It is no longer completed.")
    if AuditCopy.objects.filter(audit__in=audits, stage=stage).exists():
        raise Skipped("It has a copy.")
    return audits.get()
