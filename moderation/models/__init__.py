from moderation.models.moderations import OVERALL, Attendance, GradeDecision, Moderation

__all__ = ["OVERALL", "Attendance", "GradeDecision", "Moderation"]
