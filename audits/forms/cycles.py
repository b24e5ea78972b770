"""The forms of a cycle: planning, drawing again, looking up, pausing."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Person
from audits.rules.deadlines import add_months

MONTHS_TO_CHOOSE = 18
MONTHS_BACK = 3


class PlanForm(forms.Form):
    """Which month, or which months merged into one cycle."""

    first = forms.ChoiceField(label="Month")
    last = forms.ChoiceField(
        label="Last month",
        required=False,
        help_text="Only for months merged into one cycle, such as July and August. It is due by its last month.",
    )

    def __init__(self, *args: Any, today: date, first: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [add_months(today, ahead) for ahead in range(-MONTHS_BACK, MONTHS_TO_CHOOSE)]
        choices = [(f"{month:%Y-%m-%d}", f"{month:%B %Y}") for month in months]
        self.fields["first"].choices = choices  # type: ignore[attr-defined]
        self.fields["last"].choices = [("", "The same month"), *choices]  # type: ignore[attr-defined]
        chosen = first if first in dict(choices) else f"{add_months(today, 1):%Y-%m-%d}"
        self.fields["first"].initial = chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last") or cleaned.get("first")
        if first and last and last < first:
            self.add_error("last", "The last month must not come before the first")
        return cleaned

    def months(self) -> tuple[date, date]:
        first = date.fromisoformat(self.cleaned_data["first"])
        return first, date.fromisoformat(self.cleaned_data["last"] or self.cleaned_data["first"])


class RedrawForm(forms.Form):
    reason = forms.CharField(
        label="Why is the cycle drawn again?",
        max_length=300,
        error_messages={"required": "Say why the cycle is drawn again"},
        help_text="Kept with the draw. Nobody can change a drawn list; it can only be drawn again as a whole.",
    )


class LookUpCaseForm(forms.Form):
    number = forms.CharField(
        label="Case number", max_length=100, error_messages={"required": "Enter a case number"}, label_suffix=""
    )


class LookUpAuditorForm(forms.Form):
    auditor = forms.ModelChoiceField(
        queryset=Person.objects.none(),
        label="Auditor",
        empty_label="Choose an auditor",
        error_messages={"required": "Choose an auditor"},
    )

    def __init__(self, *args: Any, auditors: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["auditor"].queryset = auditors  # type: ignore[attr-defined]


class PauseForm(forms.Form):
    reason = forms.CharField(
        label="Why is nothing audited?",
        max_length=300,
        error_messages={"required": "Say why nothing is audited"},
        help_text="Reports print it where the figures would stand.",
    )
    substitute = forms.CharField(
        label="What is done instead?", max_length=300, required=False, help_text="Such as dip sampling by managers."
    )
