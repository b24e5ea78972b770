"""Writing a draft of a form: start one, edit it, undo, throw it away. What is published is no draft, and never changes.

Every change names the revision that the person saw. Where somebody else changed the draft since, nothing is changed and
StaleVersion says so; the page keeps what was typed.
"""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.enums import Permission
from accounts.errors import StaleVersion, UserError
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from audits.enums import FormState
from audits.models import FormEdit, FormVersion
from audits.rules.form_definition import FormDefinition, FormKind
from audits.rules.form_editing import Edit, EditRefused, UsedKey, kind_clashes

DISCLOSURE = (
    "This audit goes on the child’s file. It can be disclosed if someone asks for access to the file, so write it as "
    "you would want the child and their family to read it."
)


def start_empty(*, kind: FormKind, title: str, key: str, by: Person, at: datetime) -> FormVersion:
    """A form of one's own without any section: its version 1. Raises UserError where its key is another form's."""
    if FormVersion.objects.filter(key=key).exists():
        raise UserError(f"There is a form with the key “{key}” already. Choose another key, or copy that form.")
    disclosure = DISCLOSURE if kind == FormKind.TOOL else ""
    return _start(FormDefinition(key, title, (), kind=kind.value, disclosure=disclosure), by=by, at=at, source=None)


def start_copy(*, of: FormVersion, by: Person, at: datetime, key: str = "", title: str = "") -> FormVersion:
    """A draft that says what a version says: the next version of that form, or with a key of its own another form."""
    if key and FormVersion.objects.filter(key=key).exists():
        raise UserError(f"There is a form with the key “{key}” already. Choose another key.")
    definition = of.definition | {"key": key or of.key, "title": title or of.title}
    return _start(FormDefinition.draft_from_dict(definition), by=by, at=at, source=of)


def start_from(*, definition: dict[str, Any], by: Person, at: datetime) -> FormVersion:
    """A draft from a definition in plain values, such as an example: the next version of the form of its key."""
    return _start(FormDefinition.draft_from_dict(definition), by=by, at=at, source=None)


def edit_draft(*, draft: FormVersion, edit: Edit, seen: int, by: Person, at: datetime) -> FormDefinition:
    """Make the edit, and keep what was there so that it can be undone. Answers the definition as it is now.

    Raises EditRefused where the edit cannot be made or gives a key another kind of question than a published version
    did; StaleVersion where the draft is not the one that was `seen`; UserError where it is no draft any more.
    """
    _ensure_designer(by)
    before = _seen(draft, seen, by)
    after = edit.apply(before)
    used = keys_used(draft)
    if clashes := set(kind_clashes(after, used)) - set(kind_clashes(before, used)):
        raise EditRefused(*clashes)
    if after == before:
        return before
    said = edit.said(before)
    with transaction.atomic():
        _keep(draft, after, seen, by, at)
        FormEdit.objects.create(
            form_version=draft,
            revision=seen,
            definition=before.to_dict(),
            said=said[:400],
            edited_at=at,
            edited_by=by,
        )
        _log(draft, "edited", f"{said} in {draft}", by, at)
    return after


def undo(*, draft: FormVersion, seen: int, by: Person, at: datetime) -> str:
    """Take the last edit back; the one before it can be taken back next. Answers what was undone.

    Raises UserError where there is nothing to undo, StaleVersion where the draft is not the one that was `seen`.
    """
    _ensure_designer(by)
    _seen(draft, seen, by)
    last = draft.edits.first()
    if last is None:
        raise UserError("There is no change to undo.")
    with transaction.atomic():
        _keep(draft, FormDefinition.draft_from_dict(last.definition), seen, by, at)
        last.delete()
        _log(draft, "undone", f"Undid “{last.said}” in {draft}", by, at)
    return last.said


def throw_away(*, draft: FormVersion, by: Person, at: datetime) -> None:
    """Forget a draft. Raises UserError where it has been published."""
    _ensure_designer(by)
    with transaction.atomic():
        named, ref = str(draft), draft.ref
        draft.edits.all().delete()
        gone, _ = FormVersion.objects.filter(pk=draft.pk, state=FormState.DRAFT).delete()
        if not gone:
            raise UserError(f"{named} has been published, or thrown away by somebody else.")
        record(
            by=by,
            at=at,
            verb="form.thrown_away",
            thing_type="form",
            thing_ref=ref,
            summary=f"Threw the draft of {named} away",
        )


def keys_used(form: FormVersion) -> dict[str, UsedKey]:
    """What each question key stood for in the versions of this form that were published: the newest counts."""
    used: dict[str, UsedKey] = {}
    published = FormVersion.objects.filter(key=form.key).exclude(state=FormState.DRAFT).order_by("number")
    for version in published:
        for question in version.form.questions.values():
            earlier = used.get(question.key)
            numbers = earlier.versions if earlier and earlier.kind == question.kind else ()
            used[question.key] = UsedKey(question.kind, (*numbers, version.number))
    return used


def _start(form: FormDefinition, *, by: Person, at: datetime, source: FormVersion | None) -> FormVersion:
    _ensure_designer(by)
    newest = FormVersion.objects.filter(key=form.key).aggregate(number=Max("number"))["number"] or 0
    try:
        with transaction.atomic():
            draft = FormVersion.objects.create(
                key=form.key,
                number=newest + 1,
                title=form.title,
                definition=form.to_dict(),
                copied_from=source,
                edited_at=at,
                edited_by=by,
            )
            began = f" from {source}" if source else ""
            _log(draft, "started", f"Started a draft of {draft}{began}", by, at)
    except IntegrityError:
        raise UserError(f"There is a draft of “{form.title}” already. Go on with that, or throw it away.") from None
    return draft


def _seen(draft: FormVersion, seen: int, by: Person) -> FormDefinition:
    """The draft as it is stored, where it is the one that was seen."""
    stored = FormVersion.objects.filter(pk=draft.pk).select_related("edited_by").first()
    if stored is None or not stored.is_draft:
        raise UserError("This draft has been published, or thrown away, by somebody else.")
    if stored.revision != seen:
        changed = (
            "You changed this draft in another window since you opened this page."
            if stored.edited_by == by
            else f"{stored.edited_by or 'The program'} changed this draft while you were looking at it."
        )
        raise StaleVersion(changed, current=stored.revision)
    return stored.outline


def _keep(draft: FormVersion, form: FormDefinition, seen: int, by: Person, at: datetime) -> None:
    """The compare and set: of two people who saw the same revision one changes it."""
    kept = FormVersion.objects.filter(pk=draft.pk, state=FormState.DRAFT, revision=seen).update(
        definition=form.to_dict(), title=form.title, revision=seen + 1, edited_at=at, edited_by=by
    )
    if not kept:
        raise StaleVersion("Somebody changed this draft while you were looking at it.", current=_revision(draft, seen))
    draft.refresh_from_db()


def _revision(draft: FormVersion, seen: int) -> int:
    return FormVersion.objects.filter(pk=draft.pk).values_list("revision", flat=True).first() or seen


def _ensure_designer(by: Person) -> None:
    ensure(by.may(Permission.DESIGN_FORMS), "Only QA and administrators design audit tools.")


def _log(form: FormVersion, verb: str, summary: str, by: Person, at: datetime) -> None:
    record(by=by, at=at, verb=f"form.{verb}", thing_type="form", thing_ref=form.ref, summary=summary)
