"""The version of a form that an address names, and the parts of a draft."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from audits.enums import FormState
from audits.models import FormVersion
from audits.rules.form_definition import FormDefinition, Question, Section

SCOPE = "every audit tool and pack of questions; none holds anything about a child"


def version_of(key: str, number: int) -> FormVersion:
    return get_object_or_404(FormVersion.objects.select_related("copied_from", "edited_by"), key=key, number=number)


def draft_of(key: str, number: int) -> FormVersion:
    """A version that can be edited: one that is published is not found here."""
    draft = version_of(key, number)
    if draft.state != FormState.DRAFT:
        raise Http404
    return draft


def section_of(form: FormDefinition, key: str) -> Section:
    try:
        return form.section(key)
    except KeyError:
        raise Http404 from None


def question_of(form: FormDefinition, key: str) -> tuple[Section, Question]:
    """The question of that key, and the section that it stands in."""
    for section in form.sections:
        for question in section.questions:
            if question.key == key:
                return section, question
    raise Http404
