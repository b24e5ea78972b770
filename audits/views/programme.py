"""The programme's settings: what they are, changing them, and going back to an earlier version."""

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.permissions import requires, signed_in
from audits.forms.programme import GROUPS, ProgrammeForm, in_words, label_of
from audits.models import ProgrammeRules
from audits.rules.deadlines import stage_two_can_precede_stage_one
from audits.rules.programme import Programme
from audits.services.programme import change_programme, differences, put_back


@require_safe
@requires(Permission.CONFIGURE, scope="the programme’s settings")
def programme_settings(request: HttpRequest) -> HttpResponse:
    """Every setting as it is, and what it was before."""
    versions = list(ProgrammeRules.objects.select_related("created_by"))
    current = versions[0] if versions else ProgrammeRules.objects.current()
    context = {
        "current": current,
        "groups": in_words(current.programme),
        "warning": _warning(current.programme),
        "versions": [_with_changes(version, earlier) for version, earlier in pairwise(versions)],
        "first": versions[-1] if versions else current,
    }
    return render(request, "audits/programme/settings.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.CONFIGURE, scope="the programme’s settings")
def programme_change(request: HttpRequest) -> HttpResponse:
    """Change settings, with a reason."""
    current = ProgrammeRules.objects.current()
    form = ProgrammeForm(request.POST) if request.method == "POST" else ProgrammeForm.showing(current)
    if form.is_bound and form.is_valid():
        try:
            rules = change_programme(
                programme=form.programme(),
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
                by=signed_in(request),
            )
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Version {rules.number} is current" if rules else "Nothing was changed")
            return redirect("programme_settings")
    groups = [(group.title, [form[name] for name in group.names]) for group in GROUPS]
    return render(request, "audits/programme/change.html", {"form": form, "groups": groups})


@require_POST
@requires(Permission.CONFIGURE, scope="the programme’s settings")
def programme_put_back(request: HttpRequest, number: int) -> HttpResponse:
    """Make an earlier version current again."""
    rules = get_object_or_404(ProgrammeRules, number=number)
    seen = request.POST.get("seen", "")
    try:
        new = put_back(rules=rules, seen=int(seen) if seen.isdecimal() else 0, by=signed_in(request))
    except UserError as error:
        messages.warning(request, str(error))
    else:
        done = f"Version {number} is current again, as version {new.number}" if new else "Nothing was changed"
        messages.success(request, done)
    return redirect("programme_settings")


def _with_changes(version: ProgrammeRules, earlier: ProgrammeRules) -> dict[str, Any]:
    """A version with the names of what it changed."""
    changed = differences(earlier.programme, version.programme)
    return {"version": version, "changed": [label_of(name) for name in changed]}


def _warning(programme: Programme) -> str:
    """What the numbers bring about that nobody can want."""
    if stage_two_can_precede_stage_one(timezone.localdate().replace(day=1), programme.deadlines):
        return "With these numbers Stage 2 of an audit can be due before its Stage 1."
    return ""
