"""Cycles: the list, one cycle from its draw to its close, and why an audit is whose it is."""

from django.urls import path

from audits.views import cycles, draws, lookup, why

urlpatterns = [
    path("cycles/", cycles.cycle_list, name="cycle_list"),
    path("cycles/plan/", cycles.cycle_plan, name="cycle_plan"),
    path("cycles/<str:slug>/", cycles.cycle_detail, name="cycle_detail"),
    path("cycles/<str:slug>/try/", draws.cycle_try, name="cycle_try"),
    path("cycles/<str:slug>/try/excluded/<slug:rule>/", draws.try_excluded, name="try_excluded"),
    path("cycles/<str:slug>/draw/", cycles.cycle_draw, name="cycle_draw"),
    path("cycles/<str:slug>/draws/<int:number>/", draws.draw_detail, name="draw_detail"),
    path("cycles/<str:slug>/draws/<int:number>/excluded/<slug:rule>/", draws.draw_excluded, name="draw_excluded"),
    path("cycles/<str:slug>/look-up/", lookup.cycle_look_up, name="cycle_look_up"),
    path("cycles/<str:slug>/publish/", cycles.cycle_publish, name="cycle_publish"),
    path("cycles/<str:slug>/pause/", cycles.cycle_pause, name="cycle_pause"),
    path("cycles/<str:slug>/resume/", cycles.cycle_resume, name="cycle_resume"),
    path("cycles/<str:slug>/close/", cycles.cycle_close, name="cycle_close"),
    path("cycles/<str:slug>/allocations.csv", cycles.cycle_export, name="cycle_export"),
    path("audits/<str:reference>/why/", why.audit_why, name="audit_why"),
]
