"""The rules by name, each with the sentence that explains it to the people it touches."""

from enum import StrEnum


class _Explained(StrEnum):
    sentence: str

    def __new__(cls, key: str, sentence: str) -> "_Explained":
        member = str.__new__(cls, key)
        member._value_ = key
        member.sentence = sentence
        return member


class CaseRule(_Explained):
    """Why a case is not in the population of a draw. In the order in which they are asked: the first one counts."""

    SERVICE_NOT_INCLUDED = "service_not_included", "The case sits in a service that is not included."
    NO_TEAM = "no_team", "The case has no team yet."
    NOT_IN_FOCUS = "not_in_focus", "The case is outside the focus of the cycle."
    CLOSED_TOO_LONG_AGO = (
        "closed_too_long_ago",
        "The case is closed, and not known to have been closed recently enough.",
    )
    NOT_OPEN_LONG_ENOUGH = "not_open_long_enough", "The case has not been open for long enough."
    AUDITED_RECENTLY = "audited_recently", "The case was audited too recently."
    ALREADY_ALLOCATED = (
        "already_allocated",
        "The case is being audited, or was given to somebody in this cycle already.",
    )
    REAUDIT_DUE = "reaudit_due", "The case is due for a re-audit, and so is not drawn at random as well."
    NO_LONGER_HELD = "no_longer_held", "The case is no longer held."


class PairRule(_Explained):
    """Why an auditor may not take a case."""

    OWN_TEAM = "own_team", "The case is in the auditor’s own team."
    LINE_MANAGEMENT = (
        "line_management",
        "The auditor manages the case’s worker, directly or through others, or the worker manages the auditor.",
    )
    INVOLVED = "involved", "The auditor has been involved with the case, or has declared a conflict of interest."
    AUDITED_BEFORE = "audited_before", "The auditor made the audit that calls for this re-audit."


class CapRule(_Explained):
    """Why a case cannot be taken beside the others of the same cycle."""

    FAMILY = "family", "Another case of the same family is already in this cycle."
    WORKER = "worker", "The case’s worker already has as many cases in this cycle as are allowed."


class ReauditRule(_Explained):
    """Why a re-audit that is due, and that no rule about its case keeps out, has no auditor."""

    NO_AUDITOR = "no_auditor", "No auditor who has a place in the cycle may take the case."
    PLACES_TAKEN = "places_taken", "Every auditor who may take the case has other re-audits to do."
    COSTS_A_PLACE = "costs_a_place", "With this re-audit, fewer places of the cycle could be filled."


class AuditorRule(_Explained):
    """Why an auditor has no place in a cycle. In the order in which they are asked."""

    NOT_ACTIVE = "not_active", "The auditor’s account is not active."
    ABSENT = "absent", "The auditor is away for some or all of the cycle."
    NO_QUOTA = "no_quota", "The auditor’s quota is nought."
    QUOTA_USED = "quota_used", "The auditor already has as many cases in this cycle as their quota allows."
    NO_LONGER_AUDITS = "no_longer_audits", "They are no longer an auditor."
    NO_CASE_LEFT = "no_case_left", "Every eligible case is already taken."
    NO_CASE_ALLOWED = "no_case_allowed", "No eligible case is left that this auditor may take."


class SoftRule(_Explained):
    """What is wished for in an auditor, and was given up for this pair."""

    SAME_AREA = "same_area", "The auditor works in another area than the case."
    REPEAT_WORKER = "repeat_worker", "The auditor has audited this worker’s cases before."
    REPEAT_TEAM = "repeat_team", "The auditor audited this team lately."
