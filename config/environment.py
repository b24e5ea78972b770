"""What the environment says: read once, checked here, so that settings.py only names things.

With nothing set everything works on one machine: SQLite beside manage.py, a secret key generated once into an ignored
file, mail kept in the outbox. `DEPLOYMENT=production` refuses to start on such defaults.
"""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

# openpyxl reads workbooks through defusedxml, which refuses what lxml would take. lxml is here for Word documents.
env.ENVIRON.setdefault("OPENPYXL_LXML", "False")

DEPLOYMENT = env.str("DEPLOYMENT", default="")
PRODUCTION = DEPLOYMENT == "production"


def require_known_deployment() -> None:
    """Refuse a misspelt deployment: it would quietly start on the defaults of one machine."""
    if DEPLOYMENT not in ("", "production"):
        raise ImproperlyConfigured(f"DEPLOYMENT is “{DEPLOYMENT}”: write production, or leave it out.")


def require_production_settings() -> None:
    """Refuse to start a production deployment on defaults that are only right for one machine."""
    if env.bool("DEBUG", default=False):
        raise ImproperlyConfigured("DEPLOYMENT=production never runs with DEBUG.")
    missing = [
        name for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL") if not env.str(name, default="")
    ]
    if missing:
        raise ImproperlyConfigured(f"DEPLOYMENT=production needs {', '.join(missing)} in the environment.")
    if not env.str("DATABASE_URL").startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured("DEPLOYMENT=production needs PostgreSQL: DATABASE_URL must begin with postgres://")


def secret_key() -> str:
    """The key from the environment, or one generated once and kept in an ignored file readable by its owner only."""
    if key := env.str("SECRET_KEY", default=""):
        return key
    path = BASE_DIR / ".secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text().strip()


def database() -> dict[str, object]:
    """The database settings; SQLite waits for a busy writer and takes its write lock when a transaction begins."""
    settings = env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
    if settings["ENGINE"].endswith("sqlite3"):
        settings["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    else:
        # A page out of order costs a disk without moving parts no more than the next one: PostgreSQL's own default is
        # for the other kind, and has it read whole tables where an index leads to a few rows.
        settings["OPTIONS"] = {"options": "-c random_page_cost=1.1"} | settings.get("OPTIONS", {})
        settings["CONN_MAX_AGE"] = 60
        settings["CONN_HEALTH_CHECKS"] = True
    return settings
