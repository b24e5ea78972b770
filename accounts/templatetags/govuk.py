"""GOV.UK components for templates: `{% load govuk %}`.

All take plain values and escape them; a list of dicts may be any objects with those attributes.

Form controls (details in `accounts.crispy_govuk.controls`; `options` are (value, text[, hint[, disabled]])):
  {% radios name="grade" legend="Grade" options=grades value=grade error=error inline=True small=True %}
  {% checkboxes name="agencies" legend="Who took part" options=agencies value=chosen %}
  {% checkbox name="confirmed" label="The worker is right" value=confirmed %}
  {% text_input name="where" label="Where" value=where width=20 prefix="" suffix="" %}
  {% textarea name="comment" label="Comments" value=comment rows=6 limit=2000 %}
  {% select name="team" label="Team" options=teams value=team %}
  {% date_input name="due" legend="Due date" value=date_or_three_texts wrong_parts=parts %}
  {% file_upload name="file" label="Case list" accept=".csv,.xlsx" %}   {% password_input name= label= %}
  every control: hint= error= (a message or a list) id= size="s|m|l|xl|" heading=True (the page's h1) attributes=dict
Django forms:
  {% field form.due %}  {% field form.grade inline=True size="m" %}   one bound field as its control
  {% error_summary form %}  {% error_summary form formset %}  {% error_summary errors=list_of_text_and_href %}
Buttons:
  {% button "Save and continue" %}  {% button "Delete" name="delete" value="1" variant="warning" %}
  {% button_link "Start" url %}  {% button_link "Export" url variant="secondary" %}
Words and marks:
  {% tag "Due" "yellow" %}     colours: grey blue teal green yellow orange red purple
  {% grade_tag "requires_improvement" %}   "" or None prints "Not graded"
  {% progress 87 120 "returned" %}          a bar with its counts in words
  {% tile 12 "audits to do" url hint="3 due this week" tone="warning" %}   inside <ul class="app-tiles">
Lists:
  {% summary_list rows %}      rows: (key, value) or {"key", "value", "actions": [{"text", "href", "hidden"}]}
  {% task_list tasks %}        tasks: {"text", "href", "hint", "status", "colour"}; no href: cannot start yet
  {% pagination page %}        a Django Page; keeps the rest of the query string
Finding the way:
  {% breadcrumbs "Home" home_url "Cycles" cycles_url "October 2026" %}   {% back_link url "Back to the audit" %}
Saying something:
  {% notification "Audit submitted" success=True %}  {% inset "…" %}  {% warning "…" %}
"""

from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.crispy_govuk import controls
from accounts.crispy_govuk.fields import form_errors, render_field

register = template.Library()

for _control in (
    controls.radios,
    controls.checkboxes,
    controls.checkbox,
    controls.text_input,
    controls.password_input,
    controls.textarea,
    controls.select,
    controls.date_input,
    controls.file_upload,
):
    register.simple_tag(_control)


@register.simple_tag
def field(bound: BoundField, look: dict[str, Any] | None = None, **more: Any) -> SafeString:
    """A Django form's field as its GOV.UK control."""
    return render_field(bound, **(look or {}) | more)


@register.inclusion_tag("_components/error_summary.html")
def error_summary(*forms: Any, errors: Iterable[dict[str, str]] = (), title: str = "There is a problem") -> dict:
    """What is wrong on the page, each linked to its control; nothing where nothing is wrong."""
    on_the_page = [form for form in forms if form]
    return {"title": title, "errors": [*form_errors(*on_the_page), *errors]}


@register.simple_tag
def button(text: str, *, variant: str = "", **attributes: Any) -> SafeString:
    """A submit button, deaf to double clicks; `variant` is "secondary", "warning" or "" and `attributes` its own."""
    attributes = {"type": "submit"} | {name.replace("_", "-"): value for name, value in attributes.items()}
    return format_html(
        '<button class="{}" data-module="govuk-button" data-prevent-double-click="true"{}>{}</button>',
        _button_class(variant),
        flatatt(attributes),
        text,
    )


@register.simple_tag
def button_link(text: str, href: str, *, variant: str = "") -> SafeString:
    """A link that looks like a button, for going somewhere rather than changing something."""
    return format_html(
        '<a href="{}" role="button" draggable="false" class="{}" data-module="govuk-button">{}</a>',
        href,
        _button_class(variant),
        text,
    )


def _button_class(variant: str) -> str:
    return f"govuk-button govuk-button--{variant}" if variant else "govuk-button"


@register.filter
def button_classes(crispy_classes: str) -> str:
    """crispy's button classes without those it has from Bootstrap."""
    own = [name for name in str(crispy_classes).split() if not name.startswith("btn")]
    return " ".join(["govuk-button", *own])


@register.simple_tag
def tag(text: Any, colour: str = "") -> SafeString:
    """A short status word on a tint."""
    css = f"govuk-tag govuk-tag--{colour}" if colour else "govuk-tag"
    return format_html('<strong class="{}">{}</strong>', css, text)


GRADES = {
    "outstanding": "Outstanding",
    "good": "Good",
    "requires_improvement": "Requires improvement",
    "inadequate": "Inadequate",
}


@register.simple_tag
def grade_tag(grade: Any) -> SafeString:
    """A grade as a word with four steps filled from the bottom, so that it reads without colour."""
    value = str(grade or "")
    if value not in GRADES:
        return SafeString('<span class="app-grade app-grade--none">Not graded</span>')
    css = value.replace("_", "-")
    return format_html('<strong class="app-grade app-grade--{}">{}</strong>', css, GRADES[value])


@register.inclusion_tag("_components/progress.html")
def progress(done: int, total: int, text: str = "done") -> dict:
    """How much of something is done; `done` and `total` are whole counts."""
    width = round(100 * min(done, total) / total, 1) if total else 0
    return {"done": done, "total": total, "text": text, "width": width}


@register.inclusion_tag("_components/tile.html")
def tile(figure: Any, text: str, href: str = "", *, hint: str = "", tone: str = "") -> dict:
    """A figure on the dashboard; `tone` is "", "warning" or "good"."""
    return {"figure": figure, "text": text, "href": href, "hint": hint, "tone": tone}


@register.inclusion_tag("_components/summary_list.html")
def summary_list(rows: Iterable[Any], *, borders: bool = True) -> dict:
    """Facts as key and value; text keeps its line breaks."""
    rows = [{"key": row[0], "value": row[1]} if isinstance(row, tuple) else row for row in rows]
    # A row without an action leaves their column free, where other rows have one.
    return {"rows": rows, "borders": borders, "has_actions": any(row.get("actions") for row in rows)}


@register.inclusion_tag("_components/task_list.html")
def task_list(tasks: Iterable[Any], *, id: str = "task") -> dict:
    """What there is to do and how far it is; `id` keeps two lists on one page apart."""
    return {"tasks": tasks, "id": id}


@register.inclusion_tag("_components/pagination.html", takes_context=True)
def pagination(context: Any, page: Page, *, param: str = "page", label: str = "Pagination") -> dict:
    """Links to the other pages of a list, with this page's query kept; nothing for a single page."""
    request = context.get("request")
    query = request.GET.copy() if request else None

    def href(number: int) -> str:
        if query is None:
            return f"?{param}={number}"
        query[param] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "label": label,
        "many": page.has_other_pages(),
        "previous": href(page.previous_page_number()) if page.has_previous() else "",
        "next": href(page.next_page_number()) if page.has_next() else "",
        "items": [
            {
                "number": number,
                "href": href(number) if isinstance(number, int) else "",
                "current": number == page.number,
            }
            for number in numbers
        ],
    }


@register.inclusion_tag("_components/breadcrumbs.html")
def breadcrumbs(*steps: Any) -> dict:
    """The way here from the top: text, url, text, url, …; a last text without url is this page."""
    pairs = zip_longest(steps[::2], steps[1::2], fillvalue="")
    return {"steps": [{"text": text, "href": href} for text, href in pairs]}


@register.simple_tag
def back_link(href: str, text: str = "Back") -> SafeString:
    """The way back, in a landmark of its own like breadcrumbs."""
    return format_html('<nav aria-label="Back"><a href="{}" class="govuk-back-link">{}</a></nav>', href, text)


@register.inclusion_tag("_components/notification.html")
def notification(text: Any, *, success: bool = False, title: str = "", id: str = "notification") -> dict:
    """A banner at the top of the page: what just happened, or what matters now."""
    return {"text": text, "success": success, "title": title or ("Success" if success else "Important"), "id": id}


@register.simple_tag
def inset(text: Any) -> SafeString:
    return format_html('<div class="govuk-inset-text">{}</div>', text)


@register.inclusion_tag("_components/warning.html")
def warning(text: Any) -> dict:
    return {"text": text}
