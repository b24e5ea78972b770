"""The themes to choose from. They stand on every section's page, thirty of them, so each is put into HTML once."""

from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import groupby

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from audits.enums import ThemeKind
from audits.models import Theme

register = template.Library()


@register.simple_tag
def theme_choices(themes: Iterable[Theme], chosen: Collection[str]) -> SafeString:
    """A group of checkboxes for each kind, in the order of `themes`; those in `chosen` are ticked."""
    ticked = frozenset(chosen or ())
    groups = (
        (
            ThemeKind(kind).label,
            SafeString(
                "".join(
                    _choice(theme.key, theme.name, theme.hint, theme.retired_at is not None, theme.key in ticked)
                    for theme in of_kind
                )
            ),
        )
        for kind, of_kind in groupby(themes, lambda theme: theme.kind)
    )
    return format_html_join(
        "\n",
        '<fieldset class="govuk-fieldset app-themes__kind">'
        '<legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{}</legend>'
        '<div class="govuk-checkboxes govuk-checkboxes--small">{}</div></fieldset>',
        groups,
    )


@lru_cache(maxsize=2_000)
def _choice(key: str, name: str, hint: str, retired: bool, ticked: bool) -> SafeString:
    control = f"id_themes_{key}"
    return format_html(
        '<div class="govuk-checkboxes__item">'
        '<input class="govuk-checkboxes__input" id="{0}" name="themes" type="checkbox" value="{1}"{2}{3}>'
        '<label class="govuk-label govuk-checkboxes__label" for="{0}">{4}{5}</label>{6}</div>',
        control,
        key,
        SafeString(" checked" if ticked else ""),
        format_html(' aria-describedby="{}-hint"', control) if hint else "",
        name,
        SafeString(' <span class="app-quiet">(retired)</span>' if retired else ""),
        format_html('<div id="{}-hint" class="govuk-hint govuk-checkboxes__hint">{}</div>', control, hint)
        if hint
        else "",
    )
