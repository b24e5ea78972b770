"""Re-audits: the list, setting one aside, and the first part of the form."""

from django.urls import path

from audits.views import reaudits

urlpatterns = [
    path("re-audits/", reaudits.reaudit_list, name="reaudit_list"),
    path("re-audits/set-aside/", reaudits.reaudit_set_aside_many, name="reaudit_set_aside_many"),
    path("re-audits/<str:reference>/set-aside/", reaudits.reaudit_set_aside, name="reaudit_set_aside"),
    path("re-audits/<str:reference>/take-back/", reaudits.reaudit_take_back, name="reaudit_take_back"),
    path("audits/<str:reference>/before/", reaudits.audit_before, name="audit_before"),
    path("audits/<str:reference>/before/autosave/", reaudits.audit_before_autosave, name="audit_before_autosave"),
]
