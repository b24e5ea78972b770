"""A question of a draft as a form. What belongs to another kind of question is left out of the part that it gives."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.forms.formsets import BaseFormSet

from audits.enums import Grade
from audits.forms.design.parts import PartForm, as_sentence, key_field, wording
from audits.rules.form_definition import Choice, Inconsistency, NAReason, Question, QuestionKind, Section, ShownWhen
from audits.rules.form_editing import KINDS_IN_WORDS, propose_key
from audits.rules.form_words import answer_in_words
from audits.rules.in_words import ANSWER_TEXTS

ROWS_TO_BEGIN_WITH, ROWS_MORE = 3, 3
NO_LIMIT = "none"
LIMITS = (Grade.GOOD, Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE)
WITH_OPTIONS = (QuestionKind.CHOICE, QuestionKind.CHOICES)


class OptionRow(forms.Form):
    label = wording("Option", most=200)
    key = wording("Key", most=40)


class ReasonRow(forms.Form):
    label = wording("Reason", most=200)
    key = wording("Key", most=40)
    lifts_limit = forms.BooleanField(label="Lifts the limit", required=False, initial=True)
    written = forms.BooleanField(label="Is written out", required=False)


class Rows(BaseFormSet):
    """Rows of which those without a label do not count."""

    def filled(self) -> list[dict[str, Any]]:
        """What stands in them, each with a key: made from the label where none was typed."""
        taken: set[str] = set()
        found = []
        for row in self.cleaned_data:
            if label := row.get("label", "").strip():
                key = row.get("key", "").strip() or propose_key(label, taken)
                taken.add(key)
                found.append({**row, "label": label, "key": key})
        return found


OptionRows = forms.formset_factory(OptionRow, formset=Rows, extra=ROWS_TO_BEGIN_WITH, max_num=50)
ReasonRows = forms.formset_factory(ReasonRow, formset=Rows, extra=ROWS_TO_BEGIN_WITH, max_num=50)


class QuestionForm(PartForm):
    """A question. `options` and `reasons` are rows beside its own fields; `gates`: what its asking can depend on."""

    fields_of_problems: ClassVar[dict[str, str]] = {"shown_when": "when"}

    text = wording("Question", rows=2, most=1000, required=True)
    label = wording("Short name", most=100, help_text="For lists and reports, such as “Child seen”.")
    key = key_field("short name or the question", "planning.smart")
    kind = forms.ChoiceField(
        label="How is it answered?",
        choices=[(kind.value, words) for kind, words in KINDS_IN_WORDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Select how the question is answered"},
    )
    guidance = wording("Guidance", rows=3, help_text="Stands under the question.")
    required = forms.BooleanField(label="It must be answered", required=False)
    scale_from = forms.IntegerField(label="From", min_value=0, max_value=100, required=False)
    scale_to = forms.IntegerField(label="To", min_value=1, max_value=100, required=False)
    never_future = forms.BooleanField(label="The date cannot be in the future", required=False)
    limits_to = forms.ChoiceField(
        label="Is it a limiting judgement?",
        choices=[
            (NO_LIMIT, "No"),
            *((grade.value, f"Yes: at most {grade.label} while it is not met") for grade in LIMITS),
        ],
        widget=forms.RadioSelect,
        required=False,
        help_text="The grade of its section, and the overall grade, are limited where the answer is not Yes, or is NA "
        "without a reason that lifts the limit.",
    )
    comment_required_on = forms.MultipleChoiceField(
        label="Which answers need detail in the comment?",
        choices=[(answer.value, text) for answer, text in ANSWER_TEXTS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    when = forms.MultipleChoiceField(label="Only ask it after these answers", required=False)

    def __init__(self, data: Any = None, *, section: Section, question: Question | None, seen: int) -> None:
        shown = question or Question(key="", text="")
        super().__init__(data, initial=_shown(shown) | {"seen": seen})
        self.section, self.question = section, question
        self.gates = [gate for gate in _earlier(section, question) if gate.possible_answers()]
        self.fields["when"].choices = [choice for gate in self.gates for choice in _choices_of(gate)]  # type: ignore[attr-defined]
        self.options = OptionRows(data, prefix="options", initial=_rows(shown.choices))
        self.reasons = ReasonRows(data, prefix="reasons", initial=_rows(shown.na_reasons))

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.options.is_valid(), self.reasons.is_valid()])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if len({_gate_of(value) for value in cleaned.get("when", [])}) > 1:
            self.add_error("when", "Select answers of one question only")
        return cleaned

    @property
    def conditions(self) -> list[dict[str, Any]]:
        """The questions that it can depend on, each with its answers; the first keeps the bare id."""
        chosen = self["when"].value() or []
        return [
            {
                "id": "id_when" if number == 0 else f"id_when_{number}",
                "name": gate.name,
                "options": [(value, answer_in_words(gate, _answer_of(value))) for value, _ in _choices_of(gate)],
                "chosen": [value for value in chosen if _gate_of(value) == gate.key],
            }
            for number, gate in enumerate(self.gates)
        ]

    @property
    def part(self) -> Question:
        typed = self.cleaned_data
        kind = QuestionKind(typed["kind"])
        own: dict[str, Any] = {}
        if kind == QuestionKind.YES_NO_NA:
            own = {
                "limits_to": "" if typed["limits_to"] == NO_LIMIT else typed["limits_to"],
                "comment_required_on": tuple(typed["comment_required_on"]),
                "na_reasons": tuple(NAReason(**row) for row in self.reasons.filled()),  # type: ignore[attr-defined]
            }
        elif kind in WITH_OPTIONS:
            own = {"choices": tuple(Choice(**row) for row in self.options.filled())}  # type: ignore[attr-defined]
        elif kind == QuestionKind.SCALE:
            own = {
                "scale_from": 0 if typed["scale_from"] is None else typed["scale_from"],
                "scale_to": 10 if typed["scale_to"] is None else typed["scale_to"],
            }
        elif kind == QuestionKind.DATE:
            own = {"never_future": typed["never_future"]}
        return Question(
            key=typed["key"],
            text=typed["text"],
            kind=kind.value,
            label=typed["label"],
            guidance=typed["guidance"],
            required=typed["required"],
            shown_when=_condition(typed["when"]),
            **own,
        )

    def tell(self, problems: Iterable[Inconsistency]) -> None:
        """What is wrong with the rows is said at their first box."""
        rows: dict[str, BaseFormSet] = {"choices": self.options, "na_reasons": self.reasons}
        rest = []
        for problem in problems:
            if problem.field in rows:
                first = rows[problem.field].forms[0]
                first.add_error("label", as_sentence(problem))
            else:
                rest.append(problem)
        super().tell(rest)

    def with_more_rows(self) -> "QuestionForm":
        """The form as it was typed, with empty rows more at the end of its options and of its reasons."""
        again = QuestionForm(section=self.section, question=self.question, seen=0)
        again.initial = {name: self[name].value() for name in self.fields}
        again.options, again.reasons = _grown(self.options), _grown(self.reasons)
        return again


def _grown(rows: BaseFormSet) -> BaseFormSet:
    """The rows as they were typed, and some more."""
    typed = [{name: row[name].value() for name in row.fields} for row in rows.forms]
    filled = [row for row in typed if row["label"] or row["key"]]
    again = type(rows)(prefix=rows.prefix, initial=filled)
    again.extra = len(typed) - len(filled) + ROWS_MORE
    return again


def _earlier(section: Section, question: Question | None) -> list[Question]:
    """The questions before this one; all of the section where it is new."""
    keys = [other.key for other in section.questions]
    end = keys.index(question.key) if question and question.key in keys else len(keys)
    return list(section.questions[:end])


def _choices_of(gate: Question) -> list[tuple[str, str]]:
    return [
        (f"{gate.key}|{answer}", f"{gate.name}: {answer_in_words(gate, answer)}") for answer in gate.possible_answers()
    ]


def _gate_of(value: str) -> str:
    return value.partition("|")[0]


def _answer_of(value: str) -> str:
    return value.partition("|")[2]


def _condition(chosen: list[str]) -> ShownWhen | None:
    return ShownWhen(_gate_of(chosen[0]), tuple(map(_answer_of, chosen))) if chosen else None


def _rows(parts: Iterable[Choice | NAReason]) -> list[dict[str, Any]]:
    return [dict(vars(part)) for part in parts]


def _shown(question: Question) -> dict[str, Any]:
    condition = question.shown_when
    names = (
        "text",
        "label",
        "key",
        "kind",
        "guidance",
        "required",
        "scale_from",
        "scale_to",
        "never_future",
        "comment_required_on",
    )
    return {name: getattr(question, name) for name in names} | {
        "limits_to": question.limits_to or NO_LIMIT,
        "when": [f"{condition.question}|{answer}" for answer in condition.answers] if condition else [],
    }
