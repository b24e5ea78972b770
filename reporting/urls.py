"""The pages of the reports."""

from django.urls import path

from reporting.views import reading, writing

urlpatterns = [
    path("", reading.report_list, name="report_list"),
    path("start/", writing.report_start, name="report_start"),
    path("<slug:slug>/", reading.report_detail, name="report_detail"),
    path("<slug:slug>/file.<str:ending>", reading.report_file, name="report_file"),
    path("<slug:slug>/write/", writing.report_write, name="report_write"),
    path("<slug:slug>/write/recommendations/", writing.report_recommendations, name="report_recommendations"),
    path("<slug:slug>/write/<slug:key>/", writing.report_chapter, name="report_chapter"),
    path("<slug:slug>/publish/", writing.report_publish, name="report_publish"),
]
