"""The list of moderations: a moderator's own, everybody's for QA."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.lists import page_of
from accounts.permissions import requires, signed_in
from audits.permissions import closed_to
from moderation.filters import OPEN, ModerationFilter
from moderation.models import Moderation


@requires(
    Permission.MODERATE_AUDITS,
    Permission.SEE_EVERY_AUDIT,
    scope="the moderations that are theirs; every one for quality assurance",
)
@require_safe
def moderation_list(request: HttpRequest) -> HttpResponse:
    """What is still to be signed off, unless another status is asked for; what is due first comes first."""
    person = signed_in(request)
    sees_all = person.may(Permission.SEE_EVERY_AUDIT)
    moderations = Moderation.objects.all() if sees_all else Moderation.objects.filter(moderator=person)
    today = timezone.localdate()
    narrowed = ModerationFilter(
        request.GET if request.GET else {"state": OPEN},
        queryset=moderations.visible_to(person),
        on=today,
        reader=person,
    )
    found = narrowed.qs.with_lack_of_access().select_related(
        "moderator", "audit__allocation__cycle", "audit__allocation__case"
    )
    page = page_of(request, found.order_by("due_on", "pk"))
    closed = closed_to(person, [moderation.audit for moderation in page.object_list])
    context = {"filter": narrowed, "page": page, "today": today, "sees_all": sees_all, "closed": closed}
    return render(request, "moderation/queue.html", context)
