"""The forms of re-audits that are not needed."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms


class SetAsideForm(forms.Form):
    reason = forms.CharField(
        label="Why is no re-audit needed?",
        max_length=300,
        error_messages={"required": "Say why no re-audit is needed"},
        help_text="Kept with the audit. Write nothing that tells who the child is.",
    )


class SetAsideManyForm(SetAsideForm):
    """Those that were due by a month. `due_months`: one for each that waits."""

    until = forms.ChoiceField(label="Which re-audits?", error_messages={"required": "Select which re-audits"})
    field_order = ("until", "reason")

    def __init__(self, data: Any = None, *, due_months: Collection[date]) -> None:
        super().__init__(data)
        self.fields["reason"].label = "Why are they not needed?"
        self.fields["until"].choices = [  # type: ignore[attr-defined]
            (f"{month:%Y-%m-%d}", f"Due in {month:%B %Y} or before: {sum(due <= month for due in due_months)}")
            for month in sorted(set(due_months))
        ]

    def month(self) -> date:
        return date.fromisoformat(self.cleaned_data["until"])
