"""The individual audit as a document to read: one arrangement of a frozen copy, printed as PDF and as Word alike."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from audits.enums import AuditKind, Grade, Stage
from audits.rules.file_copy import CopiedAction, CopiedDecision, CopiedFeedback, CopiedSection, FileCopy
from audits.rules.in_words import day_in_words
from reporting.rules.printable import each_text, printable_text

OVERALL = "overall"
SHORT_CHARACTERS = 30
IN_WORDS = "In words"
"""Stands where an answer would, of a question that is answered by a text below it."""
STAGE_ENDED = {Stage.ONE: "Stage 1 submitted on", Stage.TWO: "Stage 2 signed off on"}


@dataclass(frozen=True)
class GradeLine:
    """The grades of a section, or of the whole audit. No `grade`: `instead` says why."""

    name: str
    grade: str = ""
    moderated: str = ""
    reason: str = ""
    instead: str = ""
    overall: bool = False

    @property
    def final(self) -> str:
        return self.moderated or self.grade

    @property
    def changed(self) -> bool:
        return bool(self.moderated) and self.moderated != self.grade


@dataclass(frozen=True)
class FilePage:
    """A copy as its documents print it. `sha256`: of the copy as it is stored."""

    stored: FileCopy
    sha256: str

    @cached_property
    def copy(self) -> FileCopy:
        return each_text(self.stored, printable_text)

    @property
    def title(self) -> str:
        return f"Individual audit {self.copy.reference}, copy {self.copy.number}"

    @property
    def name(self) -> str:
        """What a file is called: nothing of the child."""
        return f"{self.copy.reference}-{self.copy.number}"

    @property
    def stage(self) -> Stage:
        return Stage(self.copy.stage)

    @property
    def state(self) -> str:
        """`Stage 2 signed off on 19 November 2026`."""
        return f"{STAGE_ENDED[self.stage]} {day(self.copy.completed_on)}"

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.copy.made_at)

    @property
    def made_afterwards(self) -> str:
        """Of a copy that was made later than its stage was completed, when; empty otherwise."""
        made_on = self.made_at.date()
        return day_in_words(made_on) if made_on.isoformat() != self.copy.completed_on else ""

    @property
    def kept(self) -> str:
        """Which copy this is, and that it stays as it is."""
        at = f"{day_in_words(self.made_at.date())} at {self.made_at:%H:%M}"
        return (
            f"This is copy {self.copy.number} of audit {self.copy.reference}, kept on {at}. It does not change any "
            "more: what is decided later makes another copy. The line at the foot of every page identifies its content "
            "(SHA-256)."
        )

    @property
    def facts(self) -> list[tuple[str, str]]:
        copy = self.copy
        period = f"{day(copy.look_back_from)} to {day(copy.audit_on)}" if copy.look_back_from else ""
        facts = [
            ("Case", copy.case_number),
            ("Plan", copy.plan),
            ("Team", ", ".join(part for part in (copy.team, copy.service) if part)),
            ("Kind of audit", "" if copy.kind == AuditKind.AUDIT.label else copy.kind),
            ("Month", copy.cycle),
            ("Audit tool", " and ".join(part for part in (copy.form, copy.pack) if part)),
            ("Date of audit", day(copy.audit_on)),
            ("Work looked at", period),
            ("Auditor", copy.auditor),
            ("Allocated worker", copy.worker),
            ("Worker’s line manager", copy.line_manager),
            ("Practice manager", copy.practice_manager),
            ("Done with the worker", self.with_worker),
        ]
        return [(name, value) for name, value in facts if value]

    @property
    def facts_in_pairs(self) -> list[list[tuple[str, str]]]:
        """Two facts beside each other, the longest ones in a line of their own."""
        short = [fact for fact in self.facts if len(fact[1]) <= SHORT_CHARACTERS]
        pairs = [short[place : place + 2] for place in range(0, len(short), 2)]
        return pairs + [[fact] for fact in self.facts if len(fact[1]) > SHORT_CHARACTERS]

    @property
    def with_worker(self) -> str:
        how, why = self.copy.with_worker, self.copy.not_involved_reason
        return f"{how}: {why}" if why else how

    @cached_property
    def decisions(self) -> dict[str, CopiedDecision]:
        found = self.copy.discussion.decisions if self.copy.discussion else ()
        return {decision.key: decision for decision in found}

    @property
    def sections(self) -> list[tuple[CopiedSection, GradeLine]]:
        """Each section with its grades."""
        return [(section, self._line(section)) for section in self.copy.sections]

    @property
    def grades(self) -> list[GradeLine]:
        """Every section that can have a grade, the overall grade last."""
        lines = [line for section, line in self.sections if line.grade or line.instead]
        return [line for line in lines if not line.overall] + [self.overall]

    @property
    def overall(self) -> GradeLine:
        decision = self.decisions.get(OVERALL)
        reason = decision.reason if decision and decision.changed else ""
        return GradeLine("Overall", self.copy.overall_grade, self.copy.moderated_grade, reason, overall=True)

    def _line(self, section: CopiedSection) -> GradeLine:
        if section.overall:
            return self.overall
        if section.not_applicable_reason:
            return GradeLine(section.name, instead="Does not apply yet")
        decision = self.decisions.get(section.key)
        reason = decision.reason if decision and decision.changed else ""
        return GradeLine(section.name, section.grade, section.moderated_grade, reason)

    @property
    def is_moderated(self) -> bool:
        return self.stage == Stage.TWO

    @property
    def held(self) -> str:
        """When the discussion was, and who led it."""
        held = self.copy.discussion
        if held is None:
            return ""
        parts = [
            day(held.held_on),
            f"{held.minutes} minute{'' if held.minutes == 1 else 's'}" if held.minutes else "",
            f"led by {held.moderator}" if held.moderator else "",
        ]
        return ", ".join(part for part in parts if part)

    @property
    def attendance(self) -> list[tuple[str, str, str]]:
        """Who in what part, and whether they were there."""
        people = self.copy.discussion.attendance if self.copy.discussion else ()
        return [(each.capacity, each.name or "Not known", "There" if each.attended else "Not there") for each in people]

    @property
    def actions(self) -> list[tuple[CopiedAction, str]]:
        """Each action with its day."""
        return [(action, day(action.due_on)) for action in self.copy.actions]

    @property
    def feedback(self) -> list[tuple[CopiedFeedback, str]]:
        """What each person said, with the number they gave."""
        return [(said, _scored(said)) for said in self.copy.feedback]

    @property
    def observations(self) -> list[tuple[str, str, str]]:
        return [(day(seen.observed_on), seen.setting, seen.notes) for seen in self.copy.observations]


def day(iso: str) -> str:
    return day_in_words(date.fromisoformat(iso)) if iso else ""


def grade_name(grade: str) -> str:
    return Grade(grade).label if grade in Grade.values else "Not graded"


def _scored(said: CopiedFeedback) -> str:
    if not said.score:
        return ""
    asked = said.scale_question.strip()
    return f"{asked}{'' if asked.endswith('?') else ':'} {said.score} of 10" if asked else f"{said.score} of 10"
