"""What an auditor writes down and attaches beside the sections."""

from django.urls import path

from audits.views import evidence, findings

AUDIT = "audits/<str:reference>/"

urlpatterns = [
    path(f"{AUDIT}feedback/", findings.audit_feedback, name="audit_feedback"),
    path(f"{AUDIT}feedback/<int:pk>/", findings.audit_feedback, name="audit_feedback_change"),
    path(f"{AUDIT}feedback/<int:pk>/remove/", findings.audit_feedback_remove, name="audit_feedback_remove"),
    path(f"{AUDIT}feedback/<int:pk>/put-back/", findings.audit_feedback_put_back, name="audit_feedback_put_back"),
    path(f"{AUDIT}observations/", findings.audit_observations, name="audit_observations"),
    path(f"{AUDIT}observations/<int:pk>/", findings.audit_observations, name="audit_observation_change"),
    path(f"{AUDIT}observations/<int:pk>/remove/", findings.audit_observation_remove, name="audit_observation_remove"),
    path(
        f"{AUDIT}observations/<int:pk>/put-back/",
        findings.audit_observation_put_back,
        name="audit_observation_put_back",
    ),
    path(f"{AUDIT}evidence/", evidence.audit_evidence, name="audit_evidence"),
    path(f"{AUDIT}evidence/<int:number>/", evidence.audit_evidence_file, name="audit_evidence_file"),
    path(f"{AUDIT}evidence/<int:number>/remove/", evidence.audit_evidence_remove, name="audit_evidence_remove"),
    path(f"{AUDIT}evidence/<int:number>/put-back/", evidence.audit_evidence_put_back, name="audit_evidence_put_back"),
]
