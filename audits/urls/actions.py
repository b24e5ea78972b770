"""The addresses of the register of actions."""

from django.urls import path

from audits.views import actions

urlpatterns = [
    path("actions/", actions.action_list, name="action_list"),
    path("actions/actions.csv", actions.action_export, name="action_export"),
    path("actions/<int:pk>/", actions.action_detail, name="action_detail"),
    path("actions/<int:pk>/complete/", actions.action_complete, name="action_complete"),
    path("actions/<int:pk>/sign-off/", actions.action_sign_off, name="action_sign_off"),
    path("actions/<int:pk>/owner/", actions.action_hand_over, name="action_hand_over"),
]
