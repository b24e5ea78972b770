"""An audit that goes to another auditor, and audits that are commissioned."""

from django.urls import path

from audits.views import handover

urlpatterns = [
    path("audits/<str:reference>/auditor/", handover.audit_hand_over, name="audit_hand_over"),
]
