"""A form as an auditor will see it, section by section. It can be tried, with everything it says; nothing is saved."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.enums import Permission
from accounts.permissions import requires
from audits.forms.section_form import Posted, SectionForm
from audits.rules.answers import Problem, clean_section, section_problems
from audits.rules.filled import NOTHING_FILLED, FilledSection
from audits.rules.form_definition import FormDefinition, Section
from audits.rules.grading import Ceiling, overall_ceiling, section_ceiling
from audits.views.forms.loading import SCOPE, section_of, version_of


@require_http_methods(["GET", "POST"])
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_preview(request: HttpRequest, key: str, number: int, section: str = "") -> HttpResponse:
    version = version_of(key, number)
    form = version.outline
    if not form.sections:
        raise Http404
    part = section_of(form, section) if section else form.sections[0]
    shown = _tried(form, part, request) if request.method == "POST" else _blank(form, part)
    place = form.sections.index(part)
    context: dict[str, Any] = {
        "version": version,
        "definition": form,
        "section": part,
        "form": shown,
        "number": place + 1,
        "count": len(form.sections),
        "before": form.sections[place - 1] if place else None,
        "after": form.sections[place + 1] if place + 1 < len(form.sections) else None,
        "disclosure": form.disclosure,
        "tried": request.method == "POST",
        "page_has_errors": bool(shown.problems),
    }
    return render(request, "audits/forms/preview.html", context, status=422 if shown.problems else 200)


def _blank(form: FormDefinition, section: Section) -> SectionForm:
    ceiling = _ceiling(form, section, NOTHING_FILLED)
    return SectionForm(section, NOTHING_FILLED, ceiling, "", remaining=_problems(section, NOTHING_FILLED))


def _tried(form: FormDefinition, section: Section, request: HttpRequest) -> SectionForm:
    """What an auditor would be told who saved this."""
    posted = Posted.read(section, request.POST)
    cleaned = clean_section(section, posted.filled, on=timezone.localdate(), not_applicable=posted.not_applicable)
    return SectionForm(
        section,
        replace(cleaned.filled, replies=posted.filled.replies),
        _ceiling(form, section, cleaned.filled),
        posted.filled.grade,
        cleaned.problems,
        says_not_applicable=posted.not_applicable,
        remaining=cleaned.problems,
    )


def _ceiling(form: FormDefinition, section: Section, filled: FilledSection) -> Ceiling:
    """Of the overall grade: as it is while no other section is answered."""
    return overall_ceiling(form, {}) if section.overall else section_ceiling(section, filled)


def _problems(section: Section, filled: FilledSection) -> tuple[Problem, ...]:
    return section_problems(section, filled, on=timezone.localdate())
