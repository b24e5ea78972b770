"""Signing in and out, by django-allauth: only the pages we offer, no sign-up."""

from allauth.account import views
from django.urls import path, re_path

from config.account_views import change_password, password_link, sign_in

urlpatterns = [
    path("sign-in/", sign_in, name="account_login"),
    path("sign-out/", views.logout, name="account_logout"),
    path("password/change/", change_password, name="account_change_password"),
    path("password/reset/", password_link, name="account_reset_password"),
    path("password/reset/sent/", views.password_reset_done, name="account_reset_password_done"),
    re_path(  # the key has hyphens too, so where the first part ends must be said
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("closed/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
]
