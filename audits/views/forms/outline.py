"""Audit tools and packs: all of them, the start of a draft, and one version as a whole."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.permissions import requires, signed_in
from audits.enums import FormState
from audits.forms.design.start import CopyForm, StartForm
from audits.models import FormVersion
from audits.pages.forms import every_form, linked, parts_of, standing_of
from audits.rules.form_definition import FormDefinition, FormKind
from audits.rules.form_words import facts_of_form
from audits.services.form_design import start_copy, start_empty, start_from, throw_away
from audits.services.form_publishing import planned_with, problems_of, reasons_to_keep
from audits.services.forms import EXAMPLES, ensure_shipped_forms, read_tool
from audits.views.forms.loading import SCOPE, draft_of, version_of


@require_safe
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_list(request: HttpRequest) -> HttpResponse:
    """Every tool and pack with its versions. Those that come with the program are there from the beginning."""
    ensure_shipped_forms()
    forms = every_form()
    context = {
        "tools": [form for form in forms if not form.is_pack],
        "packs": [form for form in forms if form.is_pack],
        "drafts": FormVersion.objects.filter(state=FormState.DRAFT).select_related("edited_by").order_by("title"),
    }
    return render(request, "audits/forms/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_start(request: HttpRequest) -> HttpResponse:
    """Start a draft from nothing, or from an example."""
    ensure_shipped_forms()
    examples = [(name, FormDefinition.from_dict(read_tool(name))) for name in EXAMPLES]
    form = StartForm(request.POST or None, examples=examples)
    if request.method == "POST" and form.is_valid():
        by, at = signed_in(request), timezone.now()
        try:
            if form.example:
                draft = start_from(definition=read_tool(form.example), by=by, at=at)
            else:
                typed = form.cleaned_data
                draft = start_empty(kind=form.kind, title=typed["title"], key=typed["key"], by=by, at=at)
        except UserError as error:
            form.add_error("source" if form.example else "key", str(error))
        else:
            messages.success(request, "The draft is started. Nobody audits with it before you publish it.")
            return redirect("tool_detail", key=draft.key, number=draft.number)
    return render(request, "audits/forms/start.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_copy(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Start a draft that says what this version says."""
    version = version_of(key, number)
    form = CopyForm(request.POST or None, of=version)
    if request.method == "POST" and form.is_valid():
        try:
            draft = start_copy(of=version, by=signed_in(request), at=timezone.now(), **form.naming)
        except UserError as error:
            form.add_error("key" if form.naming else "becomes", str(error))
        else:
            messages.success(request, "The draft is started. Nobody audits with it before you publish it.")
            return redirect("tool_detail", key=draft.key, number=draft.number)
    context = {"form": form, "version": version}
    return render(request, "audits/forms/copy.html", context, status=422 if form.errors else 200)


@require_safe
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_detail(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One version as a whole: a draft with everything that can be done to it, a published one to be read."""
    version = version_of(key, number)
    form = version.outline
    context = {
        "version": version,
        "definition": form,
        "is_pack": form.kind == FormKind.PACK,
        "standing": standing_of(version, FormVersion.objects.standard_tool()),
        "about": list(facts_of_form(form).items()),
        "others": FormVersion.objects.filter(key=key).exclude(pk=version.pk).order_by("-number"),
    }
    if version.is_draft:
        problems = problems_of(version)
        context |= {
            "parts": parts_of(form, problems),
            "problems": linked(version, problems),
            "last_edit": version.edits.select_related("edited_by").first(),
        }
        return render(request, "audits/forms/draft.html", context)
    context |= {
        "parts": parts_of(form),
        "reasons_to_keep": reasons_to_keep(version),
        "planned": planned_with(version),
        "audits": (version.audits_with_pack if context["is_pack"] else version.audits).count(),
    }
    return render(request, "audits/forms/version.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_throw_away(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Forget a draft, after a last question."""
    draft = draft_of(key, number)
    if request.method == "GET":
        return render(request, "audits/forms/throw_away.html", {"draft": draft, "definition": draft.outline})
    try:
        throw_away(draft=draft, by=signed_in(request), at=timezone.now())
        messages.success(request, f"The draft of {draft} is gone")
    except UserError as error:
        messages.warning(request, str(error))
    return redirect("tool_list")
