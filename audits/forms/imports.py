"""Sending a file in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.crispy_govuk.dates import GovDateField
from accounts.tables.limits import MIB
from accounts.tables.values import Unreadable, months
from audits.enums import ImportKind
from audits.services.imports import IMPORTERS, UPLOAD_LIMITS


class UploadForm(forms.Form):
    """A file, and the day it is of where its kind has one."""

    file = forms.FileField(
        label="The file",
        help_text=f"A .csv or .xlsx file of at most {UPLOAD_LIMITS.bytes // MIB} MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={
            "required": "Choose a file",
            "empty": "The file is empty",
            "missing": "Choose a file",
        },
    )
    as_of = GovDateField(
        label="The day the workbook is of",
        noun="the day the workbook is of",
        help_text="What had ended by then is closed. Leave it empty for today.",
        required=False,
    )

    def __init__(self, *args: Any, kind: ImportKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not IMPORTERS[kind].dated:
            del self.fields["as_of"]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > UPLOAD_LIMITS.bytes:
            raise forms.ValidationError(f"The file must be smaller than {UPLOAD_LIMITS.bytes // MIB} MB")
        return file


class MonthField(forms.CharField):
    """A month written YYYY-MM: its first day."""

    def clean(self, value: Any) -> date | None:
        written = super().clean(value)
        try:
            return months(written)[0] if written else None
        except Unreadable as error:
            raise forms.ValidationError("Write the month as YYYY-MM, such as 2026-01") from error


class PeriodForm(forms.Form):
    """The months whose audits are taken out as a table: one, or the first and the last."""

    first = MonthField(label="Audits from", help_text="Such as 2026-01", error_messages={"required": "Enter a month"})
    last = MonthField(label="To", help_text="Leave it empty for one month", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "The last month is before the first")
        return cleaned
