"""A section of an audit open on two devices of its auditor, driven as browsers drive it: through the real views."""

import html
import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from audits.enums import AuditState
from audits.models import Audit, AuditSection
from tests.factories import PASSWORD

SECTION = "planning"


@dataclass
class Stored:
    """What the section's comment is in the database."""

    audit: Audit

    @property
    def row(self) -> AuditSection:
        return AuditSection.objects.get(audit=self.audit, key=SECTION)

    @property
    def comment(self) -> str:
        return self.row.comment

    @property
    def is_submitted(self) -> bool:
        return Audit.objects.filter(pk=self.audit.pk, state=AuditState.SUBMITTED).exists()

    def __post_init__(self) -> None:
        self.last, self.last_by = self.comment, ""


@dataclass
class Device:
    """One browser with the page of the section open. `box` is what stands in the box of the comments."""

    name: str
    person: Person
    stored: Stored
    client: Client = field(default_factory=Client)
    box: str = ""
    saved: str = ""
    version: str = "0"
    unanswered: list[str] = field(default_factory=list)
    conflict: dict[str, str] | None = None  # the newer version and text, while the person has not chosen yet
    known: set[str] = field(default_factory=set)  # every stored text this device has shown or sent

    def address(self, name: str = "audit_section") -> str:
        return reverse(name, args=[self.stored.audit.reference, SECTION])

    @property
    def unsaved(self) -> bool:
        return self.conflict is not None or self.box != self.saved

    @property
    def signed_in(self) -> bool:
        return self.client.get(reverse("session_state")).json()["person"] == self.person.pk

    def sign_in(self) -> None:
        """With the password, as the page does it inside itself."""
        answer = self.client.post(
            reverse("account_login"),
            {"login": self.person.email, "password": PASSWORD},
            headers={"X-Requested-With": "XMLHttpRequest"},
        )
        assert answer.status_code == 200
        assert self.signed_in

    def open(self) -> None:
        """The page anew, with nothing unsaved in it."""
        page = self.client.get(self.address())
        if page.status_code != 200:
            return  # signed out, or submitted: the page that is open stays as it is
        self.version = _version(page)
        self.box = self.saved = _comment(page)
        self.unanswered, self.conflict = [], None
        self.known.add(self.box)

    def fields(self) -> dict[str, str]:
        """Every other control as it is stored, so that only the comment is ever changed."""
        section = self.stored.row
        answers = {key: reply["value"] for key, reply in section.answers.items()}
        return {**answers, "comment": self.box, "grade": section.grade}

    def save_by_itself(self, *, answer_arrives: bool = True) -> None:
        """What static/autosave.js does."""
        if self.conflict is not None or not self.unsaved:
            return
        before, sent = self.stored.comment, self.box
        body = self.fields() | {"version": self.version, "before": list(self.unanswered)}
        answer = self.client.post(
            self.address("audit_section_autosave"), body, headers={"X-Autosave": str(self.person.pk)}
        )
        self.unanswered = [*self.unanswered, urlencode(self.fields())][-3:]
        if answer.status_code == 200:
            self._was_saved(before, sent)
        if answer_arrives:
            self._hear(answer, sent)

    def _hear(self, answer: HttpResponse, sent: str) -> None:
        text = answer.content.decode()
        match answer.status_code:
            case 200:
                self.version = re.search(r'data-saved-version="(\d+)"', text)[1]
                self.saved, self.unanswered = sent, []
            case 409:
                assert self.stored.last_by != self.name, "met its own text"
                self.unanswered = []
                self._meet(text)
            case 401 | 422:
                self.unanswered.pop()
            case unexpected:
                raise AssertionError(unexpected)

    def _meet(self, text: str) -> None:
        """Both texts are shown."""
        theirs = [json.loads(html.unescape(found)) for found in re.findall(r'data-theirs="([^"]*)"', text)]
        assert len(theirs) == 1, "nothing but the comment differs"
        self.conflict = {
            "version": re.search(r'data-version="(\d+)"', text)[1],
            "comment": theirs[0]["comment"][0],
        }
        assert html.escape(self.box) in text
        self.known.add(self.conflict["comment"])

    def choose(self, what: str) -> None:
        """In the page: mine, theirs, or both put together."""
        assert self.conflict is not None
        theirs = self.conflict["comment"]
        self.box = {"mine": self.box, "theirs": theirs, "both": f"{theirs} {self.box}"}[what]
        self.version, self.saved, self.conflict = self.conflict["version"], "\0", None
        self.save_by_itself()

    def press_save(self, *, times: int = 1) -> None:
        """Without JavaScript: the form is sent, and whatever comes back is the page that is open now."""
        before, sent = self.stored.comment, self.box
        body = self.fields() | {"version": self.version, "then": "list"}
        if self.conflict is not None:
            body |= {"version": self.conflict["version"], "keep~comment": "mine"}
        for _ in range(times):
            answer = self.client.post(self.address(), body)
        match answer.status_code:
            case 302 if self.stored.comment == sent:
                self._was_saved(before, sent)
                self.saved, self.conflict, self.unanswered = sent, None, []
                self.open()
            case 302:
                assert self.stored.is_submitted, "sent to another page without being saved"
            case 409:
                assert _comment(answer) == self.box
                self._meet(answer.content.decode())
            case 403:
                assert html.escape(sent) in answer.content.decode(), "what was sent comes back"
            case unexpected:
                raise AssertionError(unexpected)

    def _was_saved(self, before: str, sent: str) -> None:
        """Accepted: it stands in the database, and what stood there before was known to this device."""
        assert self.stored.comment == sent
        assert before == sent or before in self.known, f"{self.name} overwrote unseen: {before!r}"
        self.known.add(sent)
        self.stored.last, self.stored.last_by = sent, self.name if before != sent else self.stored.last_by


def end_every_session(at: object) -> None:
    Session.objects.update(expire_date=at)


def _version(page: HttpResponse) -> str:
    return re.search(r'name="version"\s+value="(\d+)"', page.content.decode())[1]


def _comment(page: HttpResponse) -> str:
    found = re.search(r'<textarea[^>]*name="comment"[^>]*>\n?(.*?)</textarea>', page.content.decode(), re.DOTALL)
    return html.unescape(found[1])
