"""What a copy for the child's file says, read from the audit as it is stored now."""

from datetime import datetime

from django.db.models import Prefetch
from django.utils import timezone

from audits.enums import AuditKind, Capacity, Stage
from audits.models import Action, Audit
from audits.models.audits import AuditQuerySet
from audits.rules.details import look_back_from
from audits.rules.file_copy import (
    CopiedAction,
    CopiedAnswer,
    CopiedDiscussion,
    CopiedFeedback,
    CopiedObservation,
    CopiedSection,
    FileCopy,
)
from audits.rules.form_definition import Section
from audits.rules.grading import overall_ceiling, section_ceiling
from audits.rules.in_words import answered
from audits.services.filled_form import FilledForm

RELATED = (
    "form_version",
    "pack",
    "allocation__auditor",
    "allocation__worker",
    "allocation__case",
    "allocation__cycle__rules",
)


def in_full(audits: AuditQuerySet) -> AuditQuerySet:
    """These audits with everything that a copy says, in a fixed number of queries."""
    actions = Prefetch("actions", Action.objects.select_related("owner").order_by("position", "id"))
    related = ("sections", "feedback", "observations", "participants__person", actions)
    return audits.select_related(*RELATED).prefetch_related(*related)


def content_of(audit: Audit, stage: Stage, at: datetime, discussion: CopiedDiscussion | None) -> FileCopy:
    """The copy, but for its number, of an audit that was read `in_full`. One of Stage 1 holds nothing of Stage 2,
    whenever it is made."""
    filled, allocation, moderated = FilledForm.of(audit), audit.allocation, stage == Stage.TWO
    people = {part.capacity: part.person.name for part in audit.participants.all()}
    completed_at = (audit.signed_off_at if moderated else audit.submitted_at) or at
    from_day = look_back_from(audit.audit_on, filled.form.lookback_months) if audit.audit_on else None
    return FileCopy(
        authority=allocation.cycle.programme.authority_name,
        reference=audit.reference,
        number=0,
        stage=int(stage),
        completed_on=timezone.localdate(completed_at).isoformat(),
        made_at=timezone.localtime(at).isoformat(timespec="seconds"),
        case_number=allocation.case.case_id if allocation.case else allocation.case_label,
        kind=AuditKind(allocation.kind).label,
        cycle=allocation.cycle.name,
        form=filled.form.title,
        pack=filled.pack.title if filled.pack else "",
        team=allocation.team,
        service=allocation.service,
        plan=allocation.get_plan_type_display(),
        auditor=allocation.auditor.name if allocation.auditor else allocation.auditor_label,
        worker=people.get(Capacity.WORKER) or (allocation.worker.name if allocation.worker else ""),
        line_manager=people.get(Capacity.LINE_MANAGER, ""),
        practice_manager=people.get(Capacity.PRACTICE_MANAGER, ""),
        audit_on=audit.audit_on.isoformat() if audit.audit_on else "",
        look_back_from=from_day.isoformat() if from_day else "",
        with_worker=audit.get_worker_involvement_display(),
        not_involved_reason=audit.not_involved_reason,
        what_changed=audit.what_changed,
        overall_grade=audit.overall_grade,
        moderated_grade=audit.moderated_grade if moderated else "",
        sections=tuple(_section(filled, section, moderated) for section in filled.form.sections),
        actions=_actions(audit, moderated),
        feedback=_feedback(audit),
        observations=tuple(
            CopiedObservation(seen.observed_on.isoformat(), seen.setting, seen.notes)
            for seen in audit.observations.all()
        ),
        discussion=discussion,
        disclosure=filled.form.disclosure,
    )


def _section(filled: FilledForm, section: Section, moderated: bool) -> CopiedSection:
    content, audit, row = filled.section(section.key), filled.audit, filled.rows.get(section.key)
    ceiling = overall_ceiling(filled.form, filled.sections) if section.overall else section_ceiling(section, content)
    asked = () if content.not_applicable else content.asked(section)
    after = audit.moderated_grade if section.overall else row.moderated_grade if row else ""
    return CopiedSection(
        key=section.key,
        name=section.name,
        answers=tuple(
            CopiedAnswer(question.text, *answered(question, content.reply(question.key)), question.limiting)
            for question in asked
        ),
        comment_label=section.comment_label,
        comment=content.comment,
        grade=audit.overall_grade if section.overall else content.grade,
        moderated_grade=after if moderated else "",
        not_applicable_reason=content.not_applicable_reason,
        limited=tuple(str(explanation) for explanation in ceiling.explanations()),
        overall=section.overall,
    )


def _actions(audit: Audit, moderated: bool) -> tuple[CopiedAction, ...]:
    """As they were agreed: what becomes of an action is followed elsewhere."""
    submitted_at = audit.submitted_at
    found = []
    for action in audit.actions.all():
        later = bool(submitted_at and action.recorded_at > submitted_at)
        if moderated or not later:
            owner = action.owner.name if action.owner else ""
            found.append(CopiedAction(action.text, owner, action.due_on.isoformat(), action.impact, later))
    return tuple(found)


def _feedback(audit: Audit) -> tuple[CopiedFeedback, ...]:
    return tuple(
        CopiedFeedback(
            source=said.get_source_display(),
            polarity=said.get_polarity_display(),
            text=said.text,
            score="" if said.score is None else str(said.score),
            scale_question=said.scale_question,
            may_quote=said.may_quote,
        )
        for said in audit.feedback.all()
        if not said.in_confidence
    )
