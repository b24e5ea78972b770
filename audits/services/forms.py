"""Audit tools: which one is used, and the default one that comes with the program."""

import json
from pathlib import Path
from typing import Any

from django.utils import timezone

from audits.enums import FormState
from audits.models import Audit, FormVersion
from audits.rules.form_definition import FormKind

DATA = Path(__file__).resolve().parent.parent / "data"


def read_tool(file_name: str) -> dict[str, Any]:
    """A form definition that comes with the program, as plain values."""
    return json.loads((DATA / file_name).read_text(encoding="utf-8"))


def ensure_default_form() -> FormVersion:
    """The newest published audit tool; where there is none, the Audit for Good Practice, published now."""
    tools = FormVersion.objects.published().exclude(definition__kind=FormKind.PACK)
    newest = tools.order_by("-published_at", "-number").first()
    if newest is not None:
        return newest
    definition = read_tool("default_tool.json")
    return FormVersion.objects.get_or_create(
        key=definition["key"],
        number=1,
        defaults={
            "title": definition["title"],
            "definition": definition,
            "state": FormState.PUBLISHED,
            "published_at": timezone.now(),
        },
    )[0]


def form_version_of(audit: Audit) -> FormVersion:
    """The version an audit is made with: its own once it has one, otherwise its cycle's, otherwise the newest."""
    return audit.form_version or audit.allocation.cycle.form_version or ensure_default_form()
