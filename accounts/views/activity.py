"""The activity log: who read or changed what."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.filters import ActivityFilter
from accounts.models import Activity
from accounts.permissions import requires, signed_in

PAGE = 50


@require_safe
@requires(Permission.SEE_ACTIVITY, scope="the whole log")
def activity_list(request: HttpRequest) -> HttpResponse:
    """The log, newest first, with filters."""
    activities = Activity.objects.visible_to(signed_in(request)).select_related("actor")
    found = ActivityFilter(request.GET, activities)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/activity_list.html", {"filter": found, "page": page})
