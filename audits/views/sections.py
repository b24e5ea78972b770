"""One page a section of the audit form: fill in, save, save by itself while typing."""

from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import autosave
from accounts.autosave import Difference
from accounts.enums import Permission
from accounts.errors import StaleVersion, UserError
from accounts.permissions import requires, signed_in
from audits.forms.section_differences import differences
from audits.forms.section_form import Posted, SectionForm
from audits.models import Audit
from audits.pages.evidence import of_section
from audits.pages.filling import grounds_of, steps_of
from audits.pages.smart import draft_lines
from audits.rules.answers import Problem, overall_grade_problems, section_problems
from audits.rules.filled import FilledSection
from audits.rules.form_definition import FormDefinition, Section
from audits.rules.grading import overall_ceiling, section_ceiling
from audits.services.filled_form import FilledForm
from audits.services.forms import form_of
from audits.services.stage1 import Saved, save_section
from audits.services.themes import themes_by_key, themes_to_choose
from audits.views.loading import case_panel, filling_in, look_back, own_audit

OWN_AUDIT = "the auditor's own audit, until it is submitted"


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_section(request: HttpRequest, audit: Audit, key: str) -> HttpResponse:
    section = _section(form_of(audit), key)
    if request.method == "POST":
        return _save(request, audit, section)
    filled = FilledForm.of(audit)
    return _page(request, filled, _form(filled, section))


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
def audit_section_autosave(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    """Saves what is typed so far and answers with what has changed on the page: the status, the version, the grades."""
    audit = own_audit(request, reference)
    section = _section(form_of(audit), key)
    try:
        saved = autosave.in_turn(partial(_keep, request, audit, section), attrgetter("version"), request.POST)
    except StaleVersion as stale:
        return autosave.overtaken(request, stale, _differences(audit, section, request.POST))
    except UserError as error:
        return autosave.refused(request, error)
    cleaned = saved.cleaned
    form = SectionForm(section, cleaned.filled, saved.ceiling, cleaned.filled.grade, remaining=cleaned.problems)
    return autosave.saved(request, saved.version, "audits/_autosaved.html", form=form)


def _save(request: HttpRequest, audit: Audit, section: Section) -> HttpResponse:
    data = _as_chosen(audit, section, request.POST)
    posted = Posted.read(section, data)
    try:
        saved = _keep(request, audit, section, data)
    except StaleVersion as stale:
        return _conflict(request, audit, section, data, stale)
    then = request.POST.get("then", "")
    problems = saved.cleaned.mistakes if then in ("list", "action", "evidence") else saved.cleaned.problems
    if problems:
        filled = FilledForm.of(audit)
        return _page(request, filled, _as_posted(filled, section, posted, problems), version=saved.version)
    if then == "action":
        return redirect("audit_action_add", reference=audit.reference)
    if then == "evidence":
        return redirect(f"{reverse('audit_evidence', args=[audit.reference])}?section={section.key}")
    if then == "list":
        return redirect("audit_detail", reference=audit.reference)
    following = _following(form_of(audit), section)
    if following is None:
        return redirect("audit_check", reference=audit.reference)
    # The next press of Tab is then in the first question, past the header and the guidance.
    return redirect(f"{reverse('audit_section', args=[audit.reference, following.key])}#questions")


def _keep(request: HttpRequest, audit: Audit, section: Section, data: QueryDict) -> Saved:
    posted = Posted.read(section, data)
    return save_section(
        audit=audit,
        key=section.key,
        posted=posted.filled,
        version=posted.version,
        not_applicable=posted.not_applicable,
        by=signed_in(request),
        at=timezone.now(),
    )


def _conflict(
    request: HttpRequest, audit: Audit, section: Section, data: QueryDict, stale: StaleVersion
) -> HttpResponse:
    """Nothing is overwritten: what was typed stays in the form, what is stored stands beside it."""
    form = _as_posted(FilledForm.of(audit), section, Posted.read(section, data), ())
    context = {"message": str(stale), "differences": _differences(audit, section, data), "page_has_errors": True}
    return _page(request, FilledForm.of(audit), form, version=stale.current, status=409, **context)


def _differences(audit: Audit, section: Section, data: QueryDict) -> list[Difference]:
    """What the posted section holds otherwise than the stored one."""
    audit.refresh_from_db(fields=["overall_grade"])
    stored, posted = FilledForm.of(audit).section(section.key), Posted.read(section, data)
    themes = themes_by_key({*posted.filled.themes, *stored.themes})
    names = {key: theme.name for key, theme in themes.items()}
    return differences(section, posted, stored, audit.overall_grade if section.overall else stored.grade, names)


def _as_chosen(audit: Audit, section: Section, data: QueryDict) -> QueryDict:
    """What was posted, with what is stored where the person chose that, if it is still what they saw."""
    seen = Posted.read(section, data).version
    if not autosave.has_chosen(data) or seen != FilledForm.of(audit).version(section.key):
        return data
    return autosave.with_choices(data, _differences(audit, section, data))


def _page(
    request: HttpRequest,
    filled: FilledForm,
    form: SectionForm,
    *,
    version: int | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    audit, section = filled.audit, form.section
    today = timezone.localdate()
    keys = [part.key for part in filled.form.sections]
    begins, ends = look_back(audit, filled.form, today)
    context = {
        "audit": audit,
        "section": section,
        "form": form,
        "version": filled.version(section.key) if version is None else version,
        "number": keys.index(section.key) + 1,
        "count": len(keys),
        "look_back_from": begins,
        "look_back_to": ends,
        "disclosure": filled.form.disclosure,
        "is_last": section.key == keys[-1],
        "page_has_errors": bool(form.problems),
        "evidence": of_section(audit, section.key),
        "actions": draft_lines(audit.actions.select_related("owner")) if section.overall else (),
        "grounds": grounds_of(filled) if section.overall else (),
        "steps": steps_of(filled, section, today),
        "themes": themes_to_choose(form.filled.themes),
        **case_panel(request, audit),
        **more,
    }
    return render(request, "audits/section.html", context, status=status)


def _form(filled: FilledForm, section: Section) -> SectionForm:
    """The section as it is stored."""
    stored = filled.section(section.key)
    if section.overall:
        ceiling, grade = overall_ceiling(filled.form, filled.sections), filled.audit.overall_grade
    else:
        ceiling, grade = section_ceiling(section, stored), stored.grade
    remaining = section_problems(section, stored, on=timezone.localdate())
    if section.overall:
        remaining += overall_grade_problems(filled.form, filled.sections, grade)
    return SectionForm(section, stored, ceiling, grade, remaining=remaining)


def _as_posted(filled: FilledForm, section: Section, posted: Posted, problems: tuple[Problem, ...]) -> SectionForm:
    """The section as it was typed, with the grades that these answers leave available."""
    form = _form(filled, section)
    ceiling = form.ceiling if section.overall else section_ceiling(section, _answers_of(posted))
    return replace(
        form,
        filled=_answers_of(posted),
        ceiling=ceiling,
        grade=posted.filled.grade,
        problems=problems,
        remaining=problems or form.remaining,
        says_not_applicable=posted.not_applicable,
    )


def _answers_of(posted: Posted) -> FilledSection:
    return posted.filled if posted.not_applicable else replace(posted.filled, not_applicable_reason="")


def _section(form: FormDefinition, key: str) -> Section:
    try:
        return form.section(key)
    except KeyError:
        raise Http404 from None


def _following(form: FormDefinition, section: Section) -> Section | None:
    sections = form.sections
    position = sections.index(section) + 1
    return sections[position] if position < len(sections) else None
