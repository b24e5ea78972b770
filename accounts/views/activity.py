"""The activity log: who read or changed what."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.filters import ActivityFilter
from accounts.lists import page_of
from accounts.models import Activity
from accounts.permissions import requires, signed_in


@require_safe
@requires(Permission.SEE_ACTIVITY, scope="the whole log")
def activity_list(request: HttpRequest) -> HttpResponse:
    """The log, newest first, with filters."""
    activities = Activity.objects.visible_to(signed_in(request)).select_related("actor")
    found = ActivityFilter(request.GET, activities)
    page = page_of(request, found.qs)
    return render(request, "accounts/activity_list.html", {"filter": found, "page": page})
