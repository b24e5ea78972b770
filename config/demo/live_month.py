"""The live month, through the program's own services, day by day from its draw to yesterday.

What happens here is what people would do in the browser, with the same checks, mails and log entries: the program draws
and publishes, auditors fill in and submit, moderators are found and sign off, managers complete actions.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from accounts.models import Person
from audits.enums import ActionState, Answer, AuditKind, FeedbackSource, Grade, Polarity, WorkerInvolvement
from audits.models import Action, Audit, Cycle
from audits.rules.deadlines import action_due, draw_publication
from audits.rules.details import Details
from audits.rules.filled import FilledSection
from audits.rules.working_days import add_working_days, is_working_day
from audits.services import action_drafts, actions, checks, cycles, reaudits, stage1, voices
from audits.services.filled_form import FilledForm
from config.demo import phrases
from config.demo.accounts import email_of
from config.demo.answers import Child, FilledAudit, fill
from config.demo.before_the_draw import settle_before_the_draw
from config.demo.clock import moment, office_moment, stream
from config.demo.concerns import look_back_at_one, raise_about_audits, raise_for_safety, send_one_back
from config.demo.findings import ask_vaguely, attach_minutes, observe
from config.demo.other_hands import commission_audits, declare_conflicts, fall_ill
from config.demo.people import People
from config.demo.requests import ask_before_beginning, ask_while_under_way
from config.demo.themes import themes_said
from config.demo.voices import DIFFERENCE_MADE, DISCUSSION_STRENGTHS, FEEDBACK, LOWERED, REFLECTIONS
from config.sweep import do_what_is_due
from moderation.enums import Attended
from moderation.models import Moderation
from moderation.rules.discussion import Decision, Discussion, Presence
from moderation.services import discussions

SEED = 20_260_704
HALF_FINISHED = 4
SUBMITTED_AT_ONCE, SUBMITTED_A_DAY, SUBMITTED_AT_MOST = 0.15, 0.04, 0.55
"""Shares of the month's audits that have come back, by working days since it was published."""

QUALITY = 0.75
WAIT_FOR_DISCUSSION, WAIT_FOR_ACTION = 3, 4
"""Working days a moderator, and the owner of an action, takes at least."""


def load_live_month(people: People, live: date, as_of: date) -> None:
    opened_on = draw_publication(live)
    admin = Person.objects.get(email=email_of("admin"))
    settle_before_the_draw(people, admin, live, add_working_days(opened_on, -2))
    cycle = cycles.get_or_plan(live)
    cycles.draw_and_publish(cycle=cycle, by=None, at=moment(opened_on, 8), seed=SEED)
    month = LiveMonth(cycle, people, as_of)
    for day in _working_days(opened_on + timedelta(days=1), as_of):
        month.live_through(day)
    month.leave_work_for_the_auditor_and_the_worker()
    month.meet_the_unforeseen(admin)
    month.have_concerns()


class LiveMonth:
    def __init__(self, cycle: Cycle, people: People, as_of: date) -> None:
        self.cycle, self.people, self.as_of = cycle, people, as_of
        self.rng: Random = stream("live month")
        self.besides: Random = stream("beside the sections")
        audits = list(
            Audit.objects.filter(allocation__cycle=cycle)
            .select_related("allocation__auditor", "allocation__case", "allocation__worker__line_manager")
            .order_by("allocation_id")
        )
        self.of_the_auditor = [audit for audit in audits if audit.allocation.auditor == people.auditor]
        others = [
            audit for audit in audits if audit not in self.of_the_auditor and not audit.allocation.case.restricted
        ]
        self.restricted = [audit for audit in audits if audit.allocation.case.restricted]
        self.rng.shuffle(others)
        days = len(_working_days(draw_publication(cycle.first_month), as_of))
        submitted = round(len(others) * min(SUBMITTED_AT_ONCE + days * SUBMITTED_A_DAY, SUBMITTED_AT_MOST))
        self.half_finished = others[submitted : submitted + HALF_FINISHED]
        untouched = others[submitted + HALF_FINISHED :]
        self.untouched = sorted(untouched, key=lambda audit: audit.allocation.kind != AuditKind.AUDIT)
        self.submissions = self._plan_submissions(others[:submitted])

    def _plan_submissions(self, audits: list[Audit]) -> dict[date, list[Audit]]:
        """On which day each comes in: spread over the time there was, and not before the month where it has begun."""
        days = list(_working_days(add_working_days(draw_publication(self.cycle.first_month), 1), self.as_of))
        in_the_month = [day for day in days if day >= self.cycle.first_month]
        planned: dict[date, list[Audit]] = defaultdict(list)
        for audit in audits:
            planned[self.rng.choice(in_the_month or days)].append(audit)
        return planned

    def live_through(self, day: date) -> None:
        do_what_is_due(moment(day, 8, 5))
        for audit in self.submissions.get(day, ()):
            self._submit(audit, day)
        self._moderate(day)
        self._complete_actions(day)
        self._sign_actions_off(day)

    # Stage 1

    def _submit(self, audit: Audit, day: date) -> None:
        at = office_moment(day, self.rng)
        auditor = audit.allocation.auditor
        self._prepare(audit, at - timedelta(hours=2))
        filled = self._fill(audit, day)
        for key, section in filled.sections.items():
            self._save_section(audit, key, section, filled.overall, at)
        self._add_actions(audit, filled.overall, at)
        if self.rng.random() < 0.5:
            self._add_feedback(audit, at)
        if audit.allocation.worker and self.rng.random() < 0.8:
            self._reflect(audit, at)
        self._add_findings(audit, at)
        stage1.submit(audit=audit, by=auditor, at=at + timedelta(minutes=30))

    def _prepare(self, audit: Audit, at: datetime) -> None:
        """The three checks, and how the audit was done."""
        auditor = audit.allocation.auditor
        stage1.start(audit=audit, by=auditor, at=at)
        checks.confirm_worker(audit=audit, by=auditor, at=at)
        checks.check_restriction(audit=audit, by=auditor, at=at)
        meeting = checks.Meeting(at + timedelta(hours=1), "Team room")
        checks.arrange_meeting(audit=audit, meeting=meeting, by=auditor, at=at)
        how, why = WorkerInvolvement.FACE_TO_FACE, ""
        if audit.allocation.worker is None:
            how, why = WorkerInvolvement.NOT_INVOLVED, "The case has no allocated worker."
        details = Details(at.date(), how, why)
        audit.refresh_from_db()
        saved = stage1.save_details(audit=audit, details=details, version=audit.version, by=auditor, at=at)
        if audit.allocation.kind == AuditKind.REAUDIT:
            text = self.rng.choice(phrases.WHAT_CHANGED)
            reaudits.save_what_changed(audit=audit, text=text, version=saved.version, by=auditor, at=at)

    def _fill(self, audit: Audit, day: date) -> FilledAudit:
        case, allocation = audit.allocation.case, audit.allocation
        child = Child(allocation.plan_type, allocation.age, bool(case.disability) and case.service.code == "disability")
        return fill(audit.form_version.form, child, self.rng.gauss(QUALITY, 1), day, self.rng)

    def _save_section(self, audit: Audit, key: str, section: FilledSection, overall: Grade, at: datetime) -> None:
        if audit.form_version.form.section(key).overall:
            section = replace(section, grade=overall)
        stage1.save_section(
            audit=audit,
            key=key,
            posted=section,
            version=0,
            by=audit.allocation.auditor,
            at=at,
            not_applicable=section.not_applicable,
        )

    def _add_actions(self, audit: Audit, overall: Grade, at: datetime) -> None:
        count = {Grade.OUTSTANDING: 0, Grade.GOOD: 1}.get(overall, 2)
        for text, impact in self.rng.sample(phrases.ACTIONS, count):
            urgent = overall == Grade.INADEQUATE
            due = action_due(at.date(), urgent=urgent)
            draft = action_drafts.ActionDraft(text, None, due, impact, urgent)
            action_drafts.add_action(audit=audit, draft=draft, by=audit.allocation.auditor, at=at)

    def _add_feedback(self, audit: Audit, at: datetime) -> None:
        source = self.rng.choice((FeedbackSource.PARENT, FeedbackSource.EDUCATION))
        polarity = self.rng.choice(list(Polarity))
        text, themes = self.rng.choice(FEEDBACK[source, polarity]), themes_said(source, polarity)
        draft = voices.FeedbackDraft(source, polarity, text, may_quote=True, themes=themes)
        voices.add_feedback(audit=audit, draft=draft, by=audit.allocation.auditor, at=at)

    def _add_findings(self, audit: Audit, at: datetime) -> None:
        """Some auditors were there when people met; some attach what they speak of."""
        if self.besides.random() < 0.4:
            observe(audit, self.besides.randrange(3), at)
        if self.besides.random() < 0.25:
            attach_minutes(audit, "planning", at)

    def _reflect(self, audit: Audit, at: datetime) -> None:
        texts = {name: self.rng.choice(said) for name, said in REFLECTIONS.items()}
        voices.save_reflection(audit=audit, texts=texts, version=0, by=audit.allocation.worker, at=at)

    # Stage 2

    def _moderate(self, day: date) -> None:
        """Whoever has had an audit for some days holds the discussion; every third one waits longer."""
        waiting = Moderation.objects.open().filter(
            audit__allocation__cycle=self.cycle,
            audit__completed_on__lte=add_working_days(day, -WAIT_FOR_DISCUSSION),
            moderator__isnull=False,
        )
        for moderation in waiting.select_related("audit__allocation", "moderator").order_by("pk"):
            if self.rng.random() < 0.3:
                self._discuss(moderation, day)

    def _discuss(self, moderation: Moderation, day: date) -> None:
        at = moment(day, 16, self.rng.randint(0, 50))
        parts = discussions.graded_parts(FilledForm.of(moderation.audit))
        decisions = {part.key: Decision(final=part.original) for part in parts}
        if self.rng.random() < 0.25 and parts[0].original != Grade.INADEQUATE:
            worse = list(Grade)[list(Grade).index(Grade(parts[0].original)) + 1]
            decisions[parts[0].key] = Decision(final=worse, reason=self.rng.choice(LOWERED))
        discussion = Discussion(
            decisions=decisions,
            attendance={capacity: Presence("yes") for capacity in Attended},
            held_on=(str(day.day), str(day.month), str(day.year)),
            duration=self.rng.choice(("40", "50", "60")),
            difference_made=self.rng.choice(DIFFERENCE_MADE),
            strengths=self.rng.choice(DISCUSSION_STRENGTHS),
        )
        by = moderation.moderator
        version = discussions.save_draft(
            moderation=moderation, posted=discussion, version=moderation.version, by=by, at=at
        )
        discussions.sign_off(moderation=moderation, version=version, by=by, at=at + timedelta(minutes=5))

    # Actions

    def _complete_actions(self, day: date) -> None:
        old_enough = moment(add_working_days(day, -WAIT_FOR_ACTION), 23)
        mine = Action.objects.open().filter(audit__allocation__cycle=self.cycle, recorded_at__lte=old_enough)
        for action in mine.exclude(owner=self.people.practice_manager).select_related("audit", "owner").order_by("pk"):
            if self.rng.random() < 0.2:
                note = self.rng.choice(phrases.COMPLETION_NOTES)
                actions.complete(action=action, note=note, by=action.owner, at=office_moment(day, self.rng))

    def _sign_actions_off(self, day: date) -> None:
        waiting = Action.objects.published().filter(
            audit__allocation__cycle=self.cycle, state=ActionState.COMPLETED, completed_at__lt=moment(day, 0)
        )
        for action in waiting.exclude(signer=None).select_related("audit", "signer").order_by("pk"):
            if self.rng.random() < 0.3:
                actions.sign_off(action=action, note="", by=action.signer, at=moment(day, 16, 55))

    # What waits for the accounts of the demonstration

    def leave_work_for_the_auditor_and_the_worker(self) -> None:
        """The auditor has one audit half finished and one to begin; its worker has a reflection to write."""
        yesterday = add_working_days(self.as_of, -1)
        ready = [audit for audit in self.of_the_auditor if self._suits_the_worker(audit)]
        self.mine = (ready or self.of_the_auditor)[0]
        begun = (self.mine, *self.half_finished)
        for audit in begun:
            self._fill_half(audit, yesterday)
        worker = next(audit.allocation.worker for audit in begun if self._suits_the_worker(audit))
        Person.objects.filter(pk=worker.pk).update(email=email_of("worker"))
        self.worker = Person.objects.get(pk=worker.pk)
        at = moment(yesterday, 11, 5)
        observe(self.mine, 0, at)
        attach_minutes(self.mine, "assessment", at)
        ask_vaguely(self.mine, yesterday, at)

    def meet_the_unforeseen(self, admin: Person) -> None:
        """Yesterday's requests, decided and waiting; somebody ill, a conflict of interest, audits that QA directs."""
        yesterday, qa = add_working_days(self.as_of, -1), self.people.qa[0]
        *others, in_conflict = self.untouched
        ill = [audit for audit in self.half_finished if audit.allocation.auditor != self.people.practice_manager][-1]
        ask_before_beginning(others, moment(yesterday, 11), qa)
        ask_while_under_way(self.half_finished, self.restricted, moment(yesterday, 14), qa)
        declare_conflicts(in_conflict, self.people, moment(yesterday, 15))
        fall_ill(ill, moment(yesterday, 15, 30), admin)
        commission_audits(self.people, moment(yesterday, 16))

    def have_concerns(self) -> None:
        """For a child's safety, about audits, and of a moderator who asks the auditor to look again."""
        yesterday = add_working_days(self.as_of, -1)
        look_back_at_one(self.people, self.as_of)
        raise_for_safety(self.mine, self.half_finished[0], self.people, yesterday)
        raise_about_audits(self.worker, self.people, self.as_of)
        send_one_back(self.cycle, self.people, yesterday)

    @staticmethod
    def _suits_the_worker(audit: Audit) -> bool:
        worker = audit.allocation.worker
        return worker is not None and worker.is_active and not audit.allocation.case.restricted

    def _fill_half(self, audit: Audit, day: date) -> None:
        """The first two sections complete, of the third the first answers."""
        at = moment(day, 10, self.rng.randint(0, 50))
        self._prepare(audit, at - timedelta(hours=1))
        filled = self._fill(audit, day)
        first, second, third, *_ = filled.sections
        for key in (first, second):
            self._save_section(audit, key, filled.sections[key], filled.overall, at)
        begun = filled.sections[third]
        answered = {key: reply for key, reply in begun.replies.items() if reply.value == Answer.YES}
        self._save_section(audit, third, FilledSection(dict(list(answered.items())[:2])), filled.overall, at)


def _working_days(first: date, end: date) -> list[date]:
    """The working days from `first` up to, without, `end`."""
    days = (first + timedelta(days=n) for n in range((end - first).days))
    return [day for day in days if is_working_day(day)]
