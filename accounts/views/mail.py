"""The outbox, for those who look after it, and everybody's own messages."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import MailState, Permission
from accounts.errors import UserError
from accounts.filters import MailFilter
from accounts.lists import page_of
from accounts.models import OutgoingMail
from accounts.permissions import everybody_signed_in, requires, signed_in
from accounts.services.messages import read_message
from accounts.services.outbox import resolve_uncertain, send_again

TONES = {MailState.FAILED: "warning", MailState.UNCERTAIN: "warning"}


@require_safe
@requires(Permission.SEE_OUTBOX, scope="every mail's state, not its text")
def mail_list(request: HttpRequest) -> HttpResponse:
    """What waits, what was sent, what failed and what needs a decision."""
    mails = OutgoingMail.objects.visible_to(signed_in(request))
    counted = dict(mails.order_by().values_list("state").annotate(Count("pk")))
    found = MailFilter(request.GET, mails.select_related("person"))
    context = {
        "filter": found,
        "page": page_of(request, found.qs),
        "states": [
            {"state": state, "count": counted.get(state, 0), "tone": TONES.get(state, "") if counted.get(state) else ""}
            for state in MailState
        ],
        "oldest": mails.filter(state=MailState.QUEUED).order_by("send_after").first(),
        "sends": settings.EMAIL_CONFIGURED,
    }
    return render(request, "accounts/mail_list.html", context)


@require_POST
@requires(Permission.SEE_OUTBOX, scope="mails that wait for a decision")
def mail_settle(request: HttpRequest, reference: str) -> HttpResponse:
    """Decide on a mail that may have been sent, or that failed: it was sent, or it is sent again."""
    by = signed_in(request)
    mail = get_object_or_404(OutgoingMail.objects.visible_to(by), reference=reference)
    was_sent = request.POST.get("decision") == "sent"
    try:
        if mail.state == MailState.FAILED and not was_sent:
            send_again(mail=mail, by=by)
        else:
            resolve_uncertain(mail=mail, by=by, sent=was_sent)
    except UserError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "The mail counts as sent" if was_sent else "The mail is sent again")
    return redirect("mail_list")


@require_safe
@everybody_signed_in(scope="the person's own messages")
def message_list(request: HttpRequest) -> HttpResponse:
    """What the program has written to the person."""
    mails = OutgoingMail.objects.of(signed_in(request))
    page = page_of(request, mails)
    return render(request, "accounts/message_list.html", {"page": page, "sends": settings.EMAIL_CONFIGURED})


@require_safe
@everybody_signed_in(scope="the person's own messages")
def message_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One message to the person, as it was mailed."""
    person = signed_in(request)
    mail = get_object_or_404(OutgoingMail.objects.of(person), reference=reference)
    read_message(mail=mail, by=person)
    return render(request, "accounts/message_detail.html", {"mail": mail})
