from reporting.models.reports import Recommendation, Report

__all__ = ["Recommendation", "Report"]
