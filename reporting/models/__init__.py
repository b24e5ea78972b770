from reporting.models.documents import AuditDocument
from reporting.models.reports import Recommendation, Report

__all__ = ["AuditDocument", "Recommendation", "Report"]
