"""Names that a file uses and the program does not know yet: said once for each name, not once for each row."""

from __future__ import annotations

from accounts.tables.outcome import Outcome, Problem, Severity, shown


class Unresolved:
    """Collects the rows that use an unknown name; they are kept and resolved when the name appears."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str, str], list[int]] = {}

    def add(self, row: int, column: str, value: str, reason: str, *, sheet: str = "") -> None:
        self._rows.setdefault((sheet, column, value, reason), []).append(row)

    def report(self, outcome: Outcome) -> None:
        """One warning for each name, at the first row that uses it."""
        for (sheet, column, value, reason), rows in self._rows.items():
            outcome.add(Problem(rows[0], column, shown(value), reason, Severity.WARNING, sheet, len(rows)))


UNKNOWN_PERSON = "nobody is known by this yet: kept, and resolved when they are"
UNKNOWN_TEAM = "no team is known by this yet: kept, and resolved when it is"
UNKNOWN_SERVICE = "no service is known by this yet: kept, and resolved when it is"
