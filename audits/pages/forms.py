"""Audit tools and packs as their pages show them: the versions of each form, how each stands, and what a part says."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count
from django.urls import reverse

from audits.enums import COMPLETED_STATES, FormState
from audits.models import Audit, FormEdit, FormVersion
from audits.rules.form_definition import FormDefinition, FormKind, Inconsistency, Question, Section
from audits.rules.form_difference import Difference, differences
from audits.rules.form_words import Facts, facts_of_question, facts_of_section, grade_in_words


class Standing(NamedTuple):
    """How a version stands, in a word and its colour."""

    text: str
    colour: str


DRAFT, PUBLISHED = Standing("Draft", "yellow"), Standing("Published", "blue")
IN_USE, RETIRED = Standing("In use", "green"), Standing("Retired", "grey")


def standing_of(version: FormVersion, in_use: FormVersion | None) -> Standing:
    if in_use is not None and version.pk == in_use.pk:
        return IN_USE
    return {FormState.DRAFT: DRAFT, FormState.PUBLISHED: PUBLISHED}.get(FormState(version.state), RETIRED)


@dataclass(frozen=True)
class Listed:
    """A version in the list, with the number of audits that were made with it."""

    version: FormVersion
    standing: Standing
    audits: int


@dataclass(frozen=True)
class Form:
    """A form with its versions, the newest first."""

    title: str
    key: str
    kind: str
    versions: tuple[Listed, ...]

    @property
    def is_pack(self) -> bool:
        return self.kind == FormKind.PACK


def every_form() -> list[Form]:
    """Every tool, then every pack, by title."""
    in_use = FormVersion.objects.standard_tool()
    counted = FormVersion.objects.annotate(made=Count("audits", distinct=True)).order_by("key", "-number")
    with_pack = dict(FormVersion.objects.annotate(made=Count("audits_with_pack")).values_list("pk", "made"))
    by_key: dict[str, list[FormVersion]] = defaultdict(list)
    for version in counted.select_related("edited_by"):
        by_key[version.key].append(version)
    forms = []
    for key, versions in by_key.items():
        kind = versions[0].definition.get("kind", FormKind.TOOL.value)
        listed = tuple(
            Listed(version, standing_of(version, in_use), with_pack[version.pk] if kind == FormKind.PACK else made)
            for version in versions
            for made in [version.made]  # type: ignore[attr-defined]
        )
        forms.append(Form(versions[0].title, key, kind, listed))
    return sorted(forms, key=lambda form: (form.is_pack, form.title))


class Asked(NamedTuple):
    """A question beside its text, as the pages of a form show it: how it is answered, then what else it says."""

    question: Question
    answer: str
    facts: Facts


class Part(NamedTuple):
    """A section with its questions, what it says of itself, and what is wrong with it."""

    section: Section
    grade: str
    facts: Facts
    questions: list[Asked]
    problems: list[Inconsistency]


BESIDE_THE_FACTS = ("Question", "Short name", "Guidance", "Answered by", "Answer")


def parts_of(form: FormDefinition, problems: Iterable[Inconsistency] = ()) -> list[Part]:
    by_section: dict[str, list[Inconsistency]] = defaultdict(list)
    for problem in problems:
        by_section[problem.section].append(problem)
    return [
        Part(
            section,
            grade_in_words(section),
            facts_of_section(section),
            [_asked(question, section) for question in section.questions],
            by_section[section.key],
        )
        for section in form.sections
    ]


def _asked(question: Question, section: Section) -> Asked:
    facts = facts_of_question(question, section)
    rest = {label: text.replace("\n", ", ") for label, text in facts.items() if label not in BESIDE_THE_FACTS}
    return Asked(question, f"{facts['Answered by']}. {'Must be answered' if question.required else 'Optional'}.", rest)


def linked(draft: FormVersion, problems: Iterable[Inconsistency]) -> list[dict[str, str]]:
    """Problems with the page where each is mended, as an error summary prints them."""
    form = draft.outline
    return [{"text": _said(form, problem), "href": _where(draft, problem)} for problem in problems]


def _said(form: FormDefinition, problem: Inconsistency) -> str:
    """A problem with its place by name, as people know it."""
    section = next((part.name for part in form.sections if part.key == problem.section), "")
    question = form.questions.get(problem.question)
    names = [section, question.name if question else "", problem.part]
    place = ", ".join(filter(None, names)) or "The form"
    return f"{place}: {problem.message}"


def _where(draft: FormVersion, problem: Inconsistency) -> str:
    at = [draft.key, draft.number]
    if problem.question:
        return reverse("tool_question", args=[*at, problem.question])
    if problem.section:
        return reverse("tool_section_change", args=[*at, problem.section])
    return (
        reverse("tool_detail", args=at) + "#sections" if problem.field == "sections" else reverse("tool_about", args=at)
    )


def changed_meanwhile(draft: FormVersion, seen: int) -> dict[str, Any]:
    """What somebody else did to a draft since the revision that was seen: the edits, and the differences in words."""
    edits = FormEdit.objects.filter(form_version=draft.pk, revision__gte=seen).select_related("edited_by")
    then = next((edit for edit in edits if edit.revision == seen), None)
    changed: tuple[Difference, ...] = ()
    if then is not None:
        changed = differences(FormDefinition.draft_from_dict(then.definition), draft.outline)
    return {"edits": list(edits), "differences": changed}


def answers_lost(draft: FormVersion, questions: Iterable[Question]) -> list[dict[str, Any]]:
    """Those of the questions that audits have answered with a published version of this form, and in how many: what
    cannot be compared any more from the version on that does not ask them."""
    published = FormVersion.objects.filter(key=draft.key).exclude(state=FormState.DRAFT)
    asked: dict[str, list[FormVersion]] = defaultdict(list)
    for version in published.order_by("number"):
        for key in version.form.questions:
            asked[key].append(version)
    made_with = "pack" if draft.outline.kind == FormKind.PACK else "form_version"
    completed = Audit.objects.filter(state__in=COMPLETED_STATES, **{f"{made_with}__key": draft.key})
    audits = dict(completed.order_by().values_list(made_with).annotate(made=Count("pk")))
    return [
        {
            "question": question,
            "versions": [version.number for version in asked[question.key]],
            "audits": sum(audits.get(version.pk, 0) for version in asked[question.key]),
        }
        for question in questions
        if asked.get(question.key)
    ]
