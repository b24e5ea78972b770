"""Giving the open work of somebody who leaves or is away to others."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import Permission
from accounts.models import Person
from accounts.permissions import requires, signed_in
from config.handover import Item, Refused, hand_over, open_work_of, waiting_on, why_absent

runs_the_programme = requires(Permission.RUN_CYCLES, scope="the open work of everybody")


class HandOverForm(forms.Form):
    """For each item whether it goes, and to whom; for all of them why, and whether audits get more time."""

    reason = forms.CharField(
        label="Why do others do it?",
        help_text="Kept with each of them. Do not name a child.",
        max_length=300,
        error_messages={"required": "Enter why others do it"},
    )
    more_time = forms.BooleanField(
        label="Give audits at least five working days",
        help_text="Otherwise everything stays due when it is.",
        required=False,
    )

    def __init__(self, data: Any, *, items: Sequence[Item], ticked: frozenset[str]) -> None:
        super().__init__(data, auto_id="%s")
        self.items = items
        for item in items:
            self.fields[f"take-{item.key}"] = forms.BooleanField(required=False, initial=item.key in ticked)
            gone = f"{item.title}: the person you chose cannot take it any more"
            self.fields[f"to-{item.key}"] = forms.ChoiceField(
                choices=item.choices, required=False, error_messages={"invalid_choice": gone}
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.get(f"take-{item.key}") for item in self.items):
            self.add_error(None, "Select what is to be given to others")
        return cleaned

    def chosen(self) -> dict[str, Person]:
        keys = {
            item.key: self.cleaned_data[f"to-{item.key}"]
            for item in self.items
            if self.cleaned_data[f"take-{item.key}"] and self.cleaned_data[f"to-{item.key}"]
        }
        people = Person.objects.in_bulk([int(pk) for pk in keys.values()])
        return {key: people[int(pk)] for key, pk in keys.items()}

    def row(self, item: Item) -> dict[str, Any]:
        """An item as its row shows it."""
        take, to = self[f"take-{item.key}"], self[f"to-{item.key}"]
        return {"item": item, "take": bool(take.value()), "to": to.value() or "", "options": item.choices}


@require_safe
@runs_the_programme
def open_work(request: HttpRequest) -> HttpResponse:
    """Everybody who has left or is away and has work that waits until they are back."""
    return render(request, "handover/list.html", {"waiting": waiting_on(timezone.localdate())})


@require_http_methods(["GET", "HEAD", "POST"])
@runs_the_programme
def person_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything open of one person, with a proposal for each."""
    by, today = signed_in(request), timezone.localdate()
    person = get_object_or_404(Person.objects.visible_to(by).prefetch_related("absences"), pk=pk)
    items = open_work_of(person, reader=by, today=today)
    form = HandOverForm(request.POST or None, items=items, ticked=_ticked(person, items))
    refused: list[Refused] = []
    if request.method == "POST" and form.is_valid():
        given, refused = hand_over(
            items,
            form.chosen(),
            by=by,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            more_time=form.cleaned_data["more_time"],
        )
        if given:
            messages.success(request, _done(given))
        if not refused:
            return redirect("person_detail", pk=pk)
        items = open_work_of(person, reader=by, today=today)
        form = HandOverForm(None, items=items, ticked=frozenset())
    context = {
        "person": person,
        "why": why_absent(person, today),
        "form": form,
        "rows": [form.row(item) for item in items],
        "errors": [{"text": f"{why.item.title}: {why.why}", "href": f"#take-{why.item.key}"} for why in refused],
        "page_has_errors": bool(refused or form.errors),
    }
    return render(request, "handover/person.html", context, status=422 if context["page_has_errors"] else 200)


def _ticked(person: Person, items: Sequence[Item]) -> frozenset[str]:
    """What is proposed to go: everything of somebody who has left; of somebody who is away what is due until then."""
    away = [(absence.starts_on, absence.ends_on) for absence in person.absences.all()]
    today = timezone.localdate()
    return frozenset(
        item.key for item in items if item.choices and (not person.is_active or item.is_due_within(away, today))
    )


def _done(given: Sequence[Item]) -> str:
    what = given[0].title if len(given) == 1 else f"{len(given)} things"
    return f"{what} {'is' if len(given) == 1 else 'are'} with others now, who have been told."
