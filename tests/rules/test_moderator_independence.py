import pytest

from moderation.rules.independence import AuditPeople, Bar, bar_to_moderating

DIRECTOR, SERVICE_MANAGER, TEAM_MANAGER, WORKER, STUDENT = 1, 2, 3, 4, 5
OTHER_SERVICE_MANAGER, AUDITOR, CHAIR = 6, 7, 8
MANAGERS = {
    STUDENT: WORKER,
    WORKER: TEAM_MANAGER,
    TEAM_MANAGER: SERVICE_MANAGER,
    SERVICE_MANAGER: DIRECTOR,
    OTHER_SERVICE_MANAGER: DIRECTOR,
    AUDITOR: OTHER_SERVICE_MANAGER,
    DIRECTOR: None,
}
PEOPLE = AuditPeople(auditor=AUDITOR, worker=WORKER, involved=frozenset({CHAIR}))


@pytest.mark.parametrize(
    ("person", "bar"),
    [
        (AUDITOR, Bar.AUDITED_IT),
        (WORKER, Bar.WORKS_THE_CASE),
        (TEAM_MANAGER, Bar.IN_THE_LINE),
        (SERVICE_MANAGER, Bar.IN_THE_LINE),
        (DIRECTOR, Bar.IN_THE_LINE),
        (STUDENT, Bar.IN_THE_LINE),
        (CHAIR, Bar.INVOLVED),
        (OTHER_SERVICE_MANAGER, None),
    ],
)
def test_a_moderator_has_no_part_in_the_audit_and_no_line_with_the_worker(person: int, bar: Bar | None) -> None:
    assert bar_to_moderating(person, PEOPLE, MANAGERS) == bar


def test_the_auditors_own_manager_may_moderate() -> None:
    assert bar_to_moderating(OTHER_SERVICE_MANAGER, PEOPLE, MANAGERS) is None


@pytest.mark.parametrize(
    ("person", "bar"),
    [
        (TEAM_MANAGER, Bar.ANSWERS_FOR_IT),
        (SERVICE_MANAGER, Bar.IN_THE_LINE),
        (OTHER_SERVICE_MANAGER, None),
    ],
)
def test_the_practice_manager_stands_in_for_a_worker_that_there_is_not(person: int, bar: Bar | None) -> None:
    people = AuditPeople(auditor=AUDITOR, practice_manager=TEAM_MANAGER)
    assert bar_to_moderating(person, people, MANAGERS) == bar


def test_a_practice_manager_outside_the_workers_line_does_not_moderate_either() -> None:
    people = AuditPeople(auditor=AUDITOR, worker=WORKER, practice_manager=OTHER_SERVICE_MANAGER)
    assert bar_to_moderating(OTHER_SERVICE_MANAGER, people, MANAGERS) == Bar.ANSWERS_FOR_IT
