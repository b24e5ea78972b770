"""A programme that has run for ten years, in a PostgreSQL database, by COPY: 200,000 past audits in a few minutes.

What is open today is the same however much lies behind it: a month of audits that are being done, the month before
with its discussions and actions. So two sizes differ in the past alone.
"""

import json
from collections import deque
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import cycle as over_and_over
from itertools import islice
from typing import Any
from uuid import uuid4

import numpy as np
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection

from accounts.enums import MailState, Role
from accounts.models import Activity, Area, OutgoingMail, Person, PersonRole, Service, Team
from audits.enums import (
    ActionState,
    AuditKind,
    AuditState,
    Capacity,
    CycleStatus,
    FormState,
    Grade,
    Standing,
    WorkerInvolvement,
)
from audits.models import (
    Action,
    Allocation,
    Audit,
    AuditSection,
    Case,
    Cycle,
    FormVersion,
    Participant,
    ProgrammeRules,
)
from audits.rules.deadlines import add_months
from audits.rules.form_definition import FormDefinition, QuestionKind, Section
from audits.services.forms import ensure_default_form
from bench._database import copy_in
from moderation.enums import ModerationState
from moderation.models import Moderation

PASSWORD = "a password for the benchmark"  # noqa: S105
MONTHS = 120
AREAS, SERVICES, TEAMS, WORKERS_A_TEAM, AUDITORS, MODERATORS = 4, 6, 100, 5, 300, 30
A_MONTH_NOW = 300
# The last audits are all good, so that no re-audit waits today, whatever the size.
QUIET_MONTHS = 6
A_BATCH = 20_000
PLANS = ("EH", "CIN", "CP", "CIC", "CL")
GRADES = list(Grade)
GRADE_WEIGHTS = (0.08, 0.52, 0.32, 0.08)
COMMENTS = (
    "The child was seen alone at home and at school. What she said is in the plan, in her own words.",
    "The chronology is up to date. The core group met in time; the father was not invited, and it does not say why.",
    "Supervision reflects on the hypothesis and tests it. The next steps have an owner and a day.\\nGood recording.",
)


class Programme:
    """Fills the database, which is empty, and adds past audits to it."""

    def __init__(self, today: date) -> None:
        self.today, self.now = today, datetime.combine(today, time(9), UTC)
        self.rng = np.random.default_rng(7)
        self.month = today.replace(day=1)
        self.audits = 0
        # The audits that a re-audit is to follow: key, case, and the month it is due in, the longest due first.
        self.to_follow: deque[tuple[int, int, date]] = deque()

    def begin(self) -> None:
        """Migrate, and store people, cycles and the work of today."""
        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        self.tool = ensure_default_form()
        self.rules = ProgrammeRules.objects.kept()
        self._make_people()
        self._make_cycles()
        last_month = add_months(self.month, -1)
        self._make_audits([self.month] * A_MONTH_NOW, is_past=False)
        self._make_audits([last_month] * A_MONTH_NOW, is_past=False)
        self._settle()

    def add_past(self, count: int) -> None:
        """As many more audits of the ten years before last month, the oldest first; each that called for a re-audit
        has been followed by one."""
        months = [add_months(self.month, -back) for back in range(2, MONTHS)]
        self.to_follow.clear()
        for some in batched(iter(sorted(islice(over_and_over(months), count))), A_BATCH):
            self._make_audits(some, is_past=True)
        self._settle()

    # People and months

    def _make_people(self) -> None:
        Area.objects.bulk_create(Area(name=f"Area {n}") for n in range(AREAS))
        Service.objects.bulk_create(Service(name=f"Service {n}", code=f"S{n}") for n in range(SERVICES))
        areas, services = list(Area.objects.all()), list(Service.objects.all())
        Team.objects.bulk_create(
            Team(code=f"T{n}", name=f"Team {n}", area=areas[n % AREAS], service=services[n % SERVICES])
            for n in range(TEAMS)
        )
        self.teams = list(Team.objects.select_related("area", "service").order_by("pk"))
        password = make_password(PASSWORD)

        def people(what: str, count: int) -> list[Person]:
            return Person.objects.bulk_create(
                Person(
                    name=f"{what.title()} {n}",
                    email=f"{what}{n}@wexmoor.example",
                    team=self.teams[n % TEAMS],
                    password=password,
                )
                for n in range(count)
            )

        self.auditors, self.moderators = people("auditor", AUDITORS), people("moderator", MODERATORS)
        self.workers, self.qa = people("worker", TEAMS * WORKERS_A_TEAM), people("qa", 3)
        self.managers = self.auditors[:TEAMS]
        for team, manager in zip(self.teams, self.managers, strict=True):
            team.manager = manager
        Team.objects.bulk_update(self.teams, ["manager"])
        for n, worker in enumerate(self.workers):
            worker.line_manager = self.managers[n % TEAMS]
        Person.objects.bulk_update(self.workers, ["line_manager"])
        held = (
            (self.auditors, Role.AUDITOR),
            (self.managers, Role.PRACTICE_MANAGER),
            (self.moderators, Role.MODERATOR),
            (self.workers, Role.SOCIAL_WORKER),
            (self.qa, Role.QA),
        )
        PersonRole.objects.bulk_create(PersonRole(person=person, role=role) for group, role in held for person in group)

    def _make_cycles(self) -> None:
        months = [add_months(self.month, -back) for back in range(MONTHS)]
        copy_in(
            Cycle,
            (
                {
                    "first_month": month,
                    "last_month": month,
                    "status": CycleStatus.OPEN if month == self.month else CycleStatus.CLOSED,
                    "rules_id": self.rules.pk,
                    "form_version_id": self.tool.pk,
                    "published_at": self.now,
                }
                for month in months
            ),
        )
        self.cycles = dict(Cycle.objects.values_list("first_month", "pk"))

    # Audits

    def _make_audits(self, months: list[date], *, is_past: bool) -> None:
        """One case, allocation and audit a month named, all with the same key, and what belongs to them."""
        first = self.audits + 1
        self.audits += len(months)
        made = [self._audit(key, month, is_past=is_past) for key, month in enumerate(months, start=first)]
        with connection.cursor() as cursor:
            # Every row refers to rows that are there: asking the database for each would double the time.
            cursor.execute("SET session_replication_role = replica")
            copy_in(Case, (one["case"] for one in made))
            copy_in(Allocation, (one["allocation"] for one in made))
            copy_in(Audit, (one["audit"] for one in made))
            copy_in(Participant, (row for one in made for row in one["participants"]))
            copy_in(Activity, (row for one in made for row in one["activities"]))
            copy_in(OutgoingMail, (row for one in made for row in one["mails"]))
            copy_in(AuditSection, (row for one in made for row in self._sections(one["audit"])))
            completed = [one for one in made if one["audit"]["submitted_at"]]
            copy_in(Action, (row for one in completed for row in self._actions(one)))
            copy_in(Moderation, (self._moderation(one) for one in completed))
            cursor.execute("SET session_replication_role = origin")

    def _audit(self, key: int, month: date, *, is_past: bool) -> dict[str, Any]:
        rng, now = self.rng, month == self.month
        nth = int(rng.integers(len(self.workers)))
        auditor, worker, team = self.auditors[key % AUDITORS], self.workers[nth], self.teams[nth % TEAMS]
        due_on = month.replace(day=21)
        submitted = datetime.combine(due_on - timedelta(days=int(rng.integers(12))), time(15), UTC)
        state = self._state(key, now=now, is_past=is_past)
        done = state in (AuditState.SUBMITTED, AuditState.SIGNED_OFF)
        chance = float(rng.random())
        reference = f"CA-{key:08}"
        grade, moderated = self._grade() if done else "", self._grade() if done and chance < 0.2 else ""
        follows, case = None, key
        if done and is_past:
            if self.to_follow and self.to_follow[0][2] <= month:
                follows, case, _ = self.to_follow.popleft()
            if month >= add_months(self.month, -QUIET_MONTHS):
                grade, moderated = Grade.GOOD, ""
            elif (moderated or grade) == Grade.INADEQUATE:
                self.to_follow.append((key, case, add_months(month, 3)))
        kind = AuditKind.REAUDIT if follows else AuditKind.DIRECTED if chance > 0.99 else AuditKind.AUDIT
        return {
            "case": {
                "id": key,
                "case_id": f"C{key:07}",
                "date_of_birth": date(2014, 5, 4) + timedelta(days=int(rng.integers(3000))),
                "gender": "Female" if key % 2 else "Male",
                "plan_type": PLANS[key % 5],
                "statuses": [PLANS[key % 5]],
                "service_id": team.service_id,
                "team_id": team.pk,
                "worker_id": worker.pk,
                "opened_on": date(2015, 1, 5),
                "last_audited_on": submitted.date() if done else None,
                "updated_at": self.now,
            },
            "allocation": {
                "id": key,
                "cycle_id": self.cycles[month],
                "case_id": case,
                "reaudit_of_id": follows,
                "auditor_id": auditor.pk,
                "worker_id": worker.pk,
                "kind": kind,
                "standing": Standing.EXEMPT if state == AuditState.NOT_RETURNED and key % 40 == 0 else Standing.LIVE,
                "due_on": due_on,
                "allocated_at": self.now,
                "team": team.name,
                "team_code": team.code,
                "service": team.service.name,
                "area": team.area.name,
                "plan_type": PLANS[key % 5],
                "statuses": [PLANS[key % 5]],
                "gender": "Female" if key % 2 else "Male",
                "age_band": "5 to 9",
                "age": 8,
                "reason": {"why": ["the sample of the month", "no other auditor of the area had a place"]},
            },
            "audit": {
                "id": key,
                "allocation_id": key,
                "reference": reference,
                "form_version_id": None if state == AuditState.NOT_STARTED else self.tool.pk,
                "state": state,
                "overall_grade": grade,
                "moderated_grade": moderated if state == AuditState.SIGNED_OFF else "",
                "audit_on": submitted.date() if done else None,
                "worker_involvement": WorkerInvolvement.FACE_TO_FACE if done else "",
                "started_at": None if state == AuditState.NOT_STARTED else self.now,
                "submitted_at": submitted if done else None,
                "completed_on": submitted.date() if done else None,
                "signed_off_at": submitted + timedelta(days=9) if state == AuditState.SIGNED_OFF else None,
            },
            "participants": [
                {"audit_id": key, "person_id": person.pk, "capacity": capacity}
                for person, capacity in (
                    (auditor, Capacity.AUDITOR),
                    (worker, Capacity.WORKER),
                    (team.manager, Capacity.LINE_MANAGER),
                    (team.manager, Capacity.PRACTICE_MANAGER),
                    (self.moderators[key % MODERATORS], Capacity.MODERATOR),
                )
            ],
            "activities": [
                {
                    "at": at + timedelta(hours=1),
                    "actor_id": person.pk,
                    "verb": verb,
                    "thing_type": "audit",
                    "thing_ref": reference,
                    "summary": f"Audit {reference} {verb}",
                }
                for person, verb, at in (
                    (auditor, "audit.started", submitted - timedelta(days=3)),
                    (auditor, "audit.submitted", submitted),
                    (worker, "audit.read", submitted),
                    (team.manager, "audit.read", submitted),
                )
                if done and (verb != "audit.read" or key % 7)
            ],
            "mails": [
                {
                    "reference": uuid4(),
                    "thing": f"audit:{reference}",
                    "rule": rule,
                    "to": person.email,
                    "subject": f"Audit {reference}",
                    "body": "An audit is yours.",
                    "state": MailState.SENT,
                    "queued_at": submitted,
                    "send_after": submitted,
                    "sent_at": submitted,
                }
                for person, rule in ((auditor, "audit.allocated"), (worker, "audit.allocated"))
            ],
            "team": team,
            "is_past": is_past,
        }

    def _state(self, key: int, *, now: bool, is_past: bool) -> AuditState:
        if now:
            return (AuditState.NOT_STARTED, AuditState.IN_PROGRESS)[key % 2]
        if not is_past:
            return (AuditState.SUBMITTED, AuditState.SIGNED_OFF)[key % 2]
        return AuditState.NOT_RETURNED if key % 20 == 0 else AuditState.SIGNED_OFF

    def _grade(self) -> Grade:
        return GRADES[int(self.rng.choice(len(GRADES), p=GRADE_WEIGHTS))]

    def _sections(self, audit: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if audit["form_version_id"] is None:
            return
        for position, (section, answers) in enumerate(self._answered):
            yield {
                "audit_id": audit["id"],
                "key": section.key,
                "name": section.name,
                "position": position,
                "version": 4,
                "answers": answers[(audit["id"] + position) % len(answers)],
                "comment": COMMENTS[(audit["id"] + position) % len(COMMENTS)],
                "grade": audit["overall_grade"] if section.graded else "",
                "saved_at": self.now,
            }

    @cached_property
    def _answered(self) -> list[tuple[Section, list[str]]]:
        """Each section with twenty ways to answer it, as the database stores them."""
        return [
            (section, [json.dumps(answers_of(section, self.rng)) for _ in range(20)])
            for section in self.tool.form.sections
        ]

    def _actions(self, one: dict[str, Any]) -> Iterator[dict[str, Any]]:
        key, manager, at = one["audit"]["id"], one["team"].manager, one["audit"]["submitted_at"]
        signer = self.auditors[(key + 1) % AUDITORS]
        for position in range(key % 3):
            done = one["is_past"] or position
            yield {
                "audit_id": key,
                "position": position,
                "text": "Bring the chronology up to date and read it with the family at the next visit.",
                "owner_id": manager.pk,
                "due_on": at.date() + timedelta(days=30),
                "impact": "The pattern of the last year is seen, and the plan answers it.",
                "state": ActionState.SIGNED_OFF if done else ActionState.OPEN,
                "recorded_at": at,
                "recorded_by_id": one["allocation"]["auditor_id"],
                "completed_at": at if done else None,
                "completed_by_id": manager.pk if done else None,
                "signer_id": signer.pk if done else None,
                "signed_off_at": at if done else None,
                "signed_off_by_id": self.qa[0].pk if done else None,
            }

    def _moderation(self, one: dict[str, Any]) -> dict[str, Any]:
        audit = one["audit"]
        at, is_signed = audit["submitted_at"], audit["state"] == AuditState.SIGNED_OFF
        return {
            "audit_id": audit["id"],
            "moderator_id": self.moderators[audit["id"] % MODERATORS].pk,
            "state": ModerationState.SIGNED_OFF if is_signed else ModerationState.AWAITING,
            "assigned_at": at,
            "due_on": at.date() + timedelta(days=14),
            "held_on": at.date() + timedelta(days=9) if is_signed else None,
            "signed_off_at": at + timedelta(days=9) if is_signed else None,
        }

    def _settle(self) -> None:
        """Tell the sequences which keys are taken, and the planner what is in the tables."""
        with connection.cursor() as cursor:
            for table in (Case, Allocation, Audit):
                name = table._meta.db_table
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")  # noqa: S608
            cursor.execute("VACUUM ANALYZE")


def batched(months: Iterator[date], size: int) -> Iterator[list[date]]:
    while some := list(islice(months, size)):
        yield some


def answers_of(section: Section, rng: np.random.Generator | None = None) -> dict[str, dict[str, Any]]:
    """Every question of the section answered, as it is stored."""
    return {
        question.key: {"value": _value(question.kind, question.possible_answers(), rng)}
        for question in section.questions
    }


def _value(kind: str, possible: tuple[str, ...], rng: np.random.Generator | None) -> str | list[str]:
    if kind == QuestionKind.DATE:
        return "2026-03-09"
    if not possible:
        return "He said that he likes his new school, and that he wants to see his brother more often."
    answer = possible[int(rng.integers(len(possible)))] if rng else possible[0]
    return [answer] if kind == QuestionKind.CHOICES else answer


def one_section_tool(questions: int = 40) -> FormVersion:
    """A published tool with all its questions on one page, of every kind, beside the section of the overall grade."""
    kinds = {
        32: {"kind": "choice", "choices": [{"key": k, "label": k.title()} for k in ("daily", "weekly", "never")]},
        33: {"kind": "choice", "choices": [{"key": k, "label": k.title()} for k in ("daily", "weekly", "never")]},
        34: {"kind": "choices", "choices": [{"key": k, "label": k.title()} for k in ("home", "school", "clinic")]},
        35: {"kind": "scale"},
        36: {"kind": "date"},
        37: {"kind": "date"},
        38: {"kind": "long_text", "required": False},
        39: {"kind": "long_text", "required": False},
    }
    reasons = [
        {"key": "not_born", "label": "The child is not born yet"},
        {"key": "other", "label": "Another reason", "written": True},
    ]
    judgement = {"kind": "yes_no_na", "guidance": "Look at the last six months of recording.", "na_reasons": reasons}
    definition = {
        "key": "all_on_one_page",
        "title": "All on one page",
        "sections": [
            {
                "key": "everything",
                "name": "Everything",
                "questions": [
                    {"key": f"everything.q{n}", "text": f"Is judgement {n} of the practice met?"}
                    | kinds.get(n, judgement | ({"limits_to": "requires_improvement"} if n < 6 else {}))
                    for n in range(questions)
                ],
                "descriptors": [{"grade": str(g), "opening": "Shows:", "phrases": ["One", "Two"]} for g in Grade],
            },
            {"key": "overall", "name": "Overall", "graded": False, "overall": True},
        ],
    }
    FormDefinition.from_dict(definition)
    return FormVersion.objects.get_or_create(
        key="all_on_one_page",
        number=1,
        defaults={
            "title": "All on one page",
            "definition": definition,
            "state": FormState.PUBLISHED,
            "published_at": datetime(2026, 1, 5, 9, tzinfo=UTC),
        },
    )[0]
