"""The pages that span the floors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.permissions import everybody_signed_in


@everybody_signed_in(scope="the person's own tasks")
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html", {})
