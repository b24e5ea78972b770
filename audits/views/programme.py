"""The programme's settings: what they are, changing them part by part, and going back to an earlier version.

A change is sent twice with the same values: to see its effect, then to save it. Nothing is kept in between.
"""

from collections.abc import Mapping
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.lists import page_of
from accounts.permissions import requires, signed_in
from audits.forms.programme.part import Part
from audits.forms.programme.parts import PARTS, changes
from audits.models import ProgrammeRules
from audits.pages.effect import effect_of, warnings_of
from audits.pages.versions import versions_on
from audits.services.programme import change_programme, differences, put_back
from audits.views.loading import number_in

SCOPE = "the programme’s settings"
BY_SLUG: Mapping[str, type[Part]] = {part.slug: part for part in PARTS}
VERSIONS_A_PAGE = 20
NOT_SETTINGS = {"csrfmiddlewaretoken", "do"}


@require_safe
@requires(Permission.CONFIGURE, scope=SCOPE)
def programme_settings(request: HttpRequest) -> HttpResponse:
    """Every setting as it is, what it was before, and which cycles run under what."""
    versions = list(ProgrammeRules.objects.select_related("created_by")) or [ProgrammeRules.objects.current()]
    current = versions[0]
    page = page_of(request, versions, VERSIONS_A_PAGE)
    earlier = versions[page.end_index() :][:1]
    context = {
        "current": current,
        "parts": [(part, part.in_words(current.programme)) for part in PARTS],
        "warnings": warnings_of(current.programme, timezone.localdate()),
        "page": page,
        "versions": versions_on(page, earlier[0] if earlier else None),
    }
    return render(request, "audits/programme/settings.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.CONFIGURE, scope=SCOPE)
def programme_change(request: HttpRequest, part: str) -> HttpResponse:
    """Change the settings of one part: type, see the effect, save."""
    if part not in BY_SLUG:
        raise Http404
    current = ProgrammeRules.objects.current()
    if request.method == "GET":
        return _form(request, BY_SLUG[part].showing(current))
    form, do = BY_SLUG[part](request.POST), request.POST.get("do")
    if do == "add":
        return _form(request, form.as_typed())
    if do == "again" or not form.is_valid():
        return _form(request, form)
    if form.cleaned_data["seen"] != current.number:
        return _form(request, _seen_again(form, current))
    return _save(request, form, current) if do == "save" else _effect(request, form, current)


@require_http_methods(["GET", "POST"])
@requires(Permission.CONFIGURE, scope=SCOPE)
def programme_put_back(request: HttpRequest, number: int) -> HttpResponse:
    """Make an earlier version current again, after a look at what that changes."""
    rules = get_object_or_404(ProgrammeRules, number=number)
    if request.method == "POST":
        return _put_back(request, rules)
    current = ProgrammeRules.objects.current()
    if not differences(current.programme, rules.programme):
        messages.info(request, f"Version {number} says the same as the current one")
        return redirect("programme_settings")
    context = {
        "effect": effect_of(current.programme, rules.programme, timezone.localdate()),
        "rules": rules,
        "current": current,
    }
    return render(request, "audits/programme/put_back.html", context)


def _form(request: HttpRequest, form: Part) -> HttpResponse:
    wrong = form.is_bound and not form.is_valid()
    return render(
        request,
        "audits/programme/change.html",
        {"form": form, "part": type(form), "page_has_errors": wrong},
        status=422 if wrong else 200,
    )


def _effect(request: HttpRequest, form: Part, current: ProgrammeRules) -> HttpResponse:
    after = form.programme(current.programme)
    if not differences(current.programme, after):
        form.add_error(None, "Nothing is changed yet: all of this is what the settings say now.")
        return _form(request, form)
    context = {
        "effect": effect_of(current.programme, after, timezone.localdate()),
        "part": type(form),
        "reason": form.cleaned_data["reason"],
        "posted": [
            (name, value) for name, values in request.POST.lists() if name not in NOT_SETTINGS for value in values
        ],
    }
    return render(request, "audits/programme/effect.html", context)


def _save(request: HttpRequest, form: Part, current: ProgrammeRules) -> HttpResponse:
    cleaned = form.cleaned_data
    try:
        rules = change_programme(
            programme=form.programme(current.programme),
            reason=cleaned["reason"],
            seen=cleaned["seen"],
            by=signed_in(request),
        )
    except UserError as error:
        form.add_error(None, str(error))
        return _form(request, form)
    messages.success(request, f"Version {rules.number} is current" if rules else "Nothing was changed")
    return redirect("programme_settings")


def _put_back(request: HttpRequest, rules: ProgrammeRules) -> HttpResponse:
    try:
        new = put_back(rules=rules, seen=number_in(request.POST.get("seen", "")), by=signed_in(request))
    except UserError as error:
        messages.warning(request, str(error))
    else:
        done = f"Version {rules.number} is current again, as version {new.number}" if new else "Nothing was changed"
        messages.success(request, done)
    return redirect("programme_settings")


def _seen_again(form: Part, current: ProgrammeRules) -> Part:
    """The form as it was typed, over a newer version: it says what changed meanwhile, and can be sent again."""
    data = cast(QueryDict, form.data).copy()
    data["seen"] = str(current.number)
    again = type(form)(data)
    again.is_valid()
    was = ProgrammeRules.objects.filter(number=form.cleaned_data["seen"]).first()
    again.add_error(None, f"{current.created_by or 'The program'} changed the settings while you were looking.")
    for change in changes(was.programme, current.programme) if was else []:
        again.add_error(None, f"{change.label}: it was {change.before}, and now is {change.after}")
    again.add_error(None, "What you typed is still here. Look through it, then go on.")
    return again
