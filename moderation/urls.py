"""The addresses of Stage 2. A moderation goes by the reference of its audit."""

from django.urls import path

from moderation.views import actions, discussion, queue, sign_off, steering

urlpatterns = [
    path("", queue.moderation_list, name="moderation_list"),
    path("<str:reference>/", discussion.moderation_detail, name="moderation_detail"),
    path("<str:reference>/autosave/", discussion.moderation_autosave, name="moderation_autosave"),
    path("<str:reference>/check/", sign_off.moderation_check, name="moderation_check"),
    path("<str:reference>/sign-off/", sign_off.moderation_sign_off, name="moderation_sign_off"),
    path("<str:reference>/return/", sign_off.moderation_return, name="moderation_return"),
    path("<str:reference>/actions/add/", actions.moderation_action_add, name="moderation_action_add"),
    path(
        "<str:reference>/actions/<int:pk>/take-back/",
        actions.moderation_action_take_back,
        name="moderation_action_take_back",
    ),
    path("<str:reference>/moderator/", steering.moderation_reassign, name="moderation_reassign"),
    path("<str:reference>/access/", steering.moderation_grant_access, name="moderation_grant_access"),
]
