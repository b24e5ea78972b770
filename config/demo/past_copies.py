"""The copies of past audits for the child's file, as the program would have kept them at the time."""

from audits.enums import COMPLETED_STATES, Stage
from audits.models import Audit, AuditCopy
from audits.services.file_contents import content_of, in_full
from audits.services.file_copies import numbered
from moderation.enums import ModerationState
from moderation.models import Moderation
from moderation.services.file_copies import IN_FULL, copied_discussion


def keep_past_copies() -> None:
    """One of each audit when Stage 1 was submitted, another when Stage 2 was signed off."""
    signed_off = Moderation.objects.filter(state=ModerationState.SIGNED_OFF).prefetch_related(*IN_FULL)
    discussions = {moderation.audit_id: moderation for moderation in signed_off}
    copies = []
    for audit in in_full(Audit.objects.filter(state__in=COMPLETED_STATES)):
        copies.append(numbered(1, content_of(audit, Stage.ONE, audit.submitted_at, None), audit, audit.submitted_at))
        if moderation := discussions.get(audit.pk):
            at, discussion = moderation.signed_off_at, copied_discussion(moderation)
            copies.append(numbered(2, content_of(audit, Stage.TWO, at, discussion), audit, at))
    AuditCopy.objects.bulk_create(copies, batch_size=200)
