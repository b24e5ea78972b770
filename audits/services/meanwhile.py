"""Two tabs on one thing: what a page was made from is compared with what is stored when it is saved."""

import hashlib
from collections.abc import Iterable

from django.db.models import Model

from accounts.errors import UserError


class ChangedMeanwhile(UserError):
    """Another tab or device has changed the thing since the page was made.

    `stored` is what it says now, `state` the mark of that.
    """

    def __init__(self, stored: Model, state: str) -> None:
        super().__init__("This was changed in another tab or on another device.")
        self.stored, self.state = stored, state


def mark_of(thing: Model, names: Iterable[str]) -> str:
    """A mark of everything that the thing says in these fields: another one says something else."""
    said = [(name, str(getattr(thing, name))) for name in names]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
