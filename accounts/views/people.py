"""The directory: people, their teams, and changing what is known about them."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.filters import PersonFilter, TeamFilter
from accounts.forms import AbsenceForm, OwnPhoneForm, PersonForm
from accounts.lists import page_of
from accounts.models import Activity, Person, Team
from accounts.permissions import everybody_signed_in, requires, signed_in
from accounts.roles import ROLE_PERMISSIONS
from accounts.services.people import change_own_phone, change_person, details_of, undo

CHANGES_SHOWN = 20


@require_safe
@requires(Permission.IMPORT_PEOPLE, scope="the whole directory")
def person_list(request: HttpRequest) -> HttpResponse:
    """Everybody, with filters."""
    people = Person.objects.visible_to(signed_in(request)).select_related("team", "line_manager")
    found = PersonFilter(request.GET, people.prefetch_related("roles").distinct())
    page = page_of(request, found.qs)
    return render(request, "accounts/person_list.html", {"filter": found, "page": page})


@require_safe
@requires(Permission.IMPORT_PEOPLE, scope="all teams")
def team_list(request: HttpRequest) -> HttpResponse:
    """Every team with its manager and how many people work in it."""
    teams = Team.objects.select_related("service", "area", "manager").annotate(
        size=Count("people", filter=Q(people__is_active=True))
    )
    teams = teams.order_by("name", "code")
    found = TeamFilter(request.GET, teams)
    return render(request, "accounts/team_list.html", {"filter": found, "teams": found.qs})


@require_safe
@requires(Permission.IMPORT_PEOPLE, scope="the whole directory")
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: what is known, when they are away, what was changed and by whom."""
    return render(request, "accounts/person_detail.html", _person_page(request, pk, AbsenceForm()))


@require_http_methods(["GET", "POST"])
@requires(Permission.IMPORT_PEOPLE, scope="the whole directory")
def person_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known about a person."""
    by = signed_in(request)
    person = get_object_or_404(Person.objects.visible_to(by), pk=pk)
    now = details_of(person)
    form = PersonForm(request.POST) if request.method == "POST" else PersonForm.showing(now)
    if form.is_bound and form.is_valid():
        try:
            form.ensure_seen(now)
            changed = change_person(person=person, wanted=form.details(absences=now.absences), seen=now, by=by)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{form.cleaned_data['name']} is changed" if changed else "Nothing was changed")
            return redirect("person_detail", pk=pk)
    return render(
        request,
        "accounts/person_change.html",
        {"form": form, "person": person, "roles": role_options()},
        status=422 if form.errors else 200,
    )


@require_POST
@requires(Permission.IMPORT_PEOPLE, scope="the whole directory")
def absence_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a time in which the person is given no new audits."""
    by = signed_in(request)
    person = get_object_or_404(Person.objects.visible_to(by), pk=pk)
    form = AbsenceForm(request.POST)
    if form.is_valid():
        now = details_of(person)
        try:
            wanted = replace(now, absences=(*now.absences, form.absence()))
            change_person(person=person, wanted=wanted, seen=now, by=by)
        except UserError as error:
            form.add_error("starts_on", str(error))
        else:
            messages.success(request, f"The absence of {person.name} is noted")
            return redirect("person_detail", pk=pk)
    return render(request, "accounts/person_detail.html", _person_page(request, pk, form))


@require_POST
@requires(Permission.IMPORT_PEOPLE, scope="the whole directory")
def absence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an absence out again."""
    by = signed_in(request)
    person = get_object_or_404(Person.objects.visible_to(by), pk=pk)
    now = details_of(person)
    kept = tuple(absence for absence in now.absences if absence[0] != request.POST.get("starts_on"))
    try:
        removed = change_person(person=person, wanted=replace(now, absences=kept), seen=now, by=by)
    except UserError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "The absence is removed" if removed else "That absence was removed already")
    return redirect("person_detail", pk=pk)


@require_POST
@requires(Permission.IMPORT_PEOPLE, scope="changes of people in the directory")
def person_undo(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    """Put back what one change of a person replaced."""
    by = signed_in(request)
    person = get_object_or_404(Person.objects.visible_to(by), pk=pk)
    logged = get_object_or_404(changes_of(person), pk=change)
    try:
        undo(change=logged, by=by)
    except UserError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "The change is undone")
    return redirect("person_detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@everybody_signed_in(scope="the person's own phone number")
def own_phone(request: HttpRequest) -> HttpResponse:
    """Where colleagues reach them when a child may be at risk."""
    person = signed_in(request)
    form = OwnPhoneForm(request.POST or None, initial={"phone": person.phone})
    if request.method == "POST" and form.is_valid():
        change_own_phone(by=person, phone=form.cleaned_data["phone"])
        messages.success(request, "Your phone number is saved")
        return redirect("home")
    return render(request, "accounts/own_phone.html", {"form": form}, status=422 if form.errors else 200)


def role_options() -> list[tuple[str, str, str]]:
    """Every role with what it opens, for the person who gives it."""
    return [
        (role.value, role.label, "; ".join(permission.label for permission in Permission if permission in held))
        for role, held in ROLE_PERMISSIONS.items()
    ]


def changes_of(person: Person) -> QuerySet[Activity]:
    """The logged changes of a person, newest first."""
    return Activity.objects.filter(thing_type="person", thing_ref=str(person.pk), verb="person.changed")


def _person_page(request: HttpRequest, pk: int, form: AbsenceForm) -> dict[str, Any]:
    people = Person.objects.visible_to(signed_in(request)).select_related("team__service", "line_manager")
    person = get_object_or_404(people.prefetch_related("roles", "absences"), pk=pk)
    return {
        "person": person,
        "rows": [
            ("E-mail address", person.email),
            ("Roles", "\n".join(sorted(role.label for role in person.role_set)) or "None"),
            ("Team", f"{person.team.name}, {person.team.service.name}" if person.team else person.team_code or "None"),
            ("Line manager", person.line_manager or person.line_manager_email or "None"),
            ("Phone number", person.phone or "None"),
            ("Agency", person.agency or "Children’s social care"),
        ],
        "form": form,
        "changes": changes_of(person).select_related("actor")[:CHANGES_SHOWN],
    }
