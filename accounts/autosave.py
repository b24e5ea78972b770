"""Forms that save by themselves while somebody types: what their views share. The page's side is static/autosave.js.

Such a form posts its fields with the `version` of the page it comes from. Where somebody, or another tab, has saved
something else since, nothing is overwritten: both texts are shown, and for each difference the person chooses.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from accounts.errors import StaleVersion, UserError

Saved = TypeVar("Saved")

# What this very page has sent before without learning what became of it, each as it was posted.
BEFORE = "before"
# The choice for one difference, by its key.
KEEP, THEIRS = "keep~", "theirs"


@dataclass(frozen=True)
class Difference:
    """Something that was posted otherwise than it is stored.

    `mine` and `theirs` say it in words; `fields` is what the form would post for what is stored: values by control.
    """

    key: str
    name: str
    mine: str
    theirs: str
    fields: Mapping[str, Sequence[str]]

    @property
    def keeps_theirs(self) -> bool:
        """What to begin with: nobody's text gives way to an empty box."""
        return not self.mine.strip()

    @property
    def as_json(self) -> str:
        return json.dumps(dict(self.fields))


def in_turn(save: Callable[[QueryDict], Saved], version: Callable[[Saved], int], posted: QueryDict) -> Saved:
    """Save what was posted.

    Where the answer to an earlier save of the same page got lost, or is still under way while the page is being left,
    what is stored may be that earlier text. Then it is no one else's, and this one follows it. Raises `StaleVersion`
    where it is somebody else's.
    """
    try:
        return save(posted)
    except StaleVersion as stale:
        for sent in posted.getlist(BEFORE):
            if (stored := _version_where_stored(save, version, sent)) is not None:
                return save(_with_version(posted, stored))
        raise stale


def _version_where_stored(save: Callable[[QueryDict], Saved], version: Callable[[Saved], int], sent: str) -> int | None:
    """The version of what is stored, if that is exactly what was `sent`: only saving what is stored is never stale."""
    try:
        return version(save(_with_version(QueryDict(sent), -1)))
    except StaleVersion:
        return None


def _with_version(posted: QueryDict, version: int) -> QueryDict:
    data = posted.copy()
    data["version"] = str(version)
    return data


def has_chosen(posted: QueryDict) -> bool:
    """Whether the page was one with differences to choose from."""
    return any(name.startswith(KEEP) for name in posted)


def with_choices(posted: QueryDict, differences: Iterable[Difference]) -> QueryDict:
    """What was posted, with what is stored in place of it where the person chose so."""
    data = posted.copy()
    for difference in differences:
        if posted.get(f"{KEEP}{difference.key}") == THEIRS:
            for name, values in difference.fields.items():
                data.setlist(name, list(values))
    return data


def saved(request: HttpRequest, version: int, template: str = "autosave/_saved.html", **parts: Any) -> HttpResponse:
    """The answer to an autosave: the new version, when it was saved, and what else has changed on the page."""
    return render(request, template, {"version": version, "saved_at": timezone.localtime(), **parts})


def overtaken(request: HttpRequest, stale: StaleVersion, differences: Iterable[Difference]) -> HttpResponse:
    """The answer to an autosave that would have overwritten something: both texts, to choose."""
    context = {"message": str(stale), "version": stale.current, "differences": list(differences)}
    return render(request, "autosave/_conflict.html", context, status=409)


def refused(request: HttpRequest, error: UserError) -> HttpResponse:
    """The answer to an autosave of what can no longer be changed."""
    return render(request, "autosave/_refused.html", {"message": str(error)}, status=422)
