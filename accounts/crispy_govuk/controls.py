"""Form controls in GOV.UK Frontend 6 markup, rendered from plain values.

One function a control. The template tags of `accounts.templatetags.govuk` and the crispy template
pack both end here, so the markup of a control exists once, under `templates/_components/`.

Every control takes `name`, its words (`label` or `legend`), `value`, `hint`, `error` (one message,
or a list of them) and `id`, which defaults to Django's own `id_<name>`. That id belongs to the
element a link in the error summary should focus: the input itself, the first radio or checkbox.
Values are compared and printed as text and are always escaped, unless marked safe.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from typing import Any, NamedTuple

from django.forms.utils import flatatt
from django.template import Context, Engine, Template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

Errors = str | Iterable[str]
Attributes = Mapping[str, Any] | None


class Option(NamedTuple):
    """One choice of radios, checkboxes or a select; a plain (value, text[, hint[, disabled]]) tuple does as well."""

    value: Any
    text: Any
    hint: Any = ""
    disabled: bool = False


def radios(
    *,
    name: str,
    options: Iterable[tuple],
    legend: str = "",
    value: Any = None,
    hint: str = "",
    error: Errors = "",
    id: str = "",
    size: str = "s",
    heading: bool = False,
    inline: bool = False,
    small: bool = False,
    attributes: Attributes = None,
) -> SafeString:
    """One choice of several. `attributes` go to the element around the radios."""
    values = _group(name, legend, hint, error, id, size, heading, attributes)
    return _render("radios", values, items=_items(options, values["id"], {_text(value)}), inline=inline, small=small)


def checkboxes(
    *,
    name: str,
    options: Iterable[tuple],
    legend: str = "",
    value: Iterable[Any] = (),
    hint: str = "",
    error: Errors = "",
    id: str = "",
    size: str = "s",
    heading: bool = False,
    small: bool = False,
    attributes: Attributes = None,
) -> SafeString:
    """Any number of choices; `value` holds the chosen ones. `attributes` go to the element around the boxes."""
    values = _group(name, legend, hint, error, id, size, heading, attributes)
    chosen = {_text(choice) for choice in value or ()}
    return _render("checkboxes", values, items=_items(options, values["id"], chosen), small=small)


def checkbox(
    *,
    name: str,
    label: str,
    value: Any = False,
    hint: str = "",
    error: Errors = "",
    id: str = "",
    small: bool = False,
    attributes: Attributes = None,
) -> SafeString:
    """A single yes-or-no box that posts "on" when ticked."""
    values = _control(name, label, hint, error, id, "", False, attributes)
    return _render("checkbox", values, checked=bool(value), small=small)


def text_input(
    *,
    name: str,
    label: str,
    value: Any = "",
    hint: str = "",
    error: Errors = "",
    id: str = "",
    size: str = "s",
    heading: bool = False,
    type: str = "text",
    width: int | str = "",
    prefix: str = "",
    suffix: str = "",
    attributes: Attributes = None,
) -> SafeString:
    """One line of text. `width` is in characters (2, 3, 4, 5, 10, 20 or 30)."""
    values = _control(name, label, hint, error, id, size, heading, attributes)
    return _render("text_input", values, value=_text(value), type=type, width=width, prefix=prefix, suffix=suffix)


def password_input(
    *,
    name: str,
    label: str,
    hint: str = "",
    error: Errors = "",
    id: str = "",
    size: str = "s",
    autocomplete: str = "current-password",
    attributes: Attributes = None,
) -> SafeString:
    """A password with a show button; what was typed is never sent back."""
    values = _control(name, label, hint, error, id, size, False, attributes)
    return _render("password_input", values, autocomplete=autocomplete)


def textarea(
    *,
    name: str,
    label: str,
    value: Any = "",
    hint: str = "",
    error: Errors = "",
    id: str = "",
    size: str = "s",
    heading: bool = False,
    rows: int = 4,
    limit: int | None = None,
    attributes: Attributes = None,
) -> SafeString:
    """Several lines of text; with a `limit` of characters the page counts down to it."""
    values = _control(name, label, hint, error, id, size, heading, attributes)
    if limit:
        values["describedby"] = f"{values['id']}-info {values['describedby']}".rstrip()
    return _render("textarea", values, value=_text(value), rows=rows, limit=limit)


def select(
    *,
    name: str,
    label: str,
    options: Iterable[tuple],
    value: Any = None,
    hint: str = "",
    error: Errors = "",
    id: str = "",
    size: str = "s",
    heading: bool = False,
    multiple: bool = False,
    attributes: Attributes = None,
) -> SafeString:
    """A drop-down list. An option whose text is a list of options is a group: ("North", [(1, "Elm"), …])."""
    values = _control(name, label, hint, error, id, size, heading, attributes)
    chosen = {_text(choice) for choice in (value or ())} if multiple else {_text(value)}
    return _render("select", values, options=_options(options, chosen), multiple=multiple)


def _options(options: Iterable[tuple], chosen: set[str]) -> SafeString:
    """The inside of a drop-down list. Written here: a list of some hundred names would take a template ten times as
    long as the rest of its page."""
    written: list[str] = []
    for option in options:
        if isinstance(option[1], list | tuple):
            group = format_html('<optgroup label="{}">{}</optgroup>', _text(option[0]), _options(option[1], chosen))
            written.append(group)
            continue
        value, text, _, disabled = Option(*option)
        value = _text(value)
        marks = f"{' selected' if value in chosen else ''}{' disabled' if disabled else ''}"
        shown = escape(text) if type(text) is str else conditional_escape(text)
        written.append(f'<option value="{escape(value)}"{marks}>{shown}</option>')
    return SafeString("\n".join(written))


def file_upload(
    *,
    name: str,
    label: str,
    hint: str = "",
    error: Errors = "",
    id: str = "",
    size: str = "s",
    heading: bool = False,
    accept: str = "",
    multiple: bool = False,
    attributes: Attributes = None,
) -> SafeString:
    """A file from the person's computer; with JavaScript it becomes a drop zone."""
    values = _control(name, label, hint, error, id, size, heading, attributes)
    return _render("file_upload", values, accept=accept, multiple=multiple)


DATE_PARTS = (("day", "Day", 2), ("month", "Month", 2), ("year", "Year", 4))


def date_input(
    *,
    name: str,
    legend: str,
    value: Any = None,
    hint: str = "",
    error: Errors = "",
    id: str = "",
    size: str = "s",
    heading: bool = False,
    wrong_parts: Iterable[str] = (),
    attributes: Attributes = None,
) -> SafeString:
    """Three boxes `<name>_day`, `<name>_month`, `<name>_year`, with ids to match.

    `value` is a date, or the three texts as typed. `wrong_parts` names the boxes an error is about
    (all of them when left out).
    """
    values = _group(name, legend, hint, error, id, size, heading, attributes)
    typed = date_texts(value)
    wrong = set(wrong_parts) or ({part for part, *_ in DATE_PARTS} if values["errors"] else set())
    items = [
        {
            "id": f"{values['id']}_{part}",
            "name": f"{name}_{part}",
            "label": label,
            "width": width,
            "value": _text(text),
            "wrong": part in wrong,
        }
        for (part, label, width), text in zip(DATE_PARTS, typed, strict=True)
    ]
    return _render("date_input", values, items=items)


def date_texts(value: Any) -> list[Any]:
    """The texts of the three date boxes for a date, for three texts as typed, or for nothing."""
    if not value:
        return ["", "", ""]
    if hasattr(value, "year"):
        return [value.day, value.month, value.year]
    return list(value)


def _control(
    name: str, label: str, hint: str, error: Errors, id: str, size: str, heading: bool, attributes: Attributes
) -> dict[str, Any]:
    """What every control with a label has in common."""
    values = _common(name, hint, error, id, heading, attributes)
    values["label"] = label
    values["label_class"] = f"govuk-label govuk-label--{size}" if size else "govuk-label"
    return values


def _group(
    name: str, legend: str, hint: str, error: Errors, id: str, size: str, heading: bool, attributes: Attributes
) -> dict[str, Any]:
    """What every control with a fieldset and a legend has in common."""
    values = _common(name, hint, error, id, heading, attributes)
    values["legend"] = legend
    values["legend_class"] = (
        f"govuk-fieldset__legend govuk-fieldset__legend--{size}" if size else "govuk-fieldset__legend"
    )
    return values


def _common(name: str, hint: str, error: Errors, id: str, heading: bool, attributes: Attributes) -> dict[str, Any]:
    id = id or f"id_{name}"
    errors = [error] if error and isinstance(error, str) else list(error or ())
    described = [f"{id}-hint"] if hint else []
    described += [f"{id}-error"] if errors else []
    return {
        "id": id,
        "name": name,
        "hint": hint,
        "errors": errors,
        "describedby": " ".join(described),
        "heading": heading,
        "attributes": flatatt(dict(attributes)) if attributes else "",
    }


def _items(options: Iterable[tuple], id: str, chosen: set[str]) -> list[dict[str, Any]]:
    """Options as the templates print them; the first keeps the bare id, so that a link can focus it."""
    items = []
    for number, option in enumerate(options, 1):
        value, text, hint, disabled = Option(*option)
        value = _text(value)
        items.append(
            {
                "id": id if number == 1 else f"{id}-{number}",
                "value": value,
                "text": text,
                "hint": hint,
                "disabled": disabled,
                "checked": value in chosen,
            }
        )
    return items


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _render(component: str, values: dict[str, Any], **more: Any) -> SafeString:
    return _template(component).render(Context(values | more))


@cache
def _template(component: str) -> Template:
    """The compiled template itself: a fresh one each time would cost more than rendering it."""
    return Engine.get_default().get_template(f"_components/{component}.html")
