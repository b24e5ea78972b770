"""Immediate safeguarding concerns."""

from django.urls import path

from audits.views import concerns

urlpatterns = [
    path("audits/<str:reference>/concern/", concerns.concern_raise, name="concern_raise"),
    path("concerns/", concerns.concern_list, name="concern_list"),
    path("concerns/<str:reference>/", concerns.concern_detail, name="concern_detail"),
    path("concerns/<str:reference>/acknowledge/", concerns.concern_acknowledge, name="concern_acknowledge"),
    path("concerns/<str:reference>/about/", concerns.concern_describe, name="concern_describe"),
    path(
        "concerns/<str:reference>/about/autosave/",
        concerns.concern_describe_autosave,
        name="concern_describe_autosave",
    ),
    path("concerns/<str:reference>/call/", concerns.concern_call, name="concern_call"),
    path("concerns/<str:reference>/note/", concerns.concern_note, name="concern_note"),
    path("concerns/<str:reference>/tell/", concerns.concern_tell, name="concern_tell"),
    path("concerns/<str:reference>/close/", concerns.concern_close, name="concern_close"),
    path("concerns/<str:reference>/mistake/", concerns.concern_mistaken, name="concern_mistaken"),
    path("concerns/<str:reference>/open-again/", concerns.concern_reopen, name="concern_reopen"),
]
