"""Every address of the program. Each app's own are in its urls.py."""

from django.urls import include, path

from config import views

urlpatterns = [
    path("", views.home, name="home"),
    path("account/", include("config.account_urls")),
]
