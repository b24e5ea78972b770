"""The code book: the themes that findings are tagged with."""

from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.permissions import requires, signed_in
from audits.forms.themes import ThemeForm
from audits.models import Theme
from audits.services.themes import add_theme, bring_back_theme, change_theme, code_book, retire_theme, uses

SCOPE = "the code book: no records"


@requires(Permission.DESIGN_FORMS, scope=SCOPE)
@require_safe
def theme_list(request: HttpRequest) -> HttpResponse:
    """Every theme by kind, with how often it is used."""
    used = uses()
    themes = code_book()
    kinds = [
        (kind, [(theme, used[theme.key]) for theme in of_kind])
        for kind, of_kind in groupby((theme for theme in themes if theme.retired_at is None), Theme.get_kind_display)
    ]
    retired = [(theme, used[theme.key]) for theme in themes if theme.retired_at]
    return render(request, "audits/themes/list.html", {"kinds": kinds, "retired": retired})


@requires(Permission.DESIGN_FORMS, scope=SCOPE)
@require_http_methods(["GET", "POST"])
def theme_add(request: HttpRequest) -> HttpResponse:
    form = ThemeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            theme = add_theme(**form.cleaned_data, by=signed_in(request), at=timezone.now())
        except UserError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"“{theme.name}” can be chosen from now on")
            return redirect("theme_list")
    return render(request, "audits/themes/theme.html", {"form": form, "theme": None})


@requires(Permission.DESIGN_FORMS, scope=SCOPE)
@require_http_methods(["GET", "POST"])
def theme_change(request: HttpRequest, key: str) -> HttpResponse:
    theme = get_object_or_404(Theme, key=key)
    stored = {name: getattr(theme, name) for name in ("name", "kind", "hint")}
    form = ThemeForm(request.POST or None, initial=stored)
    if request.method == "POST" and form.is_valid():
        try:
            change_theme(theme=theme, **form.cleaned_data, by=signed_in(request), at=timezone.now())
        except UserError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "The theme is saved. What is tagged with it stays so.")
            return redirect("theme_list")
    return render(request, "audits/themes/theme.html", {"form": form, "theme": theme, "used": uses()[theme.key]})


@requires(Permission.DESIGN_FORMS, scope=SCOPE)
@require_POST
def theme_retire(request: HttpRequest, key: str) -> HttpResponse:
    theme = get_object_or_404(Theme, key=key)
    if retire_theme(theme=theme, by=signed_in(request), at=timezone.now()):
        messages.success(request, f"“{theme.name}” is no longer offered. You can bring it back below.")
    return redirect("theme_list")


@requires(Permission.DESIGN_FORMS, scope=SCOPE)
@require_POST
def theme_bring_back(request: HttpRequest, key: str) -> HttpResponse:
    theme = get_object_or_404(Theme, key=key)
    if bring_back_theme(theme=theme, by=signed_in(request), at=timezone.now()):
        messages.success(request, f"“{theme.name}” is offered again")
    return redirect("theme_list")
