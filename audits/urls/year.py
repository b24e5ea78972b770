"""The year's cycles, and what each of them is about. Stands before the addresses of single cycles."""

from django.urls import path

from audits.views import calendar, cycle_theme

urlpatterns = [
    path("cycles/calendar/", calendar.cycle_calendar, name="cycle_calendar"),
    path("cycles/pause/", calendar.cycle_pause_months, name="cycle_pause_months"),
    path("cycles/resume/", calendar.cycle_resume_months, name="cycle_resume_months"),
    path("cycles/<str:slug>/focus/", cycle_theme.cycle_focus, name="cycle_focus"),
    path("cycles/<str:slug>/tool/", cycle_theme.cycle_tool, name="cycle_tool"),
    path("cycles/<str:slug>/pack/", cycle_theme.cycle_pack, name="cycle_pack"),
    path("cycles/<str:slug>/months/", cycle_theme.cycle_months, name="cycle_months"),
]
