"""Every address of the program. Each app's own are in its urls.py."""

from django.urls import include, path

from config import handover_views, views
from config.health import healthz

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("account/", include("config.account_urls")),
    path("people/open-work/", handover_views.open_work, name="open_work"),
    path("people/<int:pk>/hand-over/", handover_views.person_hand_over, name="person_hand_over"),
    path("", include("accounts.urls")),
    path("", include("audits.urls")),
    path("", include("reporting.document_urls")),
    path("moderation/", include("moderation.urls")),
    path("reports/", include("reporting.urls")),
]
