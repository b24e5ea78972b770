"""The meeting of auditor and worker as a calendar invitation (RFC 5545, RFC 5546)."""

from datetime import UTC, datetime, timedelta

from accounts.models import Person
from audits.models import Audit

DURATION = timedelta(hours=1)
DESCRIPTION = "We look at the record together. It takes about an hour.\n"


def invitation(audit: Audit, *, url: str, at: datetime) -> str:
    """The text of an .ics file. It names the audit by our own reference, never the child.

    The same audit keeps its UID, and a changed meeting a higher SEQUENCE, so that calendars move the entry.
    """
    starts = audit.meeting_at
    if starts is None:
        raise ValueError("There is no meeting to invite to.")
    allocation = audit.allocation
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Case Audit//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{audit.reference}@case-audit",
        f"SEQUENCE:{int(at.timestamp())}",
        f"DTSTAMP:{_utc(at)}",
        f"DTSTART:{_utc(starts)}",
        f"DTEND:{_utc(starts + DURATION)}",
        f"SUMMARY:{_text(f'Case audit {audit.reference}')}",
        f"LOCATION:{_text(audit.meeting_place)}",
        f"DESCRIPTION:{_text(DESCRIPTION + url)}",
        *_people("ORGANIZER", allocation.auditor),
        *_people("ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE", allocation.worker),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _people(property_name: str, person: Person | None) -> list[str]:
    if person is None:
        return []
    name = person.name.replace('"', "'")
    return [f'{property_name};CN="{name}":mailto:{person.email}']


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"), ("\r", "")):
        value = value.replace(plain, escaped)
    return value


def _folded(line: str) -> list[str]:
    """The line in parts of at most 75 octets, each after the first beginning with a space."""
    parts, current = [], ""
    for character in line:
        if len((current + character).encode()) > 75:
            parts.append(current)
            current = " "
        current += character
    return [*parts, current]
