"""The copies of an audit for the child's file, as its pages list them."""

from accounts.models import Person
from audits.models import Audit, AuditCopy
from audits.permissions import may_read_copies


def copies_of(audit: Audit, reader: Person) -> list[AuditCopy]:
    """Those the person may read, the newest first, without what they say."""
    if not may_read_copies(reader, audit):
        return []
    return list(audit.file_copies.defer("content").order_by("-number"))
