"""What a due row's rule is to the sweep: a handler, and how it says that nothing needs doing any more."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Due


class Skipped(Exception):
    """Raised by a handler when the reason for its row went away, or its moment passed. The message says which."""


@dataclass(frozen=True)
class PutOff:
    """Returned by a handler when it cannot be done yet, for a reason that people can put right. What the handler wrote
    stays (say, a mail to those people); the row is tried again later."""

    why: str


# Does what is due and answers with one sentence about the outcome. It runs inside the sweep's transaction, after the
# row was claimed; what else it raises is recorded on the row, which is tried again later.
Handler = Callable[[Due, datetime], str | PutOff]
