"""From a draft to a form that audits are made with: publish, set in use, retire. What is published never changes."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.enums import Permission
from accounts.errors import StaleVersion, UserError
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from audits.enums import CycleStatus, FormState
from audits.models import Cycle, FormVersion
from audits.rules.form_definition import FormDefinition, FormKind, Inconsistency
from audits.rules.form_editing import kind_clashes
from audits.services.form_design import keys_used


def problems_of(draft: FormVersion) -> tuple[Inconsistency, ...]:
    """Everything that keeps the draft from being published."""
    form = draft.outline
    return (*form.inconsistencies(), *kind_clashes(form, keys_used(draft)))


def publish(*, draft: FormVersion, seen: int, in_use: bool, by: Person, at: datetime) -> None:
    """Publish a draft as it was `seen`; from then on it never changes. `in_use`: cycles are published with it from now.

    Raises UserError where it is not consistent or no draft any more, StaleVersion where somebody changed it meanwhile.
    """
    _ensure_designer(by)
    stored = FormVersion.objects.filter(pk=draft.pk, state=FormState.DRAFT).first()
    if stored is None:
        raise UserError("This draft has been published, or thrown away, by somebody else.")
    if stored.revision != seen:
        raise StaleVersion("Somebody changed this draft while you were looking at it.", current=stored.revision)
    if problems := problems_of(stored):
        raise UserError(f"It cannot be published yet. {problems[0]}")
    in_use = in_use and _is_tool(stored.outline)
    with transaction.atomic():
        # Conditional on the revision that was checked: an edit beside the publication is in it or refused.
        published = FormVersion.objects.filter(pk=draft.pk, state=FormState.DRAFT, revision=seen).update(
            state=FormState.PUBLISHED, published_at=at, standard_since=at if in_use else None
        )
        if not published:
            raise UserError("Somebody else changed or published this draft at this moment. Look at it again.")
        stored.edits.all().delete()
        _log(stored, "published", f"Published {stored}", by, at)
        if in_use:
            _log(stored, "set_in_use", f"{stored} is in use from now on", by, at)
    draft.refresh_from_db()


def set_in_use(*, version: FormVersion, by: Person, at: datetime) -> None:
    """Publish cycles with this version of a tool from now on, unless another is chosen for one."""
    _ensure_designer(by)
    if not _is_tool(version.outline):
        raise UserError("A pack of questions is chosen for a cycle; it is not in use by itself.")
    with transaction.atomic():
        hold_published(version)
        FormVersion.objects.filter(pk=version.pk).update(standard_since=at)
        _log(version, "set_in_use", f"{version} is in use from now on", by, at)
    version.refresh_from_db()


def retire(*, version: FormVersion, by: Person, at: datetime) -> None:
    """Offer it no more. Audits that were made with it keep it, and it stays readable.

    Raises UserError where it is in use, a planned cycle has chosen it, or it is not published.
    """
    _ensure_designer(by)
    with transaction.atomic():
        retired = FormVersion.objects.filter(
            pk=version.pk, state=FormState.PUBLISHED, standard_since=version.standard_since
        ).update(state=FormState.RETIRED, retired_at=at)
        if not retired:
            raise UserError(f"{version} is not published, or was set in use at this moment.")
        # Asked with its row held: whoever sets it in use or chooses it for a cycle takes that row first.
        if in_the_way := reasons_to_keep(version):
            raise UserError(in_the_way[0])
        _log(version, "retired", f"Retired {version}", by, at)
    version.refresh_from_db()


def reasons_to_keep(version: FormVersion) -> list[str]:
    """Why a published version cannot be retired now; none where it can."""
    reasons = []
    standard = newest_standard()
    if standard is not None and standard.pk == version.pk:
        reasons.append("It is in use: set another version in use first.")
    reasons += [f"{cycle.name} is going to use it: choose another there first." for cycle in planned_with(version)]
    return reasons


def newest_standard() -> FormVersion | None:
    """The tool in use, also while its own row is being retired in this transaction."""
    stood = FormVersion.objects.exclude(state=FormState.DRAFT).tools().filter(standard_since__isnull=False)
    return stood.order_by("-standard_since").first()


def planned_with(version: FormVersion) -> list[Cycle]:
    """The cycles that are not published yet and have chosen it."""
    coming = Cycle.objects.filter(published_at=None, status__in=(CycleStatus.PLANNED, CycleStatus.PAUSED))
    return [*coming.filter(Q(form_version=version) | Q(pack=version)).order_by("first_month")]


def hold_published(version: FormVersion) -> None:
    """Take the version's row in this transaction, so that nobody retires it while it is set in use or chosen."""
    held = FormVersion.objects.filter(pk=version.pk, state=FormState.PUBLISHED).update(state=FormState.PUBLISHED)
    if not held:
        raise UserError(f"{version} is not published, or has been retired.")


def _is_tool(form: FormDefinition) -> bool:
    return form.kind == FormKind.TOOL


def _ensure_designer(by: Person) -> None:
    ensure(by.may(Permission.DESIGN_FORMS), "Only QA and administrators publish audit tools.")


def _log(form: FormVersion, verb: str, summary: str, by: Person, at: datetime) -> None:
    record(by=by, at=at, verb=f"form.{verb}", thing_type="form", thing_ref=form.ref, summary=summary)
