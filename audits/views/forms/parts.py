"""Editing a draft, one part a page: the form itself, its sections, their questions.

A page carries the revision that it shows. Where somebody else changed the draft since, nothing is saved: the page comes
back with what was typed, what they changed, and their revision, and can be sent again.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.errors import StaleVersion, UserError
from accounts.permissions import requires, signed_in
from audits.forms.design.parts import AboutForm, PartForm, SectionForm, as_sentence
from audits.forms.design.question import QuestionForm
from audits.models import FormVersion
from audits.pages.forms import answers_lost, changed_meanwhile, linked, parts_of
from audits.rules.form_definition import FormDefinition, FormKind
from audits.rules.form_editing import (
    AddQuestion,
    AddSection,
    ChangeQuestion,
    ChangeSection,
    Edit,
    EditRefused,
    MoveQuestion,
    MoveSection,
    RemoveQuestion,
    RemoveSection,
)
from audits.services.form_design import edit_draft, undo
from audits.services.form_publishing import problems_of
from audits.views.forms.loading import SCOPE, draft_of, question_of, section_of
from audits.views.loading import number_in

UP = "up"


@require_http_methods(["GET", "POST"])
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_about(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """What the form says about itself."""
    draft = draft_of(key, number)

    def shown(data: QueryDict | None) -> AboutForm:
        return AboutForm(data, form=draft.outline, seen=draft.revision)

    if request.method == "GET":
        return _page(request, draft, shown(None), "about")
    return _sent(request, draft, shown, lambda form: form.edit, "about", lambda _: _outline(draft))


@require_http_methods(["GET", "POST"])
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_section_add(request: HttpRequest, key: str, number: int) -> HttpResponse:
    draft = draft_of(key, number)

    def shown(data: QueryDict | None) -> SectionForm:
        return SectionForm(data, form=draft.outline, section=None, seen=draft.revision)

    def then(form: FormDefinition) -> str:
        name = "tool_question_add" if request.POST.get("do") == "question" else "tool_section"
        return reverse(name, args=[draft.key, draft.number, form.sections[-1].key])

    if request.method == "GET":
        return _page(request, draft, shown(None), "section")
    return _sent(request, draft, shown, lambda form: AddSection(form.part), "section", then)


@require_safe
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_section(request: HttpRequest, key: str, number: int, section: str) -> HttpResponse:
    """A section of a draft: what it says, and its questions."""
    draft = draft_of(key, number)
    form = draft.outline
    section_of(form, section)
    part = next(part for part in parts_of(form, problems_of(draft)) if part.section.key == section)
    keys = [each.key for each in form.sections]
    place = keys.index(section)
    context = {
        "draft": draft,
        "form_kind": form.kind,
        "part": part,
        "problems": linked(draft, part.problems),
        "number": place + 1,
        "count": len(keys),
        "before": form.sections[place - 1] if place else None,
        "after": form.sections[place + 1] if place + 1 < len(keys) else None,
        "last_edit": draft.edits.first(),
    }
    return render(request, "audits/forms/section.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_section_change(request: HttpRequest, key: str, number: int, section: str) -> HttpResponse:
    draft = draft_of(key, number)
    form = draft.outline
    was = section_of(form, section)
    place = form.sections.index(was)

    def shown(data: QueryDict | None) -> SectionForm:
        return SectionForm(data, form=form, section=was, seen=draft.revision)

    def then(now: FormDefinition) -> str:
        return reverse("tool_section", args=[draft.key, draft.number, now.sections[place].key])

    if request.method == "GET":
        return _page(request, draft, shown(None), "section", section=was)

    def edit(form: Any) -> Edit:
        return ChangeSection(section, form.part)

    return _sent(request, draft, shown, edit, "section", then, section=was)


@require_http_methods(["GET", "POST"])
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_section_remove(request: HttpRequest, key: str, number: int, section: str) -> HttpResponse:
    """Take a section out, after a word on what can be compared no more."""
    draft = draft_of(key, number)
    was = section_of(draft.outline, section)
    if request.method == "POST":
        return _done(request, draft, RemoveSection(section), _outline(draft))
    context = {"draft": draft, "section": was, "lost": answers_lost(draft, was.questions)}
    return render(request, "audits/forms/remove.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_question_add(request: HttpRequest, key: str, number: int, section: str) -> HttpResponse:
    draft = draft_of(key, number)
    home = section_of(draft.outline, section)

    def shown(data: QueryDict | None) -> QuestionForm:
        return QuestionForm(data, section=home, question=None, seen=draft.revision)

    def then(_: FormDefinition) -> str:
        if request.POST.get("do") == "section":
            return reverse("tool_section_add", args=[draft.key, draft.number])
        name = "tool_question_add" if request.POST.get("do") == "another" else "tool_section"
        return reverse(name, args=[draft.key, draft.number, section])

    if request.method == "GET":
        return _page(request, draft, shown(None), "question", section=home)

    def edit(form: Any) -> Edit:
        return AddQuestion(section, form.part)

    return _sent(request, draft, shown, edit, "question", then, section=home)


@require_http_methods(["GET", "POST"])
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_question(request: HttpRequest, key: str, number: int, question: str) -> HttpResponse:
    """A question of a draft, to be changed."""
    draft = draft_of(key, number)
    home, was = question_of(draft.outline, question)

    def shown(data: QueryDict | None) -> QuestionForm:
        return QuestionForm(data, section=home, question=was, seen=draft.revision)

    def then(_: FormDefinition) -> str:
        return reverse("tool_section", args=[draft.key, draft.number, home.key])

    if request.method == "GET":
        return _page(request, draft, shown(None), "question", section=home, question=was)

    def edit(form: Any) -> Edit:
        return ChangeQuestion(question, form.part)

    return _sent(request, draft, shown, edit, "question", then, section=home, question=was)


@require_http_methods(["GET", "POST"])
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_question_remove(request: HttpRequest, key: str, number: int, question: str) -> HttpResponse:
    """Take a question out, after a word on what can be compared no more."""
    draft = draft_of(key, number)
    home, was = question_of(draft.outline, question)
    if request.method == "POST":
        then = reverse("tool_section", args=[draft.key, draft.number, home.key])
        return _done(request, draft, RemoveQuestion(question), then)
    looks_at = [other for other in home.questions if other.shown_when and other.shown_when.question == question]
    context = {
        "draft": draft,
        "section": home,
        "question": was,
        "lost": answers_lost(draft, [was]),
        "dependent": looks_at,
    }
    return render(request, "audits/forms/remove.html", context)


@require_POST
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_move(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A section or a question one place up or down; the page comes back where it was."""
    draft = draft_of(key, number)
    by = -1 if request.POST.get("to") == UP else 1
    if question := request.POST.get("question", ""):
        home, _ = question_of(draft.outline, question)
        then = reverse("tool_section", args=[draft.key, draft.number, home.key])
        return _done(request, draft, MoveQuestion(question, by), f"{then}#questions", say=False)
    section = request.POST.get("section", "")
    return _done(request, draft, MoveSection(section, by), f"{_outline(draft)}#sections", say=False)


@require_POST
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_undo(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Take the last change of a draft back."""
    draft = draft_of(key, number)
    try:
        said = undo(draft=draft, seen=_seen(request), by=signed_in(request), at=timezone.now())
    except UserError as error:
        messages.warning(request, f"{error} Nothing was undone.")
    else:
        messages.success(request, f"Undone: {said}")
    return redirect("tool_detail", key=key, number=number)


# What every page of a part does


def _sent(
    request: HttpRequest,
    draft: FormVersion,
    shown: Callable[[QueryDict | None], Any],
    edit: Callable[[Any], Edit],
    page: str,
    then: Callable[[FormDefinition], str],
    **context: Any,
) -> HttpResponse:
    """A part as it was typed: saved, or shown again with what is in its way."""
    form = shown(request.POST)
    if request.POST.get("do") == "more":
        again = form.with_more_rows()
        again.initial["seen"] = _seen(request)
        return _page(request, draft, again, page, **context)
    if not form.is_valid():
        return _page(request, draft, form, page, status=422, **context)
    change = edit(form)
    try:
        now = edit_draft(
            draft=draft, edit=change, seen=form.cleaned_data["seen"], by=signed_in(request), at=timezone.now()
        )
    except EditRefused as refused:
        form.tell(refused.problems)
        return _page(request, draft, form, page, status=422, **context)
    except StaleVersion as stale:
        return _changed_by_others(request, draft, shown, page, stale, **context)
    except UserError as error:
        form.add_error(None, f"{error} What you typed is still here, and is not saved.")
        return _page(request, draft, form, page, status=409, **context)
    messages.success(request, _said(change))
    return redirect(then(now))


def _said(edit: Edit) -> str:
    """What an edit did, by the name that the part has now."""
    match edit:
        case AddSection(section) | ChangeSection(_, section):
            return f"The section “{section.name}” is saved"
        case AddQuestion(_, question) | ChangeQuestion(_, question):
            return f"The question “{question.name}” is saved"
    return "What the form says about itself is saved"


def _changed_by_others(
    request: HttpRequest,
    draft: FormVersion,
    shown: Callable[[QueryDict | None], PartForm],
    page: str,
    stale: StaleVersion,
    **context: Any,
) -> HttpResponse:
    """What was typed, over what somebody else saved meanwhile."""
    data = request.POST.copy()
    data["seen"] = str(stale.current)
    again = shown(data)
    again.is_valid()
    again.add_error(None, f"{stale} Nothing of yours is saved yet.")
    again.add_error(None, "What you typed is still here. Look through it, and save it again.")
    draft.refresh_from_db()
    meanwhile = changed_meanwhile(draft, _seen(request))
    return _page(request, draft, again, page, status=409, meanwhile=meanwhile, **context)


def _page(
    request: HttpRequest, draft: FormVersion, form: Any, page: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {
        "draft": draft,
        "form": form,
        "is_pack": draft.outline.kind == FormKind.PACK,
        "page_has_errors": status != 200,
    }
    return render(request, f"audits/forms/change_{page}.html", context, status=status)


def _done(request: HttpRequest, draft: FormVersion, edit: Edit, then: str, *, say: bool = True) -> HttpResponse:
    """An edit by a single button."""
    try:
        said = edit.said(draft.outline)
        edit_draft(draft=draft, edit=edit, seen=_seen(request), by=signed_in(request), at=timezone.now())
    except EditRefused as refused:
        messages.warning(request, as_sentence(refused.problems[0]))
    except UserError as error:
        messages.warning(request, f"{error} Nothing was done: look at it as it is now.")
    else:
        if say:
            messages.success(request, f"{said}. You can undo this.")
    return redirect(then)


def _seen(request: HttpRequest) -> int:
    return number_in(request.POST.get("seen", ""))


def _outline(draft: FormVersion) -> str:
    return reverse("tool_detail", args=[draft.key, draft.number])
