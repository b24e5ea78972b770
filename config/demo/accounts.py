"""The accounts a visitor can sign in with, one for each role, and what waits for each of them."""

from dataclasses import dataclass

from django.conf import settings

from accounts.enums import Role
from accounts.models import Person
from config.demo.structure import DOMAIN

DEMO_PASSWORD = "seven herons on the quay"  # noqa: S105 — printed on the sign-in page of the demonstration


@dataclass(frozen=True)
class AccountPlan:
    """An account: the part of its e-mail address before the @, what its holder is called, and what waits for them."""

    local: str
    role: str
    waiting: str
    holds: Role

    @property
    def email(self) -> str:
        return f"{self.local}@{DOMAIN}"


@dataclass(frozen=True)
class DemoAccount:
    """An account as the sign-in page lists it."""

    name: str
    role: str
    waiting: str
    email: str


ACCOUNTS = (
    AccountPlan("auditor", "Auditor", "One audit half finished, one to begin, one overdue", Role.AUDITOR),
    AccountPlan("worker", "Social worker", "A reflection to write on an audit of their work", Role.SOCIAL_WORKER),
    AccountPlan("moderator", "Moderator", "One discussion to arrange, one half written up", Role.MODERATOR),
    AccountPlan("practice.manager", "Practice manager", "Actions to complete, one overdue", Role.PRACTICE_MANAGER),
    AccountPlan("service.manager", "Service manager", "Completed actions to sign off", Role.MODERATOR),
    AccountPlan(
        "qa",
        "Quality assurance",
        "Requests to decide, concerns, a report to write, the next month to draw",
        Role.QA,
    ),
    AccountPlan("admin", "Administrator", "People, teams and the programme’s settings", Role.ADMIN),
    AccountPlan("director", "Director (leadership)", "Last month’s report to read", Role.LEADERSHIP),
    AccountPlan("iro", "Independent reviewing officer", "An action to complete, a report to read", Role.IRO),
    AccountPlan("agency.auditor", "Agency auditor", "A report to read", Role.AGENCY_AUDITOR),
    AccountPlan("lead.auditor", "Lead auditor", "A report to read", Role.LEAD_AUDITOR),
    AccountPlan("coordinator", "Coordinator", "A report to read", Role.COORDINATOR),
    AccountPlan("participation", "Participation worker", "A report to read", Role.PARTICIPATION_WORKER),
    AccountPlan("subgroup.chair", "Sub-group chair", "A report to read", Role.SUBGROUP_CHAIR),
)


def email_of(local: str) -> str:
    return next(plan.email for plan in ACCOUNTS if plan.local == local)


def demo_accounts() -> list[DemoAccount]:
    """The accounts that can sign in here, in the order of the month; none unless this is a demonstration."""
    if not settings.DEMO:
        return []
    names = dict(
        Person.objects.active().filter(email__in=[plan.email for plan in ACCOUNTS]).values_list("email", "name")
    )
    return [
        DemoAccount(names[plan.email], plan.role, plan.waiting, plan.email) for plan in ACCOUNTS if plan.email in names
    ]
