"""Makes the whole demonstration authority, in one transaction."""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from accounts.models import Person
from audits.services.forms import ensure_default_form
from config.demo.accounts import ACCOUNTS, DEMO_PASSWORD
from config.demo.cases import load_cases
from config.demo.clock import live_month
from config.demo.history import load_history
from config.demo.live_month import load_live_month
from config.demo.past_copies import keep_past_copies
from config.demo.people import load_people
from config.demo.reports import load_reports
from config.demo.structure import load_structure
from config.demo.tools import load_tools


@transaction.atomic
def load(as_of: date) -> None:
    """Fill an empty database with Wexmoor as it is on the morning of `as_of`."""
    live = live_month(as_of)
    structure = load_structure()
    people = load_people(structure, live)
    cases = load_cases(structure, people, as_of)
    form = ensure_default_form()
    load_tools(form, people.qa[0], as_of)
    load_history(people, cases, form, live, as_of)
    keep_past_copies()
    _measure_tables()
    load_live_month(people, live, as_of)
    load_reports(people, live, as_of)
    _open_accounts()
    _measure_tables()


def _measure_tables() -> None:
    """Tell the database how much it holds by now. By itself PostgreSQL looks after a while only, and plans for empty
    tables until then: a list that takes milliseconds took a minute."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _open_accounts() -> None:
    """All accounts have the one password, hashed once: hashing is slow on purpose."""
    Person.objects.filter(email__in=[plan.email for plan in ACCOUNTS]).update(password=make_password(DEMO_PASSWORD))
