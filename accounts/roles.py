"""Which role may do what: one table, read by the code, the tests and the user guide.

Being an administrator shows nobody a case: administrators hold the people and the rules, QA holds the audits.
"""

from collections.abc import Iterable

from accounts.enums import Permission, Role

_AGENCY = frozenset({Permission.READ_REPORTS})

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.AUDITOR: frozenset({Permission.COMPLETE_AUDITS, Permission.READ_REPORTS}),
    Role.MODERATOR: frozenset({Permission.MODERATE_AUDITS, Permission.READ_REPORTS}),
    Role.PRACTICE_MANAGER: frozenset({Permission.ANSWER_FOR_ACTIONS, Permission.READ_REPORTS}),
    Role.SOCIAL_WORKER: frozenset({Permission.TAKE_PART_IN_AUDITS, Permission.READ_REPORTS}),
    Role.IRO: frozenset({Permission.READ_REPORTS}),
    Role.QA: frozenset(
        {
            Permission.SEE_EVERY_AUDIT,
            Permission.RUN_CYCLES,
            Permission.DECIDE_REQUESTS,
            Permission.IMPORT_CASES,
            Permission.IMPORT_PEOPLE,
            Permission.DESIGN_FORMS,
            Permission.SEE_ACTIVITY,
            Permission.SEE_OUTBOX,
            Permission.WRITE_REPORTS,
            Permission.READ_REPORTS,
        }
    ),
    Role.ADMIN: frozenset(
        {Permission.IMPORT_PEOPLE, Permission.CONFIGURE, Permission.DESIGN_FORMS, Permission.SEE_OUTBOX}
    ),
    Role.LEADERSHIP: frozenset({Permission.READ_REPORTS, Permission.DECIDE_EXEMPTIONS}),
    Role.AGENCY_AUDITOR: _AGENCY,
    Role.LEAD_AUDITOR: _AGENCY,
    Role.COORDINATOR: _AGENCY,
    Role.PARTICIPATION_WORKER: _AGENCY,
    Role.SUBGROUP_CHAIR: _AGENCY,
}


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Everything that a person holding `roles` may do."""
    return frozenset().union(*(ROLE_PERMISSIONS[Role(role)] for role in roles))


def roles_with(permission: Permission) -> frozenset[Role]:
    """The roles that hold `permission`."""
    return frozenset(role for role, held in ROLE_PERMISSIONS.items() if permission in held)
