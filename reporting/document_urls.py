"""The addresses of an audit's documents, below the audit's own."""

from django.urls import path

from reporting.views import file_copies

urlpatterns = [
    path("audits/<str:reference>/documents/", file_copies.audit_documents, name="audit_documents"),
    path(
        "audits/<str:reference>/documents/<int:number>.<str:ending>",
        file_copies.audit_document,
        name="audit_document",
    ),
]
