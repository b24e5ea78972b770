"""What a file changes among the cases: compared as plain tuples, written in batches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from accounts.imports.directory import Directory
from accounts.tables.outcome import Outcome
from audits.models import Case, CaseConflict

AT_ONCE = 900
WRITTEN_AT_ONCE = 5_000
Fields = dict[str, Any]
Merge = Callable[[Mapping[str, Any], Fields], Fields]
T = TypeVar("T")


def as_written(existing: Mapping[str, Any], wanted: Fields) -> Fields:
    return wanted


class CaseChanges:
    """The difference between what a file says about cases and what is held.

    `wanted`: fields by case number, the same fields for every case. `merge` makes of what is held and what the file
    says what shall be. `conflicts`: the people who must not audit a case, for files that say.
    """

    def __init__(
        self,
        wanted: Mapping[str, Fields],
        *,
        merge: Merge = as_written,
        conflicts: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.fields: tuple[str, ...] = tuple(next(iter(wanted.values()), {}))
        self.conflicts = conflicts
        self.new: dict[str, Fields] = {}
        self.changed: dict[str, Fields] = {}
        self.unchanged = 0
        held = self._held(list(wanted))
        held_conflicts = self._held_conflicts(list(wanted)) if conflicts is not None else {}
        for case_id, fields in wanted.items():
            existing = held.get(case_id)
            if existing is None:
                self.new[case_id] = merge({}, fields)
                continue
            fields = merge(existing, fields)
            if fields != existing or (conflicts and set(conflicts[case_id]) != held_conflicts.get(case_id, set())):
                self.changed[case_id] = fields
            else:
                self.unchanged += 1

    def count(self, outcome: Outcome) -> None:
        outcome.added, outcome.changed, outcome.unchanged = len(self.new), len(self.changed), self.unchanged

    def save(self, directory: Directory) -> None:
        """Queries for each batch of cases, none for each case."""
        written = {**self.new, **self.changed}
        Case.objects.bulk_create(
            [Case(case_id=case_id, **fields) for case_id, fields in written.items()],
            batch_size=WRITTEN_AT_ONCE,
            update_conflicts=True,
            unique_fields=["case_id"],
            update_fields=[*(Case._meta.get_field(name).name for name in self.fields), "updated_at"],
        )
        if self.conflicts is not None:
            self._save_conflicts(written, directory)

    def _held(self, case_ids: Sequence[str]) -> dict[str, Fields]:
        held = {}
        for some in in_batches(case_ids, AT_ONCE):
            rows = Case.objects.filter(case_id__in=some).order_by().values_list("case_id", *self.fields)
            for case_id, *values in rows:
                held[case_id] = dict(zip(self.fields, values, strict=True))
        return held

    def _held_conflicts(self, case_ids: Sequence[str]) -> dict[str, set[str]]:
        held: dict[str, set[str]] = {}
        for some in in_batches(case_ids, AT_ONCE):
            from_files = CaseConflict.objects.filter(case__case_id__in=some, from_file=True)
            for case_id, email in from_files.values_list("case__case_id", "email"):
                held.setdefault(case_id, set()).add(email)
        return held

    def _save_conflicts(self, written: Mapping[str, Fields], directory: Directory) -> None:
        conflicts = self.conflicts or {}
        for some in in_batches(list(written), AT_ONCE):
            ids = dict(Case.objects.filter(case_id__in=some).order_by().values_list("case_id", "id"))
            wanted = {(ids[case_id], email) for case_id in some for email in conflicts[case_id]}
            _say_from_file(wanted, ids.values(), directory)


def _say_from_file(wanted: set[tuple[int, str]], cases: Collection[int], directory: Directory) -> None:
    """A file says who must not audit these cases, as (case, e-mail address): it adds them, and takes back what files
    said before. What people declared stays."""
    held = CaseConflict.objects.filter(case__in=cases)
    rows = {(case, email): pk for pk, case, email in held.values_list("id", "case_id", "email")}
    gone = held.filter(pk__in=[rows[pair] for pair in rows.keys() - wanted], from_file=True)
    gone.filter(declared_at=None).delete()
    gone.update(from_file=False)
    held.filter(pk__in=[rows[pair] for pair in rows.keys() & wanted], from_file=False).update(from_file=True)
    CaseConflict.objects.bulk_create(
        CaseConflict(case_id=case, email=email, person_id=directory.person(email), from_file=True)
        for case, email in sorted(wanted - rows.keys())
    )


def in_batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some
