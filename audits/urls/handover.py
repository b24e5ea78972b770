"""An audit that goes to another auditor, and audits that are commissioned."""

from django.urls import path

from audits.views import directed, handover

urlpatterns = [
    path("audits/commission/", directed.audit_commission, name="audit_commission"),
    path("cases/<int:pk>/commission/", directed.audit_commission, name="case_commission"),
    path("audits/<str:reference>/take-back/", directed.audit_withdraw, name="audit_withdraw"),
    path("audits/<str:reference>/auditor/", handover.audit_hand_over, name="audit_hand_over"),
]
