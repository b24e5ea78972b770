"""Fields with units and words: how a number, days or choices are typed, what they may be, and how they read."""

from datetime import date
from typing import Any

from django import forms

from accounts.tables import values as cells

SEPARATORS = str.maketrans({",": " ", ";": " ", "\n": " ", "\r": " "})
SINGULAR = {
    "days": "day",
    "hours": "hour",
    "months": "month",
    "points": "point",
    "cases": "case",
    "children": "child",
    "files": "file",
    "managers": "manager",
}


class NumberField(forms.IntegerField):
    """A whole number with its unit, which stands behind the box.

    `blank`: what an empty box means, where it may be empty; it cleans to None. `nought`: what 0 means, where that needs
    words; then an empty box is 0.
    """

    def __init__(
        self,
        label: str,
        unit: str,
        *,
        most: int,
        least: int = 1,
        help_text: str = "",
        blank: str = "",
        nought: str = "",
    ) -> None:
        limits = f"“{label}” must be a whole number from {least} to {most}"
        super().__init__(
            label=label,
            required=not (blank or nought),
            min_value=least,
            max_value=most,
            help_text=help_text,
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), limits),
        )
        self.unit, self.blank, self.nought = unit, blank, nought

    def clean(self, value: Any) -> int | None:
        number: int | None = super().clean(value)
        return 0 if number is None and self.nought else number

    def in_words(self, value: int | None) -> str:
        if value is None:
            return self.blank
        if value == 0 and self.nought:
            return self.nought
        unit = " ".join(SINGULAR.get(word, word) for word in self.unit.split()) if value == 1 else self.unit
        return f"{value}{unit}" if unit == "%" else f"{value} {unit}"


class NumbersField(forms.CharField):
    """Whole numbers from 0 to 60, separated by commas: "7, 2, 0"."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else ", ".join(str(number) for number in value)

    def clean(self, value: Any) -> tuple[int, ...]:
        words = super().clean(value).translate(SEPARATORS).split()
        if not all(word.isascii() and word.isdecimal() and int(word) <= 60 for word in words):
            raise forms.ValidationError("Enter whole numbers of days from 0 to 60, such as 7, 2, 0")
        return tuple(sorted({int(word) for word in words}, reverse=True))


class DaysField(forms.CharField):
    """Dates, one a line, as 24/12/2026 or 2026-12-24; kept as ISO dates."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(f"{date.fromisoformat(day):%d/%m/%Y}" for day in value)

    def clean(self, value: Any) -> tuple[str, ...]:
        days = set()
        for word in super().clean(value).translate(SEPARATORS).split():
            try:
                days.add(cells.day(word).isoformat())
            except cells.Unreadable as error:
                raise forms.ValidationError(
                    f"“{word}” is not a date. Write each day as 24/12/2026, one a line"
                ) from error
        return tuple(sorted(days))


class SeveralField(forms.MultipleChoiceField):
    """Any of the choices, as checkboxes."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> tuple[str, ...]:
        return tuple(super().clean(value))


class OneField(forms.ChoiceField):
    """One of a few choices, as radios."""

    widget = forms.RadioSelect


def in_words(field: forms.Field, value: Any) -> str:
    """A setting's value as people read it, with its unit."""
    if isinstance(field, NumberField):
        return field.in_words(value)
    if isinstance(field, forms.BooleanField):
        return "Yes" if value else "No"
    if isinstance(field, forms.ChoiceField):
        labels = {str(choice): str(label) for choice, label in field.choices}  # type: ignore[misc,union-attr]
        chosen = value if isinstance(field, forms.MultipleChoiceField) else [value]
        return "\n".join(labels.get(choice, choice) for choice in chosen) or "None"
    if isinstance(field, NumbersField | DaysField):
        return str(field.prepare_value(value) or "None")
    return str(value) or "None"
