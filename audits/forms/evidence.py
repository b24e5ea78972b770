"""Attaching a file to an audit."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.tables.limits import MIB
from audits.evidence_files import ENDINGS
from audits.rules.form_definition import FormDefinition
from audits.services.evidence import Room

WHOLE_AUDIT = "The audit as a whole"


class EvidenceForm(forms.Form):
    """A file, what it belongs to, and what it shows."""

    file = forms.FileField(
        label="The file",
        max_length=1000,
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
        error_messages={
            "required": "Choose a file",
            "missing": "Choose a file",
            "empty": "This file is empty.",
            "max_length": "The name of the file is too long. Give it a shorter one.",
        },
    )
    section = forms.ChoiceField(label="What does it belong to?", required=False)
    note = forms.CharField(
        label="What does it show?",
        max_length=300,
        required=False,
        help_text="In a few words, for those who read the audit. You can leave it empty.",
    )

    def __init__(self, *args: Any, form: FormDefinition, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.room = room
        self.fields["file"].help_text = (
            f"A PDF, a Word document (.docx), an Excel workbook (.xlsx), a picture (.png or .jpg)"
            f" or a text (.txt), of at most {room.megabytes} MB."
        )
        choices = [("", WHOLE_AUDIT), *((section.key, section.name) for section in form.sections)]
        self.fields["section"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > self.room.megabytes * MIB:
            raise forms.ValidationError(
                f"This file is too large: the most that can be attached is {self.room.megabytes} MB."
            )
        return file
