"""The files that an authority brings in: three teams, their people, and two dozen children."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

DOMAIN = "authority.example"
TEAMS = {"ELDER-LANE": "Elder Lane", "QUAYSIDE": "Quayside", "MILLRACE": "Millrace"}
PLANS = ("EH", "CIN", "CP", "CIC")
CHILDREN_A_TEAM = 8


def teams() -> str:
    rows = [f"{code},{name},Family Support,North,{_manager(code)}" for code, name in TEAMS.items()]
    return _table("code,name,service,area,manager_email", rows)


def people() -> str:
    rows = [
        f"director@{DOMAIN},Dilys Harkaway,leadership,,",
        f"moderator@{DOMAIN},Ruben Whinfell,moderator,,director@{DOMAIN}",
    ]
    for code, name in TEAMS.items():
        rows.append(f"{_manager(code)},{name} Manager,auditor;practice_manager,{code},director@{DOMAIN}")
        rows.append(f"{_worker(code)},{name} Worker,social_worker,{code},{_manager(code)}")
    return _table("email,name,roles,team,line_manager_email", rows)


def cases() -> str:
    today = timezone.localdate()
    opened = today - timedelta(days=300)
    rows = []
    for code in TEAMS:
        for number in range(CHILDREN_A_TEAM):
            born = today - timedelta(days=365 * (number + 2))
            rows.append(f"{code}-{number},{born},{PLANS[number % 4]},{code},{_worker(code)},open,{opened}")
    return _table("case_id,date_of_birth,plan_type,team,worker_email,status,opened_on", rows)


def _table(header: str, rows: list[str]) -> str:
    return "\n".join((header, *rows)) + "\n"


def _manager(code: str) -> str:
    return f"{code.lower()}.manager@{DOMAIN}"


def _worker(code: str) -> str:
    return f"{code.lower()}.worker@{DOMAIN}"


def written(folder: Path, name: str, text: str) -> Path:
    """The file of that name, for a browser to send."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
