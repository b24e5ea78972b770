from moderation.models.moderations import Attendance, GradeDecision, Moderation

__all__ = ["Attendance", "GradeDecision", "Moderation"]
