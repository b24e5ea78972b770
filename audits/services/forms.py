"""Audit tools and packs of questions: which are used, and those that come with the program."""

import json
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from audits.enums import FormState
from audits.models import Audit, Cycle, FormVersion
from audits.rules.form_definition import FormDefinition, with_pack

DATA = Path(__file__).resolve().parent.parent / "data"
PACKS = ("re_referrals.json",)
# What a draft can start from, beside the versions that there are.
EXAMPLES = ("default_tool.json", "practice_categories.json", "re_referrals.json")


def read_tool(file_name: str) -> dict[str, Any]:
    """A form definition that comes with the program, as plain values."""
    return json.loads((DATA / file_name).read_text(encoding="utf-8"))


def ensure_default_form() -> FormVersion:
    """The audit tool in use; where there is none, the Audit for Good Practice, published now."""
    return FormVersion.objects.standard_tool() or _published("default_tool.json", in_use=True)


def ensure_shipped_forms() -> None:
    """The forms that audits can be made with from the beginning are there."""
    ensure_default_form()
    for file_name in PACKS:
        _published(file_name)


def packs_to_choose() -> list[FormVersion]:
    """The newest published version of every pack of questions on a theme; the ones that come with the program, too."""
    for file_name in PACKS:
        _published(file_name)
    return _newest(FormVersion.objects.published().packs())


def tools_to_choose() -> list[FormVersion]:
    """The newest published version of every audit tool, and the version in use where that is another one."""
    in_use = ensure_default_form()
    newest = _newest(FormVersion.objects.published().tools())
    return newest if in_use in newest else [in_use, *newest]


def tool_of(cycle: Cycle) -> FormVersion:
    """The tool that a cycle is audited with: its own where one was chosen or it is published, or the one in use."""
    return cycle.form_version or ensure_default_form()


def form_version_of(audit: Audit) -> FormVersion:
    """The version an audit is made with: its own once it has one, otherwise its cycle's, otherwise the newest."""
    return audit.form_version or tool_of(audit.allocation.cycle)


def pack_of(audit: Audit) -> FormVersion | None:
    """The pack asked beside that version: the audit's own once it has a version, its cycle's until then."""
    if audit.form_version_id is not None or audit.imported:
        return audit.pack
    return audit.pack or audit.allocation.cycle.pack


def form_of(audit: Audit) -> FormDefinition:
    """Everything the audit asks: its tool, and the pack of its cycle after it."""
    pack = pack_of(audit)
    return with_pack(form_version_of(audit).form, pack.form if pack else None)


def _newest(versions: QuerySet[FormVersion]) -> list[FormVersion]:
    """The version with the highest number of each form."""
    newest: dict[str, FormVersion] = {}
    for version in versions.order_by("title", "key", "-number"):
        newest.setdefault(version.key, version)
    return list(newest.values())


def _published(file_name: str, *, in_use: bool = False) -> FormVersion:
    """A form that comes with the program: the first version of it that was published, which is stored now where there
    is none. A draft of the same form is nobody's to audit with."""
    definition, now = read_tool(file_name), timezone.now()
    versions = FormVersion.objects.filter(key=definition["key"])
    published = versions.exclude(state=FormState.DRAFT).order_by("number").first()
    return (
        published
        or FormVersion.objects.get_or_create(
            key=definition["key"],
            number=versions.count() + 1,
            defaults={
                "title": definition["title"],
                "definition": definition,
                "state": FormState.PUBLISHED,
                "published_at": now,
                "standard_since": now if in_use else None,
            },
        )[0]
    )
