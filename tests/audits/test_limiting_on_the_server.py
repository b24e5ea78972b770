"""Limiting judgements are held by the server, whatever a page posts, in whatever order, and at submission once more.

What is expected is written out by hand, as in the table of the rule: Good and Outstanding need every judgement met.
"""

import pytest
from django.urls import reverse

from audits.enums import AuditState
from audits.models import Audit
from audits.rules.filled import FilledSection, Reply
from audits.services.filled_form import FilledForm
from audits.services.stage1 import NotReady, submit
from tests import factories
from tests.audits.filling import AT, fill_in, filled, save
from tests.clients import as_

pytestmark = pytest.mark.django_db

GRADES = ("outstanding", "good", "requires_improvement", "inadequate")
BELOW = ("requires_improvement", "inadequate")

# A way to answer ‘Child seen’ of Assessment and ‘Child seen alone’ of Intervention, and whether it meets each.
WAYS = [
    (Reply("yes"), True, True),
    (Reply("no"), False, False),
    (Reply(), False, False),
    (Reply("na"), False, False),
    (Reply("na", "unborn"), True, True),
    (Reply("na", "under_5"), False, True),
    (Reply("na", "profound_disability"), False, True),
    (Reply("na", "other", "She asked to have her aunt with her."), False, True),
    (Reply("na", "other", "  "), False, False),
    (Reply("na", "too_busy", "There was no time."), False, False),
]
PLACES = {"assessment": "child_seen", "intervention": "child_seen_alone"}
TABLE = [
    pytest.param(section, reply, met, id=f"{section}: {reply.value or 'unanswered'} {reply.reason} {reply.reason_text}")
    for reply, *both in WAYS
    for section, met in zip(PLACES, both, strict=True)
]


@pytest.fixture
def audit() -> Audit:
    return factories.audit()


def section_of(audit: Audit, key: str):
    return FilledForm.of(audit).form.section(key)


def with_judgement(audit: Audit, key: str, reply: Reply, grade: str, **more) -> FilledSection:
    return filled(section_of(audit, key), grade=grade, **{PLACES[key]: reply}, **more)


def stored_grade(audit: Audit, key: str) -> str:
    return audit.sections.get(key=key).grade


@pytest.mark.parametrize(("section", "reply", "met"), TABLE)
def test_a_saved_section_keeps_exactly_the_grades_that_its_judgements_leave(audit, section, reply, met):
    for grade in GRADES:
        saved = save(audit, section, with_judgement(audit, section, reply, grade))
        expected = grade if met or grade in BELOW else ""
        assert stored_grade(audit, section) == expected, grade
        assert bool(expected) == all(problem.field != "grade" for problem in saved.cleaned.problems)
        assert saved.cleaned.filled.reply(f"{section}.{PLACES[section]}").value == reply.value, "the answer is kept"


@pytest.mark.parametrize(("section", "reply", "met"), TABLE)
def test_the_overall_grade_is_kept_exactly_where_the_judgements_of_every_section_leave_it(audit, section, reply, met):
    fill_in(audit, **{section: with_judgement(audit, section, reply, "inadequate")}, overall="inadequate")
    for grade in GRADES:
        save(audit, "comments", filled(section_of(audit, "comments"), grade=grade))
        audit.refresh_from_db()
        assert audit.overall_grade == (grade if met or grade in BELOW else ""), grade


@pytest.mark.parametrize(("section", "reply", "met"), TABLE)
def test_an_overall_good_from_before_is_not_submitted_once_a_judgement_is_not_met(audit, section, reply, met):
    """The overall grade is given first; then, in another section, the answer changes."""
    fill_in(audit)
    save(audit, section, with_judgement(audit, section, reply, "requires_improvement"))
    if met:
        assert submit(audit=audit, by=audit.allocation.auditor, at=AT)
        return
    with pytest.raises(NotReady) as refused:
        submit(audit=audit, by=audit.allocation.auditor, at=AT)
    messages = [problem.message for problem in refused.value.problems["comments"]]
    assert any(message.startswith("Good is not available because") for message in messages)
    audit.refresh_from_db()
    assert (audit.state, audit.submitted_at) == (AuditState.IN_PROGRESS, None)


@pytest.mark.parametrize("key", PLACES)
def test_a_grade_from_before_falls_when_its_judgement_does(audit, key):
    save(audit, key, with_judgement(audit, key, Reply("yes"), "outstanding"))
    save(audit, key, with_judgement(audit, key, Reply("no"), "outstanding"))
    assert stored_grade(audit, key) == ""


@pytest.mark.parametrize("key", PLACES)
def test_a_section_that_does_not_apply_yet_limits_nothing_until_it_applies_again(audit, key):
    limiting = with_judgement(audit, key, Reply("no"), "")
    fill_in(audit, overall="inadequate")
    not_yet = with_judgement(audit, key, Reply("no"), "good", not_applicable_reason="Opened last week.")
    save(audit, key, not_yet, not_applicable=True)
    assert stored_grade(audit, key) == ""
    save(audit, "comments", filled(section_of(audit, "comments"), grade="good"))
    audit.refresh_from_db()
    assert audit.overall_grade == "good"
    save(audit, key, limiting)
    with pytest.raises(NotReady) as refused:
        submit(audit=audit, by=audit.allocation.auditor, at=AT)
    assert {key, "comments"} <= set(refused.value.problems)


@pytest.mark.parametrize("address", ["audit_section", "audit_section_autosave"])
@pytest.mark.parametrize("grade", GRADES)
def test_no_page_can_post_a_grade_past_a_judgement_that_is_not_met(audit, grade, address):
    posted = {
        "version": "0",
        "grade": grade,
        "comment": "Seen with her mother.",
        "intervention.child_voice": "yes",
        "intervention.child_seen": "yes",
        "intervention.child_seen_alone": "na",
        "intervention.child_seen_alone.reason": "unborn_or_so",
        "then": "next",
    }
    url = reverse(address, args=[audit.reference, "intervention"])
    page = as_(audit.allocation.auditor).post(url, posted)
    assert page.status_code == 200
    assert stored_grade(audit, "intervention") == (grade if grade in BELOW else "")
    assert "‘Child seen alone’ is answered NA without an accepted reason" in page.content.decode()
