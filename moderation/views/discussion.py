"""The Stage 2 page: Stage 1 beside what the moderator decides, saved while it is written."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import autosave
from accounts.autosave import Difference
from accounts.enums import Permission
from accounts.errors import StaleVersion, UserError
from accounts.permissions import everybody_signed_in, requires, signed_in
from accounts.services.activity import record
from audits.pages.copies import copies_of
from audits.pages.reading import ReadSection, read_sections
from audits.permissions import may_read_form, sees_case
from audits.request_permissions import has_asked_for_access
from audits.rules.answers import Problem
from audits.services.filled_form import FilledForm
from moderation.enums import ModerationState
from moderation.forms.differences import differences
from moderation.forms.discussion_form import DiscussionForm, Posted
from moderation.models import OVERALL, Moderation
from moderation.permissions import is_moderator, is_open, may_moderate, may_reassign
from moderation.reading import signed_off_result
from moderation.rules.discussion import Discussion, GradedPart
from moderation.services.discussions import graded_parts, people_of_discussion, problems_of, save_draft
from moderation.views.loading import OWN, own_moderation, visible_moderation


@everybody_signed_in(scope="the moderations they see: their own, those of their audits once signed off; all for QA")
@require_http_methods(["GET", "HEAD", "POST"])
def moderation_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """For its moderator, the discussion to write down; for everybody else, and once it is signed off, to read."""
    moderation = visible_moderation(request, reference)
    if not may_moderate(signed_in(request), moderation):
        return redirect(request.path) if request.method == "POST" else _read(request, moderation)
    if request.method == "POST":
        return _save(request, moderation)
    _record_reading(request, moderation)
    problems = problems_of(moderation, timezone.now()) if "check" in request.GET else ()
    return _page(request, moderation, Discussion.from_stored(moderation.draft), problems)


@requires(Permission.MODERATE_AUDITS, scope=OWN)
@require_POST
def moderation_autosave(request: HttpRequest, reference: str) -> HttpResponse:
    """Saves what is typed so far and answers with the new version and when it was saved."""
    moderation = own_moderation(request, reference)
    parts = graded_parts(FilledForm.of(moderation.audit))
    try:
        version = autosave.in_turn(partial(_keep, request, moderation, parts), int, request.POST)
    except StaleVersion as stale:
        return autosave.overtaken(request, stale, _differences(moderation, parts, request.POST))
    except UserError as error:
        return autosave.refused(request, error)
    return autosave.saved(request, version)


def _save(request: HttpRequest, moderation: Moderation) -> HttpResponse:
    parts = graded_parts(FilledForm.of(moderation.audit))
    data = _as_chosen(moderation, parts, request.POST)
    posted = Posted.read(parts, data)
    try:
        _keep(request, moderation, parts, data)
    except StaleVersion as stale:
        return _page(
            request,
            moderation,
            posted.discussion,
            version=stale.current,
            status=409,
            message=str(stale),
            differences=_differences(moderation, parts, data),
            page_has_errors=True,
        )
    except UserError as error:
        messages.warning(request, str(error))
        return redirect(request.path)
    reference = moderation.audit.reference
    match request.POST.get("then", ""):
        case "list":
            return redirect("moderation_list")
        case "action":
            return redirect("moderation_action_add", reference=reference)
        case "return":
            return redirect("moderation_return", reference=reference)
    if problems := problems_of(moderation, timezone.now()):
        return _page(request, moderation, posted.discussion, problems)
    return redirect("moderation_check", reference=reference)


def _keep(request: HttpRequest, moderation: Moderation, parts: tuple[GradedPart, ...], data: QueryDict) -> int:
    posted = Posted.read(parts, data)
    return save_draft(
        moderation=moderation,
        posted=posted.discussion,
        version=posted.version,
        by=signed_in(request),
        at=timezone.now(),
    )


def _differences(moderation: Moderation, parts: tuple[GradedPart, ...], data: QueryDict) -> list[Difference]:
    """What was posted otherwise than it is stored."""
    moderation.refresh_from_db(fields=["draft"])
    return differences(parts, Posted.read(parts, data).discussion, Discussion.from_stored(moderation.draft))


def _as_chosen(moderation: Moderation, parts: tuple[GradedPart, ...], data: QueryDict) -> QueryDict:
    """What was posted, with what is stored where the person chose that, if it is still what they saw."""
    if not autosave.has_chosen(data) or Posted.read(parts, data).version != moderation.version:
        return data
    return autosave.with_choices(data, _differences(moderation, parts, data))


def _page(
    request: HttpRequest,
    moderation: Moderation,
    discussion: Discussion,
    problems: tuple[Problem, ...] = (),
    *,
    version: int | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    filled = FilledForm.of(moderation.audit)
    form = DiscussionForm(graded_parts(filled), discussion, people_of_discussion(moderation), problems)
    decisions = form.decisions
    context = {
        "moderation": moderation,
        "audit": moderation.audit,
        "form": form,
        "sections": [(read, decisions.get(_key(read))) for read in read_sections(filled)],
        "version": moderation.version if version is None else version,
        "actions": moderation.audit.actions.select_related("owner"),
        "person": signed_in(request),
        "today": timezone.localdate(),
        "page_has_errors": bool(problems),
        **more,
    }
    return render(request, "moderation/discussion.html", context, status=status)


def _read(request: HttpRequest, moderation: Moderation) -> HttpResponse:
    """Read only: the result once it is signed off, until then how far it has come."""
    _record_reading(request, moderation)
    person, audit = signed_in(request), moderation.audit
    signed_off = moderation.state == ModerationState.SIGNED_OFF
    readable = signed_off and may_read_form(person, audit)
    case = audit.allocation.case
    context: dict[str, Any] = {
        "moderation": moderation,
        "audit": audit,
        "signed_off": signed_off,
        "readable": readable,
        "is_open": is_open(moderation),
        "sees_queue": person.may(Permission.MODERATE_AUDITS) or person.may(Permission.SEE_EVERY_AUDIT),
        "may_reassign": may_reassign(person, moderation),
        "may_give_access": person.may(Permission.DECIDE_REQUESTS) and not is_moderator(person, moderation),
        "has_asked": has_asked_for_access(person, audit),
        "moderator_lacks_access": bool(
            not signed_off and moderation.moderator and case and not sees_case(moderation.moderator, audit)
        ),
        "today": timezone.localdate(),
    }
    if readable:
        filled = FilledForm.of(audit)
        result = signed_off_result(moderation, filled)
        outcomes = {outcome.key: outcome for outcome in result.outcomes}
        context["result"] = result
        context["sections"] = [(read, outcomes.get(_key(read))) for read in read_sections(filled)]
        context["actions"] = audit.actions.select_related("owner")
        context["copies"] = copies_of(audit, person)
    return render(request, "moderation/read.html", context)


def _key(read: ReadSection) -> str:
    """By what the grade of a section goes in Stage 2."""
    return OVERALL if read.section.overall else read.section.key


def _record_reading(request: HttpRequest, moderation: Moderation) -> None:
    reference = moderation.audit.reference
    record(
        by=signed_in(request),
        verb="moderation.read",
        thing_type="moderation",
        thing_ref=reference,
        summary=f"Stage 2 of audit {reference} was read",
    )
