"""From a draft to a form in use: look at what it changes and publish it, set it in use, retire it, compare versions."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.permissions import requires, signed_in
from audits.enums import FormState
from audits.models import FormVersion
from audits.pages.forms import linked
from audits.rules.form_definition import FormKind
from audits.rules.form_difference import differences
from audits.services.form_publishing import problems_of, publish, retire, set_in_use
from audits.views.forms.loading import SCOPE, draft_of, version_of
from audits.views.loading import number_in


@require_http_methods(["GET", "POST"])
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_publish(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Look through a draft: what is still wrong, what changes; then publish it."""
    draft = draft_of(key, number)
    if request.method == "POST":
        return _publish(request, draft)
    before = _before(draft)
    form = draft.outline
    context = {
        "draft": draft,
        "definition": form,
        "is_pack": form.kind == FormKind.PACK,
        "problems": linked(draft, problems_of(draft)),
        "before": before,
        "differences": differences(before.outline, form) if before else (),
        "in_use": FormVersion.objects.standard_tool(),
    }
    return render(request, "audits/forms/publish.html", context)


def _publish(request: HttpRequest, draft: FormVersion) -> HttpResponse:
    in_use = "in_use" in request.POST
    seen = number_in(request.POST.get("seen", ""))
    try:
        publish(draft=draft, seen=seen, in_use=in_use, by=signed_in(request), at=timezone.now())
    except UserError as error:
        messages.warning(request, f"{error} Nothing was published.")
        return redirect("tool_publish", key=draft.key, number=draft.number)
    from_now_on = ", and in use for the cycles that are published from now on" if in_use else ""
    messages.success(request, f"{draft} is published{from_now_on}")
    return redirect("tool_detail", key=draft.key, number=draft.number)


@require_POST
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_use(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Publish cycles with this version from now on."""
    version = version_of(key, number)
    try:
        set_in_use(version=version, by=signed_in(request), at=timezone.now())
        messages.success(request, f"{version} is in use: cycles are published with it from now on")
    except UserError as error:
        messages.warning(request, str(error))
    return redirect("tool_detail", key=key, number=number)


@require_http_methods(["GET", "POST"])
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_retire(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Offer a version no more, after a last question."""
    version = version_of(key, number)
    if request.method == "GET":
        if version.state != FormState.PUBLISHED:
            raise Http404
        return render(request, "audits/forms/retire.html", {"version": version})
    try:
        retire(version=version, by=signed_in(request), at=timezone.now())
        messages.success(request, f"{version} is retired. Audits that were made with it keep it.")
    except UserError as error:
        messages.warning(request, str(error))
    return redirect("tool_detail", key=key, number=number)


@require_safe
@requires(Permission.DESIGN_FORMS, scope=SCOPE)
def tool_compare(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """What differs between this version and another of its form; the one before it, unless another is asked for."""
    version = version_of(key, number)
    others = FormVersion.objects.filter(key=key).exclude(pk=version.pk).order_by("-number")
    asked = number_in(request.GET.get("with", ""))
    other = next((each for each in others if each.number == asked), None) or _before(version) or others.first()
    if other is None:
        raise Http404
    before, after = sorted((version, other), key=lambda each: each.number)
    context = {
        "version": version,
        "other": other,
        "before": before,
        "after": after,
        "others": [(each.number, f"Version {each.number} ({each.get_state_display().lower()})") for each in others],
        "differences": differences(before.outline, after.outline),
    }
    return render(request, "audits/forms/compare.html", context)


def _before(version: FormVersion) -> FormVersion | None:
    """The version before it that was published; of a form's first version, the one that it was copied from."""
    earlier = FormVersion.objects.filter(key=version.key, number__lt=version.number).exclude(state=FormState.DRAFT)
    return earlier.order_by("-number").first() or version.copied_from
