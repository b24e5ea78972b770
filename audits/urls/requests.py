"""What auditors and others ask for, and how it is decided."""

from django.urls import path

from audits.views import asking, requests, worker

urlpatterns = [
    path("audits/<str:reference>/cannot/", asking.request_choose, name="request_choose"),
    path("audits/<str:reference>/ask/more-time/", asking.request_extension, name="request_extension"),
    path("audits/<str:reference>/ask/exemption/", asking.request_exemption, name="request_exemption"),
    path("audits/<str:reference>/ask/another-case/", asking.request_replacement, name="request_replacement"),
    path("audits/<str:reference>/ask/access/", asking.request_access, name="request_access"),
    path("audits/<str:reference>/worker/", worker.audit_worker, name="audit_worker"),
    path("requests/", requests.request_list, name="request_list"),
    path("requests/<int:pk>/", requests.request_detail, name="request_detail"),
    path("requests/<int:pk>/take-back/", asking.request_take_back, name="request_take_back"),
    path("requests/<int:pk>/undo/", requests.request_undo, name="request_undo"),
]
