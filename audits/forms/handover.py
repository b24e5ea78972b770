"""Choosing an auditor by hand, and giving an audit to another one."""

from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format

from accounts.models import Person
from audits.pages.candidates import Choice

BY_LOT, SOMEBODY_ELSE = "program", "other"
KEEP, LATER = "keep", "later"


class AuditorForm(forms.Form):
    """Whom: the program's own choice, one of the best, or any other who may."""

    to = forms.ChoiceField(
        label="Who audits it?", widget=forms.RadioSelect, error_messages={"required": "Select who audits it"}
    )
    other = forms.ChoiceField(label="Somebody else", required=False)

    def __init__(self, *args: Any, choice: Choice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice = choice
        lot = (BY_LOT, "Let the program choose", "The first of those below: the best by the rules, among equals by lot")
        # Value, text and hint, as the radios show them.
        self.options: list[tuple[str, str, str]] = [lot, *choice.best]
        if choice.others:
            self.options.append((SOMEBODY_ELSE, "Somebody else who may", "Choose them below"))
            self.fields["other"].choices = [("", "Select an auditor"), *choice.others]  # type: ignore[attr-defined]
        else:
            del self.fields["other"]
        self.fields["to"].choices = [option[:2] for option in self.options]  # type: ignore[attr-defined]
        self.fields["to"].initial = BY_LOT

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("to") == SOMEBODY_ELSE and not cleaned.get("other") and "other" not in self.errors:
            self.add_error("other", "Select the auditor")
        return cleaned

    def chosen(self) -> Person | None:
        """None where the program is to choose."""
        to = self.cleaned_data["to"]
        if to == BY_LOT:
            return None
        return Person.objects.get(pk=self.cleaned_data["other"] if to == SOMEBODY_ELSE else to)


class HandOverAuditForm(AuditorForm):
    """`later`: the day that a new auditor could be given, where the present one is too near."""

    reason = forms.CharField(
        label="Why does somebody else do it?",
        help_text="This is kept. Do not name the child.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=300,
        error_messages={"required": "Enter why somebody else does it"},
    )
    day = forms.ChoiceField(label="When is it due?", widget=forms.RadioSelect, initial=KEEP)

    def __init__(self, *args: Any, due_on: date | None, later: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if later is None:
            del self.fields["day"]
            return
        stays = f"It stays due on {date_format(due_on, 'j F Y')}" if due_on else "It has no day"
        self.fields["day"].choices = [  # type: ignore[attr-defined]
            (KEEP, stays),
            (LATER, f"Give them until {date_format(later, 'j F Y')}, five working days from now"),
        ]

    @property
    def more_time(self) -> bool:
        return self.cleaned_data.get("day") == LATER
