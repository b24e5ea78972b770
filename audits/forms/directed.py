"""Commissioning a directed audit, and taking it back."""

from datetime import date
from typing import Any

from django import forms

from accounts.crispy_govuk.dates import GovDateField
from accounts.crispy_govuk.layout import with_button
from accounts.models import Person
from audits.models import Case
from audits.rules.requests import A_YEAR
from audits.services.directed import REASON_CHARACTERS, why_not


class CommissionForm(forms.Form):
    """Which case, why, and by when. A restricted case that `by` is not named for is as good as none."""

    number = forms.CharField(
        label="Case number",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the case number"},
    )
    reason = forms.CharField(
        label="Why is this case audited?",
        help_text="Such as a complaint, a serious incident, or a case that is followed. The auditor reads it. "
        "Do not name the child.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=REASON_CHARACTERS,
        error_messages={"required": "Enter why this case is to be audited"},
    )
    due_on = GovDateField(label="Due on", noun="due day")

    def __init__(self, *args: Any, by: Person, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.today = by, today

    def clean_number(self) -> Case:
        case = Case.objects.visible_to(self.by).numbered(self.cleaned_data["number"])
        if case is None:
            raise forms.ValidationError("No case has this number")
        if why := why_not(case, self.today):
            raise forms.ValidationError(why)
        return case

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if due_on <= self.today:
            raise forms.ValidationError("The due day must be after today")
        if due_on > self.today + A_YEAR:
            raise forms.ValidationError("The due day must be within a year")
        return due_on


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Why is it taken back?",
        help_text="This is kept. Do not name the child.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=REASON_CHARACTERS,
        error_messages={"required": "Enter why it is taken back"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(*self.fields, button="Take this audit back", css_class="govuk-button--warning")
