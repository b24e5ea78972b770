"""Sessions in the database that end when nothing has been done for a while.

The end stands in the session's own row and moves on by one small UPDATE, at most once a minute: what the session holds
is neither read again nor written, so that a page which saves by itself while somebody types costs no more for it.
"""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

A_MINUTE = timedelta(minutes=1)


class SessionStore(DatabaseSessionStore):
    """Django's, which also knows when it ends."""

    ends_at: datetime | None = None

    def _get_session_from_db(self) -> Session | None:
        row = super()._get_session_from_db()  # type: ignore[misc]  # Django's stubs leave it out
        self.ends_at = row.expire_date if row else None
        return row

    def keep_alive(self, at: datetime) -> None:
        """Somebody is there at `at`: the session goes on from then for as long as an idle one lasts.

        A session that has run out by then stays so."""
        ends_at = at + timedelta(seconds=self.get_session_cookie_age())
        if self.ends_at is None or ends_at - self.ends_at < A_MINUTE:
            return
        going_on = Session.objects.filter(session_key=self.session_key, expire_date__gt=at)
        if going_on.update(expire_date=ends_at):
            self.ends_at = ends_at

    @property
    def seconds_left(self) -> int:
        """Until it ends, if nothing more is done; nought where there is none."""
        return max(0, int((self.ends_at - timezone.now()).total_seconds())) if self.ends_at else 0


def person_of_ended(session_key: str | None) -> int | None:
    """Whose session this was, for as long as its row is kept after its end. Never a reason to let anybody in."""
    row = Session.objects.filter(session_key=session_key).first() if session_key else None
    found = row.get_decoded().get("_auth_user_id") if row else None
    return int(found) if found else None
