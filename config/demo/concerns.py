"""Concerns: three for a child’s safety, one of which waits; two about the quality of an audit; an audit sent back."""

from datetime import date, timedelta

from accounts.models import Person
from audits.enums import COMPLETED_STATES, ConcernPart
from audits.models import Audit, Concern, Cycle
from audits.rules.working_days import add_working_days
from audits.services import quality
from audits.services.concerns.answering import acknowledge, close
from audits.services.concerns.raising import raise_concern
from audits.services.concerns.recording import describe, record_call
from config.demo.clock import moment
from config.demo.people import People
from config.sweep import do_what_is_due
from moderation.models import Moderation
from moderation.services.discussions import return_to_auditor

MARK = "The last two case notes speak of a mark on the younger child’s arm, and nobody has asked about it."
MISSED = "The child has not been seen at home or at school for three weeks, and nobody has gone to look."
VISITED = "Visited the same afternoon with the school nurse. The child was seen; a visit every week is agreed."
SPOKEN = "Goes out today with a colleague, and rings again after the visit."
TOO_KIND = (
    "Planning is graded Good, but the plan that the audit describes is the one before the core group. The new one has "
    "no dates. Could somebody look at it again?"
)
NOT_HEARD = (
    "The audit says that I was met face to face. We spoke for ten minutes on the phone, and the direct work that I had "
    "uploaded is not mentioned."
)
LOOKED_AT = "I have read the record with the auditor. The plan of the core group was not found then."
LOOKED_AT_AGAIN = (
    f"{LOOKED_AT} The moderator takes it up in the discussion, and auditors have been told where plans are filed."
)
SENT_BACK = (
    "Intervention says that the child was seen alone, and the comment speaks of a visit with the mother in the room. "
    "Please look at it again."
)
TIME_TO_ANSWER = 5
"""Working days."""


def raise_for_safety(taken_on: Audit, waiting: Audit, people: People, day: date) -> None:
    """Both on that day, by the auditors: one is taken on at once, the other goes up to the next manager."""
    concern = _press(taken_on, "taken on", day, 11, 20)
    auditor = taken_on.allocation.auditor
    describe(concern=concern, text=MARK, version=concern.version, by=auditor, at=moment(day, 11, 26))
    manager = _who_takes_it_on(concern, people)
    at = moment(day, 11, 31)
    record_call(concern=concern, spoken_to=manager.name, text=SPOKEN, spoken_at=moment(day, 11, 28), by=auditor, at=at)
    acknowledge(concern=concern, by=manager, at=moment(day, 11, 34))
    _press(waiting, "waits", day, 16, 20)
    do_what_is_due(moment(day, 17, 25))


def look_back_at_one(people: People, as_of: date) -> None:
    """Two weeks ago: taken on within twenty minutes, and closed on the day after."""
    day = add_working_days(as_of, -10)
    audit, manager = _read_by(people.practice_manager, day), people.practice_manager
    auditor = audit.allocation.auditor
    concern = _press(audit, "over", day, 10, 15)
    describe(concern=concern, text=MISSED, version=concern.version, by=auditor, at=moment(day, 10, 19))
    record_call(
        concern=concern,
        spoken_to=manager.name,
        text=SPOKEN,
        spoken_at=moment(day, 10, 22),
        by=auditor,
        at=moment(day, 10, 25),
    )
    acknowledge(concern=concern, by=manager, at=moment(day, 10, 35))
    concern.refresh_from_db()
    close(concern=concern, outcome=VISITED, by=manager, at=moment(add_working_days(day, 1), 9, 40))


def _press(audit: Audit, name: str, day: date, hour: int, minute: int) -> Concern:
    at = moment(day, hour, minute)
    return raise_concern(audit=audit, by=audit.allocation.auditor, at=at, press=f"demonstration {name}")


def _who_takes_it_on(concern: Concern, people: People) -> Person:
    told = concern.recipients.told().filter(part=ConcernPart.PRACTICE_MANAGER).exclude(person=concern.raised_by)
    recipient = told.select_related("person").first()
    return recipient.person if recipient else people.qa[0]


def raise_about_audits(worker: Person, people: People, as_of: date) -> None:
    """The practice manager's was answered, and the answer corrected. The worker's waits for an answer."""
    head, second = people.qa[:2]
    day = add_working_days(as_of, -12)
    concern = quality.raise_concern(
        audit=_read_by(people.practice_manager, day), text=TOO_KIND, by=people.practice_manager, at=moment(day, 10)
    )
    answered_on = add_working_days(day, TIME_TO_ANSWER)
    quality.answer(concern=concern, text=LOOKED_AT, seen=0, by=head, at=moment(answered_on, 15))
    at = moment(answered_on, 15) + timedelta(days=1)
    quality.answer(concern=concern, text=LOOKED_AT_AGAIN, seen=1, by=second, at=at)
    day = add_working_days(as_of, -3)
    about = _read_by(worker, day) or _read_by(people.practice_manager, day)
    if about is not None:
        by = worker if about.allocation.worker_id == worker.pk else people.practice_manager
        quality.raise_concern(audit=about, text=NOT_HEARD, by=by, at=moment(day, 12))


def _read_by(person: Person, day: date) -> Audit | None:
    """The newest audit that the person had read by then."""
    seen = Audit.objects.visible_to(person).filter(state__in=COMPLETED_STATES, submitted_at__lt=moment(day))
    open_to_all = seen.filter(allocation__case__restricted=False).exclude(allocation__auditor=person)
    related = ("allocation__auditor", "allocation__case", "allocation__worker")
    return open_to_all.select_related(*related).order_by("-submitted_at", "allocation__case__case_id").first()


def send_one_back(cycle: Cycle, people: People, day: date) -> None:
    """The audit of the month that came in first and waits for its discussion still, where there is one."""
    waiting = Moderation.objects.open().filter(
        audit__allocation__cycle=cycle, moderator__isnull=False, audit__submitted_at__lt=moment(day, 9)
    )
    others = waiting.exclude(audit__allocation__auditor__in=[people.auditor, people.practice_manager])
    related = ("moderator", "audit__allocation__auditor", "audit__allocation__cycle__rules")
    moderation = others.select_related(*related).order_by("audit__submitted_at", "pk").first()
    if moderation is not None:
        return_to_auditor(moderation=moderation, reason=SENT_BACK, by=moderation.moderator, at=moment(day, 13, 30))
