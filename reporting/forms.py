"""What QA fills in: which period, the texts of a chapter, the recommendations."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.crispy_govuk.dates import GovDateField
from reporting.highlight import RecommendationLine
from reporting.narrative import Chapter
from reporting.rules.periods import Period

LONGEST_TEXT = 20_000


class StartForm(forms.Form):
    """The months of a report: one of the cycles, or from one to another."""

    first = forms.ChoiceField(label="Month", error_messages={"required": "Select the month of the report"})
    last = forms.ChoiceField(
        label="Last month, if the report covers several cycles", required=False, help_text="For a quarter, say."
    )

    def __init__(self, *args: Any, cycles: list[tuple[Period, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycles = {str(period.first): period for period, _ in cycles}
        options = [(str(period.first), name) for period, name in cycles]
        self.fields["first"].choices = [("", "Select a month"), *options]  # type: ignore[attr-defined]
        self.fields["last"].choices = [("", "The same month"), *options]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = self.cycles.get(cleaned.get("first", "")), self.cycles.get(cleaned.get("last", ""))
        if first and last and last.last < first.first:
            raise ValidationError({"last": "The last month must not be before the first"})
        return cleaned

    @property
    def period(self) -> Period:
        first = self.cycles[self.cleaned_data["first"]]
        last = self.cycles.get(self.cleaned_data["last"], first)
        return Period(first.first, last.last)


class ChapterForm(forms.Form):
    """The boxes of one chapter; `seen` is the mark of the texts as they were when the page was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, chapter: Chapter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for box in chapter.boxes:
            widget = forms.TextInput() if box.lines == 1 else forms.Textarea({"rows": box.lines})
            limit = 200 if box.lines == 1 else None
            self.fields[box.key] = forms.CharField(
                label=box.label,
                help_text=box.hint,
                widget=widget,
                max_length=limit,
                required=False,
                validators=[_not_too_long],
            )

    @property
    def boxes(self) -> list[forms.BoundField]:
        return self.visible_fields()

    @property
    def texts(self) -> dict[str, str]:
        return {key: value for key, value in self.cleaned_data.items() if key != "seen"}


def _not_too_long(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise ValidationError(f"Shorten the text to {LONGEST_TEXT:,} characters; it has {len(text):,}")


class RecommendationForm(forms.Form):
    """One recommendation or practice standard. Left empty it is none."""

    text = forms.CharField(label="What needs to happen", widget=forms.Textarea({"rows": 2}), required=False)
    owner = forms.CharField(label="Owner", max_length=200, required=False)
    due_on = GovDateField(label="By when", noun="date", required=False)
    is_standard = forms.BooleanField(label="This is a practice standard", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        says_something = any(cleaned.get(name) for name in ("owner", "due_on", "is_standard"))
        if says_something and not cleaned.get("text", "").strip() and "text" not in self.errors:
            self.add_error("text", "Enter what needs to happen, or leave the whole recommendation empty")
        return cleaned

    @property
    def line(self) -> RecommendationLine | None:
        cleaned = self.cleaned_data
        if not cleaned.get("text", "").strip():
            return None
        return RecommendationLine(
            text=cleaned["text"].strip(),
            owner=cleaned.get("owner", "").strip(),
            due_on=cleaned.get("due_on"),
            is_standard=cleaned.get("is_standard", False),
        )


RecommendationFormSet = forms.formset_factory(RecommendationForm, extra=3, max_num=100, validate_max=True)
