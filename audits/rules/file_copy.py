"""What the individual audit says in the child's file: plain values, as they were when a stage was completed.

A file can be asked for by those it is about, so what is not in here is as much decided as what is. Left out are the
worker's reflection, what was said in confidence, themes, files attached as evidence, concerns, and why somebody could
not come to the discussion. `LEFT_OUT` says so on every copy, in the same words whether there was any or not.

Days are ISO dates and times ISO times, so that a copy reads back as it was written whatever becomes of the program.
Later versions may add fields, with defaults: a stored copy goes on being read.
"""

import json
from dataclasses import dataclass

from audits.rules import plain

LEFT_OUT = (
    "This copy holds the audit itself. It leaves out what the worker wrote in their reflection, anything that was said "
    "in confidence, the themes that findings are grouped under, and files attached as evidence. A safeguarding "
    "concern, or a concern about the audit, is recorded and dealt with in its own right and is part of no copy."
)


@dataclass(frozen=True)
class CopiedAnswer:
    """One question as it was asked, what stands beside it and what below. `limiting`: a limiting judgement."""

    question: str
    answer: str = ""
    detail: str = ""
    limiting: bool = False


@dataclass(frozen=True)
class CopiedSection:
    """One section. `limited`: why better grades were not available, in whole sentences. `overall`: where the whole
    audit is graded; its grade is that of the audit."""

    key: str
    name: str
    answers: tuple[CopiedAnswer, ...] = ()
    comment_label: str = "Comments"
    comment: str = ""
    grade: str = ""
    moderated_grade: str = ""
    not_applicable_reason: str = ""
    limited: tuple[str, ...] = ()
    overall: bool = False


@dataclass(frozen=True)
class CopiedAction:
    """`later`: added after Stage 1, by the moderator."""

    text: str
    owner: str
    due_on: str
    impact: str = ""
    later: bool = False


@dataclass(frozen=True)
class CopiedFeedback:
    """What somebody said who did not say it in confidence. `score`: of 10, empty where none was given."""

    source: str
    polarity: str
    text: str
    score: str = ""
    scale_question: str = ""
    may_quote: bool = False


@dataclass(frozen=True)
class CopiedObservation:
    observed_on: str
    setting: str
    notes: str


@dataclass(frozen=True)
class CopiedPresence:
    """Whether one of the people of a discussion was there. Why not is nobody's business who reads a child's file."""

    capacity: str
    name: str = ""
    attended: bool = False


@dataclass(frozen=True)
class CopiedDecision:
    """The moderator's grade for a section or for the whole audit, beside the auditor's."""

    key: str
    name: str
    original: str
    final: str
    reason: str = ""

    @property
    def changed(self) -> bool:
        return self.original != self.final


@dataclass(frozen=True)
class CopiedDiscussion:
    """The reflective discussion of Stage 2."""

    held_on: str
    minutes: int = 0
    moderator: str = ""
    attendance: tuple[CopiedPresence, ...] = ()
    difference_made: str = ""
    strengths: str = ""
    comment: str = ""
    decisions: tuple[CopiedDecision, ...] = ()


@dataclass(frozen=True)
class FileCopy:
    """One numbered copy. `completed_on`: the day of its stage; `made_at` is later where it was made afterwards."""

    authority: str
    reference: str
    number: int
    stage: int
    completed_on: str
    made_at: str
    case_number: str
    kind: str
    cycle: str
    form: str
    pack: str = ""
    team: str = ""
    service: str = ""
    plan: str = ""
    auditor: str = ""
    worker: str = ""
    line_manager: str = ""
    practice_manager: str = ""
    audit_on: str = ""
    look_back_from: str = ""
    with_worker: str = ""
    not_involved_reason: str = ""
    what_changed: str = ""
    overall_grade: str = ""
    moderated_grade: str = ""
    sections: tuple[CopiedSection, ...] = ()
    actions: tuple[CopiedAction, ...] = ()
    feedback: tuple[CopiedFeedback, ...] = ()
    observations: tuple[CopiedObservation, ...] = ()
    discussion: CopiedDiscussion | None = None
    disclosure: str = ""
    left_out: str = LEFT_OUT
    edition: int = 1

    def to_text(self) -> str:
        """As it is stored and hashed: JSON in which every value stands, also one that is the usual one today."""
        return json.dumps(_every_value(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> "FileCopy":
        """A stored copy. Raises `ValueError` where the text is none."""
        problems: list[str] = []
        copy: FileCopy = plain.read(cls, json.loads(text), "Copy", problems)
        if problems:
            raise ValueError("; ".join(problems))
        return copy


def _every_value(value: object) -> object:
    if isinstance(value, tuple):
        return [_every_value(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _every_value(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
