"""The pages of the programme's settings as a browser would send them."""

from typing import Any

from django.forms.formsets import BaseFormSet
from django.http import QueryDict

from audits.forms.programme.parts import PARTS
from audits.models import ProgrammeRules
from audits.rules.programme import Programme

BY_SLUG = {part.slug: part for part in PARTS}


def posted(slug: str, **changes: Any) -> dict[str, Any]:
    """The form of a part as its page would send it, untouched but for `changes`; None takes a field out."""
    form = BY_SLUG[slug].showing(ProgrammeRules.objects.current())
    data = {name: form[name].value() for name in form.fields}
    if form.also is not None:
        data |= _rows(form.also)
    data |= {"reason": "The steering group asked for it"} | changes
    return {name: value for name, value in data.items() if value is not None and value is not False}


def _rows(rows: BaseFormSet) -> dict[str, Any]:
    counts = {"cohorts-TOTAL_FORMS": len(rows.forms), "cohorts-INITIAL_FORMS": rows.initial_form_count()}
    return counts | {row.add_prefix(name): row[name].value() for row in rows.forms for name in row.fields}


def asked_for(slug: str, **changes: Any) -> Programme:
    """The settings that a part's form makes of what is typed."""
    form = BY_SLUG[slug](_query(posted(slug, **changes)))
    assert form.is_valid(), (form.errors, form.also and form.also.errors)
    return form.programme(ProgrammeRules.objects.current().programme)


def _query(data: dict[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)])
    return query
