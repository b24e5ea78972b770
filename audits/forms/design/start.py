"""What a draft starts from, and what it is called."""

from collections.abc import Iterable
from typing import Any

from django import forms

from audits.models import FormVersion
from audits.rules.form_definition import FormDefinition, FormKind
from audits.rules.form_editing import propose_key

EMPTY_TOOL, EMPTY_PACK, EXAMPLE = "tool", "pack", "example:"
NEXT, OTHER = "next", "other"
KEY_HINT = "Small letters, digits and underscores. Left empty, it is made from the title. It stays for ever."


class TitledForm(forms.Form):
    """A form's title, and its key: made from the title where it is left empty."""

    title = forms.CharField(label="Title", max_length=200, required=False)
    key = forms.RegexField(
        r"\A[a-z][a-z0-9_]*\Z",
        label="Key",
        max_length=40,
        required=False,
        help_text=KEY_HINT,
        error_messages={"invalid": "The key must be small letters, digits and underscores, and begin with a letter"},
    )

    def needs_a_title(self) -> bool:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        title = cleaned.get("title", "").strip()
        if self.needs_a_title() and not title and "title" not in self.errors:
            self.add_error("title", "Enter a title")
        cleaned["key"] = cleaned.get("key") or propose_key(title, ())
        return cleaned


class StartForm(TitledForm):
    """An empty tool, an empty pack, or an example that comes with the program."""

    source = forms.ChoiceField(
        label="What do you start from?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select what you start from"},
    )
    field_order = ("source", "title", "key")

    def __init__(self, data: Any = None, *, examples: Iterable[tuple[str, FormDefinition]]) -> None:
        super().__init__(data)
        self.examples = [*examples]
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            (EMPTY_TOOL, "An empty audit tool"),
            (EMPTY_PACK, "An empty pack of questions on a theme"),
            *((f"{EXAMPLE}{name}", f"The example “{form.title}”") for name, form in self.examples),
        ]

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """The choices with what stands behind each."""
        hints = {
            EMPTY_TOOL: "Sections with grades, and one that holds the overall grade.",
            EMPTY_PACK: "Questions without grades, which a cycle can ask beside its audit tool.",
        } | {f"{EXAMPLE}{name}": _in_short(form) for name, form in self.examples}
        choices = self.fields["source"].choices  # type: ignore[attr-defined]
        return [(value, text, hints[value]) for value, text in choices]

    def needs_a_title(self) -> bool:
        return self.cleaned_data.get("source") in (EMPTY_TOOL, EMPTY_PACK)

    @property
    def kind(self) -> FormKind:
        return FormKind(self.cleaned_data["source"])

    @property
    def example(self) -> str:
        """The file of the chosen example; blank where it starts empty."""
        source: str = self.cleaned_data["source"]
        return source.removeprefix(EXAMPLE) if source.startswith(EXAMPLE) else ""


class CopyForm(TitledForm):
    """The next version of the same form, or the beginning of another one."""

    becomes = forms.ChoiceField(
        label="What does the copy become?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select what the copy becomes"},
    )
    field_order = ("becomes", "title", "key")

    def __init__(self, data: Any = None, *, of: FormVersion) -> None:
        super().__init__(data, initial={"becomes": NEXT})
        self.fields["becomes"].choices = [  # type: ignore[attr-defined]
            (NEXT, f"The next version of “{of.title}”"),
            (OTHER, "Another form, with a title and a key of its own"),
        ]

    def needs_a_title(self) -> bool:
        return self.cleaned_data.get("becomes") == OTHER

    @property
    def naming(self) -> dict[str, str]:
        """The title and key of its own, where it gets them."""
        if self.cleaned_data["becomes"] == NEXT:
            return {}
        return {"title": self.cleaned_data["title"], "key": self.cleaned_data["key"]}


def _in_short(form: FormDefinition) -> str:
    sections, questions = len(form.sections), len(form.questions)
    return f"{sections} section{'s' * (sections != 1)}, {questions} question{'s' * (questions != 1)}. {form.purpose}"
