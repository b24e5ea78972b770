"""The code book: which themes a finding can be tagged with, and how often each is used."""

import json
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from audits.enums import ThemeKind
from audits.models import AuditSection, Feedback, Observation, Theme
from audits.services.forms import DATA

KINDS = list(ThemeKind)
ONLY_KEEPERS = "Only QA and administrators keep the code book."


def code_book() -> list[Theme]:
    """Every theme, retired ones too, kind by kind. Where there is none at all, the ones that come with the program."""
    themes = list(Theme.objects.all())
    if not themes:
        defaults = json.loads((DATA / "themes.json").read_text(encoding="utf-8"))
        Theme.objects.bulk_create([Theme(**values) for values in defaults], ignore_conflicts=True)
        themes = list(Theme.objects.all())
    return sorted(themes, key=lambda theme: (KINDS.index(ThemeKind(theme.kind)), theme.name.casefold()))


def themes_to_choose(also: Collection[str] = ()) -> list[Theme]:
    """What a finding can be tagged with: the themes in use, and of the retired ones those it has already (`also`)."""
    return [theme for theme in code_book() if theme.retired_at is None or theme.key in also]


def themes_by_key(keys: Iterable[str]) -> dict[str, Theme]:
    """The themes of these keys, retired ones too; one query, none where there are no keys."""
    wanted = set(keys)
    return {theme.key: theme for theme in Theme.objects.filter(key__in=wanted)} if wanted else {}


def known(keys: Iterable[str]) -> list[str]:
    """Of these keys, those the code book has, each once, in an order that does not depend on how they were ticked."""
    return sorted(themes_by_key(keys))


def uses() -> Counter[str]:
    """By key, how many findings are tagged with it: sections, feedback and observations."""
    found: Counter[str] = Counter()
    for model in (AuditSection, Feedback, Observation):
        for keys in model._default_manager.exclude(themes=[]).order_by().values_list("themes", flat=True):
            found.update(keys)
    return found


def add_theme(*, name: str, kind: str, hint: str = "", by: Person, at: datetime) -> Theme:
    ensure(by.may(Permission.DESIGN_FORMS), ONLY_KEEPERS)
    name = _checked(name)
    try:
        with transaction.atomic():
            theme = Theme.objects.create(key=_free_key(name), name=name, kind=ThemeKind(kind), hint=hint.strip())
            _record(theme, "theme.added", f"The theme “{name}” was added", by, at)
    except IntegrityError:
        raise UserError(_taken(name)) from None
    return theme


def change_theme(*, theme: Theme, name: str, kind: str, hint: str = "", by: Person, at: datetime) -> None:
    """Change what a theme is called. Its key stays, and with it everything that is tagged."""
    ensure(by.may(Permission.DESIGN_FORMS), ONLY_KEEPERS)
    name, before = _checked(name, besides=theme), theme.name
    new = {"name": name, "kind": ThemeKind(kind), "hint": hint.strip()}
    if new == {field: getattr(theme, field) for field in new}:
        return
    try:
        with transaction.atomic():
            Theme.objects.filter(pk=theme.pk).update(**new)
            summary = f"The theme “{before}” was changed" if before == name else f"“{before}” is now “{name}”"
            _record(theme, "theme.changed", summary, by, at)
    except IntegrityError:
        raise UserError(_taken(name)) from None


@transaction.atomic
def retire_theme(*, theme: Theme, by: Person, at: datetime) -> bool:
    """No longer offer it; what is tagged with it stays so. Says whether this call did it."""
    ensure(by.may(Permission.DESIGN_FORMS), ONLY_KEEPERS)
    if not Theme.objects.filter(pk=theme.pk, retired_at=None).update(retired_at=at):
        return False
    _record(theme, "theme.retired", f"The theme “{theme.name}” was retired", by, at)
    return True


@transaction.atomic
def bring_back_theme(*, theme: Theme, by: Person, at: datetime) -> bool:
    ensure(by.may(Permission.DESIGN_FORMS), ONLY_KEEPERS)
    if not Theme.objects.filter(pk=theme.pk, retired_at__isnull=False).update(retired_at=None):
        return False
    _record(theme, "theme.brought_back", f"The theme “{theme.name}” is offered again", by, at)
    return True


def _checked(name: str, besides: Theme | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise UserError("Enter the name of the theme")
    same = Theme.objects.filter(name__iexact=name)
    if (same.exclude(pk=besides.pk) if besides else same).exists():
        raise UserError(_taken(name))
    return name


def _taken(name: str) -> str:
    return f"There is a theme “{name}” already. If it is retired, bring it back."


def _free_key(name: str) -> str:
    """A key that no theme has had: made of the first name, and kept for good."""
    start = slugify(name)[:50].strip("-") or "theme"
    taken = set(Theme.objects.filter(key__startswith=start).values_list("key", flat=True))
    return next(key for key in (start, *(f"{start}-{n}" for n in range(2, len(taken) + 3))) if key not in taken)


def _record(theme: Theme, verb: str, summary: str, by: Person, at: datetime) -> None:
    record(by=by, verb=verb, thing_type="theme", thing_ref=theme.key, summary=summary, at=at)
