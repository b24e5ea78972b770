"""No accepted text is ever lost, and no submitted audit changes: in any order of what two devices of one auditor, the
end of their sessions, lost answers, double presses, submission and return by the moderator can do."""

from datetime import UTC, datetime
from itertools import count

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.enums import Role
from audits.enums import AuditState
from audits.models import Audit
from moderation.models import Moderation
from tests import factories
from tests.audits.filling import fill_in
from tests.audits.two_devices import Device, Stored, end_every_session
from tests.clients import as_

LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC)
DEVICES = st.sampled_from(["laptop", "phone"])


class TwoDevices(RuleBasedStateMachine):
    """The auditor's section on a laptop and a phone."""

    @initialize()
    def open_on_both(self) -> None:
        cache.clear()  # sign-ins are counted there
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.words = count(1)
        self.auditor, self.moderator = factories.person(Role.AUDITOR), factories.person(Role.MODERATOR)
        worker = factories.person(Role.SOCIAL_WORKER)
        self.audit = factories.audit(auditor=self.auditor, worker=worker)
        fill_in(self.audit)
        self.moderation: Moderation | None = None
        self.submitted: list[object] | None = None
        self.stored = Stored(self.audit)
        self.devices = {
            name: Device(name, self.auditor, self.stored, as_(self.auditor)) for name in ("laptop", "phone")
        }
        for device in self.devices.values():
            device.open()

    @rule(name=DEVICES)
    def types(self, name: str) -> None:
        self.devices[name].box += f" word{next(self.words)}"

    @rule(name=DEVICES)
    def takes_back_the_last_word(self, name: str) -> None:
        device = self.devices[name]
        device.box = device.box.rpartition(" ")[0]

    @rule(name=DEVICES, answer_arrives=st.booleans())
    def saves_by_itself(self, name: str, answer_arrives: bool) -> None:
        self.devices[name].save_by_itself(answer_arrives=answer_arrives)

    @rule(name=DEVICES, what=st.sampled_from(["mine", "theirs", "both"]))
    def chooses(self, name: str, what: str) -> None:
        if self.devices[name].conflict is not None:
            self.devices[name].choose(what)

    @rule(name=DEVICES, times=st.integers(1, 2))
    def presses_save(self, name: str, times: int) -> None:
        self.devices[name].press_save(times=times)

    @rule(name=DEVICES)
    def opens_the_page_again(self, name: str) -> None:
        if not self.devices[name].unsaved:
            self.devices[name].open()

    @rule()
    def the_sessions_end(self) -> None:
        end_every_session(LONG_AGO)

    @rule(name=DEVICES)
    def signs_in_again_and_carries_on(self, name: str) -> None:
        device = self.devices[name]
        if not device.signed_in:
            device.sign_in()
            device.save_by_itself()

    @rule(name=DEVICES, times=st.integers(1, 2))
    def submits(self, name: str, times: int) -> None:
        for _ in range(times):
            self.devices[name].client.post(reverse("audit_check", args=[self.audit.reference]))
        if self.submitted is None and self._state() == AuditState.SUBMITTED:
            self.submitted = self._everything()

    @precondition(lambda self: self.submitted is not None)
    @rule()
    def the_moderator_returns_it(self) -> None:
        if self.moderation is None:
            values = {"assigned_at": LONG_AGO, "due_on": datetime(2026, 11, 26, tzinfo=UTC).date()}
            self.moderation = Moderation.objects.create(audit=self.audit, moderator=self.moderator, **values)
        address = reverse("moderation_return", args=[self.audit.reference])
        as_(self.moderator).post(address, {"reason": "Which visit was it?"})
        assert self._state() == AuditState.IN_PROGRESS
        self.submitted = None

    @invariant()
    def what_was_accepted_is_stored(self) -> None:
        assert self.stored.comment == self.stored.last

    @invariant()
    def a_submitted_audit_does_not_change(self) -> None:
        if self.submitted is not None:
            assert self._everything() == self.submitted

    def _state(self) -> str:
        return Audit.objects.values_list("state", flat=True).get(pk=self.audit.pk)

    def _everything(self) -> list[object]:
        sections = self.audit.sections.order_by("position")
        return [
            *sections.values_list("key", "answers", "comment", "grade", "not_applicable_reason", "themes", "version"),
            *Audit.objects.filter(pk=self.audit.pk).values_list("state", "overall_grade", "audit_on", "submitted_at"),
        ]

    def teardown(self) -> None:
        """In the end everybody signs in, puts both texts together where they met, and all that was typed is there."""
        if not hasattr(self, "undo"):
            return
        try:
            if self.submitted is None:
                for device in self.devices.values():
                    self._finish(device)
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def _finish(self, device: Device) -> None:
        words = set(device.box.split())
        if not device.signed_in:
            device.sign_in()
        device.save_by_itself()
        if device.conflict is not None:
            device.choose("both")
        assert words <= set(self.stored.comment.split())


@pytest.mark.django_db
def test_nothing_accepted_is_lost_and_nothing_submitted_changes_in_any_order() -> None:
    run_state_machine_as_test(
        TwoDevices, settings=settings(max_examples=20, stateful_step_count=30, deadline=None, derandomize=True)
    )
