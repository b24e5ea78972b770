"""The programme's settings."""

from django.urls import path

from audits.views import programme

urlpatterns = [
    path("settings/", programme.programme_settings, name="programme_settings"),
    path("settings/change/<slug:part>/", programme.programme_change, name="programme_change"),
    path("settings/versions/<int:number>/put-back/", programme.programme_put_back, name="programme_put_back"),
]
