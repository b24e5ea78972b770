"""The code book of themes."""

from django.urls import path

from audits.views import themes

urlpatterns = [
    path("themes/", themes.theme_list, name="theme_list"),
    path("themes/add/", themes.theme_add, name="theme_add"),
    path("themes/<slug:key>/", themes.theme_change, name="theme_change"),
    path("themes/<slug:key>/retire/", themes.theme_retire, name="theme_retire"),
    path("themes/<slug:key>/bring-back/", themes.theme_bring_back, name="theme_bring_back"),
]
