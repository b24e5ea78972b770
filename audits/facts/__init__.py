"""What a draw is told, read from the database: plain values, never model objects.

authority.py    everything a draw for a cycle looks at, and the rules of the programme as it takes them
cases.py        the cases, as columns
people.py       who there is, and what each auditor brings: teams, places, absence, the months before
reaudits.py     the re-audits that audits call for
columns.py      a query's rows as columns of numbers
copied_text.py  what PostgreSQL's COPY sends, taken apart

Cases, people and teams go by the names that the authority's own files give them, not by our primary keys: the same
files give the same draw, in whatever order they were brought in.
"""

from audits.facts.authority import by_other_settings, months_of, read_authority, rules_of
from audits.facts.cases import case_facts

__all__ = ["by_other_settings", "case_facts", "months_of", "read_authority", "rules_of"]
