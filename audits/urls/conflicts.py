"""Conflicts of interest."""

from django.urls import path

from audits.views import conflicts

urlpatterns = [
    path("conflicts/", conflicts.conflict_mine, name="conflict_mine"),
    path("conflicts/<int:pk>/take-back/", conflicts.conflict_take_back, name="conflict_take_back"),
    path("conflicts/all/", conflicts.conflict_list, name="conflict_list"),
    path("conflicts/all/add/", conflicts.conflict_add, name="conflict_add"),
    path("conflicts/all/<int:pk>/remove/", conflicts.conflict_remove, name="conflict_remove"),
]
