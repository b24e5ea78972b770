"""Every address of the program. Each app's own are in its urls.py."""

from django.urls import include, path

from config import views
from config.health import healthz

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("account/", include("config.account_urls")),
    path("", include("accounts.urls")),
    path("", include("audits.urls")),
    path("moderation/", include("moderation.urls")),
    path("reports/", include("reporting.urls")),
]
