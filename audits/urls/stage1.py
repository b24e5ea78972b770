"""Audits: the list, and everything on the way to submitting one."""

from django.urls import path

from audits.views import audits, details, draft_actions, preparation, reflection, sections

urlpatterns = [
    path("audits/", audits.audit_list, name="audit_list"),
    path("audits/<str:reference>/", audits.audit_detail, name="audit_detail"),
    path("audits/<str:reference>/view/", audits.audit_view, name="audit_view"),
    path("audits/<str:reference>/check/", audits.audit_check, name="audit_check"),
    path("audits/<str:reference>/checks/", preparation.audit_checks, name="audit_checks"),
    path("audits/<str:reference>/meeting.ics", preparation.audit_invitation, name="audit_invitation"),
    path("audits/<str:reference>/details/", details.audit_details, name="audit_details"),
    path("audits/<str:reference>/details/autosave/", details.audit_details_autosave, name="audit_details_autosave"),
    path("audits/<str:reference>/access/", preparation.audit_grant_access, name="audit_grant_access"),
    path("audits/<str:reference>/section/<str:key>/", sections.audit_section, name="audit_section"),
    path(
        "audits/<str:reference>/section/<str:key>/autosave/",
        sections.audit_section_autosave,
        name="audit_section_autosave",
    ),
    path("audits/<str:reference>/reflection/", reflection.audit_reflection, name="audit_reflection"),
    path(
        "audits/<str:reference>/reflection/autosave/",
        reflection.audit_reflection_autosave,
        name="audit_reflection_autosave",
    ),
    path("audits/<str:reference>/actions/add/", draft_actions.audit_action_add, name="audit_action_add"),
    path("audits/<str:reference>/actions/advice/", draft_actions.audit_action_advice, name="audit_action_advice"),
    path("audits/<str:reference>/actions/<int:pk>/", draft_actions.audit_action_change, name="audit_action_change"),
    path(
        "audits/<str:reference>/actions/<int:pk>/remove/",
        draft_actions.audit_action_remove,
        name="audit_action_remove",
    ),
]
