"""Everything open of a person who leaves or is away, and giving it to others at one press.

Each floor says what is open of a person and who could take it, and has one verb that gives one thing to somebody else.
Here they are put side by side; nothing is decided here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator

import audits.services.action_owners
import audits.services.handover
import moderation.services.handover
from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Absence, Person
from accounts.permissions import ensure
from accounts.task_list import Task
from audits.action_permissions import readable_by
from audits.candidates import Candidate, candidates_for, wanted_for
from audits.models import Action
from audits.services.actions import hand_over as hand_over_action
from audits.services.handover import hand_over_audit
from moderation.services.handover import free_moderators_for, reassign

AUDIT, DISCUSSION, ACTION = "audit", "discussion", "action"
NONE = (0, date.max)
NOT_THEIR_ROLE = "Has not the role for it any more"
OFFERED = 8
"""How many of those who could take something are offered in its row; its own page offers them all."""


@dataclass(frozen=True)
class Item:
    """One thing that is open. `choices`: who could take it, the one proposed first, as (key, name and load).

    `give`: the floor's own verb, called with `to=`, `by=`, `at=` and `reason=`.
    """

    key: str
    kind: str
    title: str
    url: str
    due_on: date | None
    choices: tuple[tuple[str, str], ...]
    give: Callable[..., object]
    hint: str = ""

    def is_due_within(self, absences: list[tuple[date, date | None]], today: date) -> bool:
        day = max(self.due_on or today, today)
        return any(start <= day and (end is None or day <= end) for start, end in absences)


class Refused(NamedTuple):
    """What could not be given, and why. It stays where it is."""

    item: Item
    why: str


class Waiting(NamedTuple):
    """A person who has left or is away, and how much of theirs waits until they are back."""

    person: Person
    why: str
    audits: int
    discussions: int
    actions: int
    first_due_on: date


def open_work_of(person: Person, *, reader: Person, today: date) -> list[Item]:
    """Everything open of the person, with who could take it: a number of queries that does not grow with it."""
    return [*_audits(person, today), *_discussions(person, today), *_actions(person, reader)]


def hand_over(
    items: list[Item], to: Mapping[str, Person], *, by: Person, at: datetime, reason: str, more_time: bool = False
) -> tuple[list[Item], list[Refused]]:
    """Give each item to the person named for its key: what was given, and what could not be. Each by itself, with its
    own checks, log and mail; `more_time` is for audits."""
    ensure(by.may(Permission.RUN_CYCLES), "Only QA gives the work of people to others.")
    given, refused = [], []
    for item in items:
        if item.key not in to:
            continue
        days = {"more_time": True} if more_time and item.kind == AUDIT else {}
        try:
            item.give(to=to[item.key], by=by, at=at, reason=reason, **days)
        except UserError as error:
            refused.append(Refused(item, str(error)))
        else:
            given.append(item)
    return given, refused


def counts_of(person: Person) -> dict[str, int]:
    """How much is open of a person, by kind."""
    return {
        AUDIT: len(audits.services.handover.open_work_of(person)),
        DISCUSSION: len(moderation.services.handover.open_work_of(person)),
        ACTION: len(audits.services.action_owners.open_work_of(person)),
    }


def waiting_on(today: date) -> list[Waiting]:
    """Everybody who has left or is away with open work, who has the earliest first."""
    audit_counts = audits.services.handover.counts_of_the_absent(today)
    discussions = moderation.services.handover.counts_of_the_absent(today)
    actions = audits.services.action_owners.counts_of_the_absent(today)
    people = Person.objects.filter(pk__in={*audit_counts, *discussions, *actions}).prefetch_related("absences")
    rows = [
        Waiting(
            person=person,
            why=why_absent(person, today) or NOT_THEIR_ROLE,
            audits=audit_counts.get(person.pk, NONE)[0],
            discussions=discussions.get(person.pk, NONE)[0],
            actions=actions.get(person.pk, NONE)[0],
            first_due_on=min(counts.get(person.pk, NONE)[1] for counts in (audit_counts, discussions, actions)),
        )
        for person in people
    ]
    return sorted(rows, key=lambda row: (row.first_due_on, row.person.name))


def why_absent(person: Person, today: date) -> str:
    """That a person has left, or is away now or soon; blank where neither."""
    if not person.is_active:
        return "Has left"
    ahead = [absence for absence in person.absences.all() if absence.ends_on is None or absence.ends_on >= today]
    return in_words(ahead[0], today) if ahead else ""


def in_words(absence: Absence, today: date) -> str:
    begins = "Away" if absence.starts_on <= today else f"Away from {date_format(absence.starts_on, 'j F Y')}"
    ends = f"until {date_format(absence.ends_on, 'j F Y')}" if absence.ends_on else "until further notice"
    return f"{begins} {ends}"


def tasks_for(person: Person, on: date) -> list[Task]:
    """For QA: what waits for people who will not do it."""
    if not person.may(Permission.RUN_CYCLES):
        return []
    waiting = waiting_on(on)
    if not waiting:
        return []
    people = f"{len(waiting)} people" if len(waiting) > 1 else waiting[0].person.name
    return [
        Task(
            title="Open work of people who have left or are away",
            url=reverse("open_work"),
            status="To hand over",
            group="People",
            due_on=waiting[0].first_due_on,
            hint=people,
        )
    ]


def _audits(person: Person, today: date) -> list[Item]:
    """Each auditor is proposed one before anybody is proposed two, those with a place to spare first."""
    own = audits.services.handover.open_work_of(person)
    candidates = candidates_for(wanted_for(own, today))
    proposed: Counter[int] = Counter()
    items = []
    for audit in own:
        allowed = [candidate for candidate in candidates.get(audit.reference, []) if not candidate.bar]
        allowed.sort(key=lambda one: (one.is_let_off, proposed[one.person.pk] + one.is_full))
        proposed.update(candidate.person.pk for candidate in allowed[:1])
        items.append(
            Item(
                key=f"{AUDIT}-{audit.reference}",
                kind=AUDIT,
                title=f"Audit {audit.reference}",
                url=reverse("audit_hand_over", args=[audit.reference]),
                due_on=audit.due_on,
                hint=f"{audit.allocation.cycle.name}, {audit.get_state_display().lower()}",
                choices=_choices((one.person, _load(one)) for one in allowed),
                give=partial(hand_over_audit, audit=audit),
            )
        )
    return items


def _discussions(person: Person, today: date) -> list[Item]:
    own = moderation.services.handover.open_work_of(person)
    eligible = free_moderators_for(own, today)
    proposed: Counter[int] = Counter()
    items = []
    for discussion in own:
        reference = discussion.audit.reference
        found = sorted(eligible[discussion.pk], key=lambda pair: pair[1] + proposed[pair[0].pk])
        proposed.update(moderator.pk for moderator, _ in found[:1])
        items.append(
            Item(
                key=f"{DISCUSSION}-{reference}",
                kind=DISCUSSION,
                title=f"Discussion of audit {reference}",
                url=reverse("moderation_reassign", args=[reference]),
                due_on=discussion.due_on,
                choices=_choices((moderator, f"{count} open") for moderator, count in found),
                give=partial(reassign, moderation=discussion),
            )
        )
    return items


def _actions(person: Person, reader: Person) -> list[Item]:
    own = audits.services.action_owners.open_work_of(person)
    owners = audits.services.action_owners.owners_for(own)
    readable = readable_by(reader, own)
    return [
        Item(
            key=f"{ACTION}-{action.pk}",
            kind=ACTION,
            title=f"Action of audit {action.audit.reference}",
            url=reverse("action_hand_over", args=[action.pk]),
            due_on=action.due_on,
            hint=_in_short(action) if action.pk in readable else "Of a restricted record",
            choices=_choices((owner, "") for owner in owners[action.pk]),
            give=partial(hand_over_action, action=action),
        )
        for action in own
    ]


def _load(candidate: Candidate) -> str:
    return f"{candidate.held} now, was let off" if candidate.is_let_off else f"{candidate.held} now"


def _choices(people: Iterable[tuple[Person, str]]) -> tuple[tuple[str, str], ...]:
    offered = [(str(person.pk), f"{person}, {load}" if load else str(person)) for person, load in people]
    return tuple(offered[:OFFERED])


def _in_short(action: Action) -> str:
    return Truncator(action.text).words(10)
