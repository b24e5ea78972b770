"""Concerns about the quality of audits."""

from django.urls import path

from audits.views import quality

urlpatterns = [
    path("audits/<str:reference>/raise-a-concern/", quality.quality_raise, name="quality_raise"),
    path("concerns-about-audits/", quality.quality_list, name="quality_list"),
    path("concerns-about-audits/<int:pk>/", quality.quality_detail, name="quality_detail"),
    path("concerns-about-audits/<int:pk>/take-back/", quality.quality_take_back, name="quality_take_back"),
]
