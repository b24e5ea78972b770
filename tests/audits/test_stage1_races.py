"""Two at once: on PostgreSQL they truly run side by side, on SQLite one waits for the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.enums import Role
from accounts.errors import StaleVersion, UserError
from accounts.models import Activity, OutgoingMail
from audits.enums import AuditState
from audits.models import Audit
from audits.rules.filled import FilledSection
from audits.services import stage1
from audits.services.filled_form import FilledForm
from tests import factories
from tests.audits.filling import AT, fill_in, filled, save

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call answered or raised; they all begin together."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            barrier.wait()
            return call()
        except UserError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def audit_again(audit: Audit) -> Audit:
    """The same audit as another request loads it."""
    return Audit.objects.select_related("allocation__auditor").get(pk=audit.pk)


@pytest.fixture
def audit() -> Audit:
    return fill_in(factories.audit(worker=factories.person(Role.SOCIAL_WORKER)))


def test_of_two_submissions_at_once_exactly_one_submits(audit: Audit) -> None:
    def submit() -> bool:
        same = audit_again(audit)
        return stage1.submit(audit=same, by=same.allocation.auditor, at=AT)

    for _ in range(5):
        assert sorted(at_once(submit, submit), key=str) == [False, True]
        assert Activity.objects.filter(verb="audit.submitted").count() == 1
        assert OutgoingMail.objects.filter(rule="audit.submitted").count() == 1
        Activity.objects.filter(verb="audit.submitted")._raw_delete(using="default")
        OutgoingMail.objects.all().delete()
        Audit.objects.update(state=AuditState.IN_PROGRESS)


def test_of_two_saves_from_the_same_page_exactly_one_is_kept(audit: Audit) -> None:
    def save_from_that_page(text: str, version: int) -> Callable[[], object]:
        return lambda: save(audit_again(audit), "planning", FilledSection(comment=text), version=version)

    for turn in range(5):
        version = FilledForm.of(audit).version("planning")
        texts = [f"Laptop {turn}", f"Phone {turn}"]
        answers = at_once(*(save_from_that_page(text, version) for text in texts))
        kept = [text for text, answer in zip(texts, answers, strict=True) if isinstance(answer, stage1.Saved)]
        assert [type(answer) for answer in answers].count(StaleVersion) == 1
        assert audit.sections.get(key="planning").comment == kept[0]


def test_what_is_submitted_is_what_was_checked_however_late_a_save_comes(audit: Audit) -> None:
    """A save beside a submission is in what was submitted, or it is refused; never in between."""
    unfinished = filled(FilledForm.of(audit).form.section("planning"), grade="", comment="No grade any more.")

    def submit() -> bool:
        same = audit_again(audit)
        return stage1.submit(audit=same, by=same.allocation.auditor, at=AT)

    for _ in range(5):
        submitted, saved = at_once(submit, lambda: save(audit_again(audit), "planning", unfinished))
        planning = audit.sections.get(key="planning")
        if submitted is True:
            assert isinstance(saved, UserError)
            assert planning.grade == "good"
        else:
            assert isinstance(submitted, stage1.NotReady)
            assert planning.grade == ""
        Audit.objects.update(state=AuditState.IN_PROGRESS)
        save(audit_again(audit), "planning", filled(FilledForm.of(audit).form.section("planning")))


def test_the_first_two_saves_at_once_begin_the_audit_once() -> None:
    audit = factories.audit()
    at_once(
        lambda: save(audit_again(audit), "planning", FilledSection(comment="One."), version=0),
        lambda: save(audit_again(audit), "review", FilledSection(comment="Two."), version=0),
    )
    assert audit.sections.count() == 6
    comments = dict(audit.sections.exclude(comment="").values_list("key", "comment"))
    assert comments == {"planning": "One.", "review": "Two."}
    assert Activity.objects.filter(verb="audit.started").count() == 1
