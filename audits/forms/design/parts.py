"""Parts of a draft as forms: what the form says about itself, and its sections. Questions have a module of their own.

A form gives the part as a value (`part`). What the rules refuse comes back as problems at fields: `tell` puts each at
its place. `seen` is the revision of the draft that the page shows.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxLengthValidator

from audits.enums import Grade
from audits.rules.form_definition import Descriptor, FormDefinition, FormKind, Inconsistency, Section
from audits.rules.form_editing import ChangeAbout
from audits.rules.grading import BEST_FIRST

OWN, NONE, OVERALL = "own", "none", "overall"


def wording(label: str, *, rows: int = 0, most: int = 0, **more: Any) -> forms.CharField:
    """A field of text, in as many rows; one line without."""
    more.setdefault("required", False)
    if not rows:
        return forms.CharField(label=label, max_length=most or 300, **more)
    # As a validator the limit is kept, and no page counts what remains of four thousand characters.
    limit = MaxLengthValidator(most or 4000)
    return forms.CharField(label=label, validators=[limit], widget=forms.Textarea(attrs={"rows": rows}), **more)


def key_field(what: str, example: str) -> forms.CharField:
    return forms.CharField(
        label="Key",
        max_length=90,
        required=False,
        help_text=f"Such as {example}. Left empty, it is made from the {what}. Answers are compared by it, version by "
        "version: keep it when you reword.",
    )


class PartForm(forms.Form):
    """A part of a draft. `fields_of_problems`: where a problem is said whose field has another name here."""

    fields_of_problems: ClassVar[dict[str, str]] = {}
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def tell(self, problems: Iterable[Inconsistency]) -> None:
        for problem in problems:
            field = self.fields_of_problems.get(problem.field, problem.field)
            self.add_error(field if field in self.fields else None, as_sentence(problem))


def as_sentence(problem: Inconsistency) -> str:
    """A problem as it stands at its field."""
    said = f"{problem.part}: {problem.message}" if problem.part else problem.message
    said = f"{said[:1].upper()}{said[1:]}"
    return said if ". " in said else said.removesuffix(".")


class AboutForm(PartForm):
    """What a form says about itself."""

    title = wording("Title", most=200, required=True)
    purpose = wording(
        "Purpose", rows=3, help_text="What the audit is for, in a sentence or two. Auditors read it first."
    )
    disclosure = wording(
        "Disclosure notice",
        rows=3,
        help_text="Who may come to read the audit, such as the child and family on a request for access to the file.",
    )
    lookback_months = forms.IntegerField(
        label="How many months of work does it look back over?", min_value=1, max_value=60
    )

    def __init__(self, data: Any = None, *, form: FormDefinition, seen: int) -> None:
        super().__init__(
            data,
            initial={
                "title": form.title,
                "purpose": form.purpose,
                "disclosure": form.disclosure,
                "lookback_months": form.lookback_months,
                "seen": seen,
            },
        )
        if form.kind == FormKind.PACK:
            # It is the tool beside it that looks back and is disclosed.
            del self.fields["disclosure"], self.fields["lookback_months"]
        self.form = form

    @property
    def edit(self) -> ChangeAbout:
        typed = self.cleaned_data
        return ChangeAbout(
            title=typed["title"],
            purpose=typed["purpose"],
            disclosure=typed.get("disclosure", self.form.disclosure),
            lookback_months=typed.get("lookback_months", self.form.lookback_months),
        )


class SectionForm(PartForm):
    """A section without its questions."""

    fields_of_problems: ClassVar[dict[str, str]] = {"graded": "grade", "descriptors": "good_opening"}

    name = wording("Name", most=200, required=True)
    key = key_field("name", "planning")
    intro = wording(
        "Introduction", rows=3, help_text="What to look at, such as the latest plan. Shown under the heading."
    )
    minutes = forms.IntegerField(label="How many minutes does it take?", min_value=0, max_value=240)
    grade = forms.ChoiceField(
        label="Grade",
        choices=[
            (OWN, "It has a grade of its own"),
            (NONE, "It has no grade"),
            (OVERALL, "It holds the overall grade of the audit"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether the section has a grade"},
    )
    comment_label = wording("What is the comment box called?", most=200)
    comment_hint = wording("Hint of the comment box", rows=2)
    comment_required = forms.BooleanField(label="A comment must be written", required=False)

    def __init__(self, data: Any = None, *, form: FormDefinition, section: Section | None, seen: int) -> None:
        super().__init__(data, initial=_shown(section or new_section(form)) | {"seen": seen})
        self.section = section
        for grade in BEST_FIRST:
            self.fields[f"{grade}_opening"] = wording(f"{grade.label}: in a sentence", rows=2, most=1000)
            self.fields[f"{grade}_phrases"] = wording(
                f"{grade.label}: point by point", rows=4, help_text="One on a line."
            )
        if form.kind == FormKind.PACK:
            self.fields["grade"].required = False
            del self.fields["grade"]

    @property
    def descriptors(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        return [(grade.label, self[f"{grade}_opening"], self[f"{grade}_phrases"]) for grade in BEST_FIRST]

    @property
    def part(self) -> Section:
        typed = self.cleaned_data
        grade = typed.get("grade", NONE)
        return Section(
            key=typed["key"],
            name=typed["name"],
            intro=typed["intro"],
            graded=grade == OWN,
            overall=grade == OVERALL,
            minutes=typed["minutes"],
            descriptors=tuple(self._descriptors()),
            comment_label=typed["comment_label"] or "Comments",
            comment_hint=typed["comment_hint"],
            comment_required=typed["comment_required"],
        )

    def _descriptors(self) -> Iterable[Descriptor]:
        for grade in BEST_FIRST:
            opening = self.cleaned_data[f"{grade}_opening"]
            phrases = tuple(lines_of(self.cleaned_data[f"{grade}_phrases"]))
            if opening or phrases:
                yield Descriptor(grade.value, opening, phrases)


def new_section(form: FormDefinition) -> Section:
    """What a new section begins with: a grade of its own, in a tool."""
    return Section(key="", name="", graded=form.kind == FormKind.TOOL)


def lines_of(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _shown(section: Section) -> dict[str, Any]:
    grade = OVERALL if section.overall else OWN if section.graded else NONE
    shown: dict[str, Any] = {
        "name": section.name,
        "key": section.key,
        "intro": section.intro,
        "minutes": section.minutes,
        "grade": grade,
        "comment_label": section.comment_label,
        "comment_hint": section.comment_hint,
        "comment_required": section.comment_required,
    }
    for each in Grade:
        if descriptor := section.descriptor(each):
            shown |= {f"{each}_opening": descriptor.opening, f"{each}_phrases": "\n".join(descriptor.phrases)}
    return shown
