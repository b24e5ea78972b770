"""Dates typed in three boxes, with messages that say which part is wrong.

A native date picker hides its format and is hard to use with a keyboard or a screen reader; three
boxes with day, month and year in the British order are the GOV.UK pattern for dates people know.
"""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.crispy_govuk.controls import DATE_PARTS, date_texts

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PARTS = tuple(part for part, *_ in DATE_PARTS)


class GovDateInput(forms.MultiWidget):
    """Three boxes named `<name>_day`, `<name>_month` and `<name>_year`; its value is the three texts as typed."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS}, attrs)

    def decompress(self, value: date | None) -> list[Any]:
        return date_texts(value)


class GovDateField(forms.Field):
    """A date from three boxes.

    `noun` names the date inside messages ("the date of audit must be a real date"); left out, it is
    the label, or "date" where the label is a question. A message's `parts` say which boxes are wrong.
    Months may be written as words, in full or by their first three letters.
    """

    widget = GovDateInput

    def __init__(self, *, noun: str = "", **kwargs: Any) -> None:
        self.noun = noun
        super().__init__(**kwargs)

    def clean(self, value: Any) -> date | None:
        """The date typed. Raises ValidationError for a missing part, a wrong part or a date that does not exist."""
        typed = [str(text or "").strip() for text in value or ("", "", "")]
        if not any(typed):
            if self.required:
                message = self.error_messages["required"] if self._own_required else f"Enter {self._the_noun}"
                raise ValidationError(message, code="required", params={"parts": PARTS})
            return None
        day, month, year = self._numbers(typed)
        try:
            cleaned = date(year, month, day)
        except ValueError:
            raise self._wrong(PARTS, f"must be a real date: {_spell(day, month, year)} does not exist") from None
        self.run_validators(cleaned)
        return cleaned

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = [str(text).strip().lstrip("0") for text in date_texts(initial)]
        after = [str(text or "").strip().lstrip("0") for text in data or ("", "", "")]
        return before != after

    def _numbers(self, typed: list[str]) -> tuple[int, int, int]:
        missing = [part for part, text in zip(PARTS, typed, strict=True) if not text]
        if missing:
            raise self._wrong(missing, f"must include a {' and '.join(missing)}")
        day, month, year = typed
        if not re.fullmatch(r"[0-9]{4}", year) or year == "0000":
            raise self._wrong(["year"], "must have a year of 4 numbers, for example 2026")
        month_number = _month_number(month)
        if not month_number:
            raise self._wrong(["month"], "must have a month from 1 to 12")
        if not re.fullmatch(r"[0-9]{1,2}", day) or not 1 <= int(day) <= 31:
            raise self._wrong(["day"], "must have a day from 1 to 31")
        return int(day), month_number, int(year)

    def _wrong(self, parts: Any, what: str) -> ValidationError:
        noun = self._the_noun
        return ValidationError(f"{noun[0].upper()}{noun[1:]} {what}", code="invalid", params={"parts": tuple(parts)})

    @property
    def _own_required(self) -> bool:
        return self.error_messages["required"] != forms.Field.default_error_messages["required"]

    @property
    def _the_noun(self) -> str:
        noun = self.noun or str(self.label or "")
        if not noun or noun.endswith("?"):
            return "the date"
        return f"the {noun[0].lower()}{noun[1:]}"


def _month_number(text: str) -> int:
    """1 to 12, or 0 where the text is no month."""
    if re.fullmatch(r"[0-9]{1,2}", text):
        return int(text) if 1 <= int(text) <= 12 else 0
    names = {date(2000, number, 1).strftime("%B").lower(): number for number in range(1, 13)}
    names |= {short: number for number, short in enumerate(MONTHS, 1)}
    return names.get(text.lower(), 0)


def _spell(day: int, month: int, year: int) -> str:
    return f"{day} {date(2000, month, 1):%B} {year}"
