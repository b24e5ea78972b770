"""Bringing files in, cases, and what can be taken out as a table."""

from django.urls import path

from audits.views import cases, imports

urlpatterns = [
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/<slug:kind>/", imports.import_upload, name="import_upload"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/apply/", imports.import_apply, name="import_apply"),
    path("imports/<int:pk>/abandon/", imports.import_abandon, name="import_abandon"),
    path("cases/", cases.case_list, name="case_list"),
    path("cases/find/", cases.case_find, name="case_find"),
    path("cases/cases.csv", cases.case_export, name="case_export"),
    path("cases/audits.csv", cases.audit_export, name="audit_export"),
    path("cases/<int:pk>/", cases.case_detail, name="case_detail"),
]
