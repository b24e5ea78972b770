"""Immediate safeguarding concerns: raising one, its page, and what is done on it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import autosave
from accounts.autosave import Difference
from accounts.enums import Permission
from accounts.errors import StaleVersion, UserError
from accounts.lists import page_of
from accounts.models import Person
from accounts.permissions import everybody_signed_in, requires, signed_in
from audits.concern_permissions import may_close, may_lead, may_still_raise
from audits.enums import ConcernPart, ConcernState
from audits.filters.concerns import ConcernFilter
from audits.forms.concerns import CallForm, DescribeForm, EndForm, LeaveOutForm, NoteForm, TellForm
from audits.models import Audit, Concern, ProgrammeRules
from audits.pages.concerns import TAGS, concern_context
from audits.services.concerns.answering import acknowledge, acknowledge_for_duty, close, open_again, take_back
from audits.services.concerns.raising import new_press, people_to_leave_out, raise_concern
from audits.services.concerns.recording import add_note, describe, record_call, tell_somebody
from audits.services.concerns.trail import log
from audits.views.loading import number_in

SCOPE = "concerns they raised or were told of; all for QA but those withheld from them"
# A service refuses: the page is shown again with what was typed, and says why at its place. It is loaded anew, so that
# somebody who was left out meanwhile reads no more of it.
REFUSED = (UserError, PermissionDenied)
RELATED = (
    "raised_by",
    "acknowledged_by",
    "closed_by",
    "audit__allocation__case__team__manager",
    "audit__allocation__case__worker",
    "audit__allocation__worker",
)


@requires(
    Permission.COMPLETE_AUDITS,
    Permission.MODERATE_AUDITS,
    scope="audits that are theirs to do or to moderate, whatever their state, and those that were",
)
@require_http_methods(["GET", "HEAD", "POST"])
def concern_raise(request: HttpRequest, reference: str) -> HttpResponse:
    """Raise a concern with one press; or see first who would be told, and leave somebody out. Somebody who had to sign
    in after their press comes here without it: nobody has been told, and the page says so."""
    person = signed_in(request)
    audit = get_object_or_404(Audit.objects.select_related("allocation__case__team__manager"), reference=reference)
    if not may_still_raise(person, audit):
        raise Http404
    now = timezone.now()
    leaving_out = "leaving_out" in (request.POST if request.method == "POST" else request.GET)
    people = people_to_leave_out(audit, person, now) if leaving_out else []
    form = LeaveOutForm(request.POST or None, people=[(each, part.label) for each, part in people])
    if request.method == "POST" and (not leaving_out or form.is_valid()):
        press = request.POST.get("press", "")[:40] or new_press()
        left_out = form.left_out() if leaving_out else {}
        try:
            concern = raise_concern(audit=audit, by=person, at=now, press=press, withheld=left_out)
        except UserError as refused:
            form.add_error("withheld", str(refused))
        else:
            return redirect("concern_detail", reference=concern.reference)
    context = {"audit": audit, "form": form, "press": request.POST.get("press") or new_press()}
    template = "audits/concerns/leave_out.html" if leaving_out else "audits/concerns/raise.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
@everybody_signed_in(scope=SCOPE)
def concern_list(request: HttpRequest) -> HttpResponse:
    """Those that are waiting first, then the newest."""
    person = signed_in(request)
    visible = Concern.objects.visible_to(person).select_related("raised_by", "acknowledged_by", "audit")
    found = ConcernFilter(request.GET, queryset=visible)
    page = page_of(request, found.qs.waiting_first())
    context = {
        "filter": found,
        "page": page,
        "rows": [(concern, TAGS[ConcernState(concern.state)]) for concern in page.object_list],
        "sees_all": person.may(Permission.SEE_EVERY_AUDIT),
    }
    return render(request, "audits/concerns/list.html", context)


@require_safe
@everybody_signed_in(scope=SCOPE)
def concern_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Phone now; then what is known, who has it, and what comes next."""
    concern = _visible(request, reference)
    log(concern, "read", "it was opened", signed_in(request), timezone.now())
    return _page(request, concern)


@require_POST
@everybody_signed_in(scope=SCOPE)
def concern_acknowledge(request: HttpRequest, reference: str) -> HttpResponse:
    concern, person = _visible(request, reference), signed_in(request)
    try:
        acknowledge(concern=concern, by=person, at=timezone.now())
    except REFUSED as refused:
        messages.warning(request, str(refused))
    return _back(concern)


@require_POST
@everybody_signed_in(scope=SCOPE)
def concern_describe(request: HttpRequest, reference: str) -> HttpResponse:
    concern = _visible(request, reference)
    form = DescribeForm(request.POST)
    if not form.is_valid():
        return _page(request, concern, describe_form=form)
    text, version = form.cleaned_data["about"], form.cleaned_data["version"]
    try:
        describe(concern=concern, text=text, version=version, by=signed_in(request), at=timezone.now())
    except StaleVersion as stale:
        again = DescribeForm({"about": text, "version": stale.current})
        again.full_clean()
        again.add_error("about", f"{stale} Theirs stands above yours. Put into yours what has to stay, and save again.")
        return _page(request, concern, status=409, describe_form=again, theirs=concern.about)
    except REFUSED as refused:
        form.add_error("about", str(refused))
        return _page(request, _visible(request, reference), describe_form=form)
    return _back(concern, "about")


@require_POST
@everybody_signed_in(scope=SCOPE)
def concern_describe_autosave(request: HttpRequest, reference: str) -> HttpResponse:
    """Saves what is typed so far, so that no other press on the page loses it."""
    concern = _visible(request, reference)
    wrong = DescribeForm(request.POST).errors.get("about", ())
    try:
        if wrong:
            raise UserError(". ".join(str(message) for message in wrong))
        version = autosave.in_turn(partial(_keep_description, request, concern), int, request.POST)
    except StaleVersion as stale:
        mine = request.POST["about"].replace("\r\n", "\n")
        differences = [Difference("about", "The concern", mine, concern.about, {"about": [concern.about]})]
        return autosave.overtaken(request, stale, differences)
    except REFUSED as refused:
        return autosave.refused(request, UserError(str(refused)))
    return autosave.saved(request, version)


def _keep_description(request: HttpRequest, concern: Concern, data: QueryDict) -> int:
    form = DescribeForm(data)
    form.is_valid()
    text = form.cleaned_data.get("about", "")
    version = number_in(data.get("version", ""), otherwise=-1)
    return describe(concern=concern, text=text, version=version, by=signed_in(request), at=timezone.now())


@require_POST
@everybody_signed_in(scope=SCOPE)
def concern_call(request: HttpRequest, reference: str) -> HttpResponse:
    """Write down who was spoken to; the emergency duty contact can have taken it on."""
    concern, person, now = _visible(request, reference), signed_in(request), timezone.now()
    form = _call_form(concern, person, request.POST)
    if not form.is_valid():
        return _page(request, concern, call_form=form)
    values = {"spoken_to": form.spoken_to(), "text": form.cleaned_data["text"], "spoken_at": form.spoken_at(now)}
    try:
        record_call(concern=concern, by=person, at=now, **values)
    except REFUSED as refused:
        form.add_error("time" if isinstance(refused, UserError) else None, str(refused))
        return _page(request, _visible(request, reference), call_form=form)
    if form.is_acknowledged and may_lead(person, concern):
        try:
            acknowledge_for_duty(concern=concern, name=form.cleaned_data["name"], by=person, at=now)
        except REFUSED as refused:
            messages.warning(request, str(refused))
    return _back(concern, "calls")


@require_POST
@everybody_signed_in(scope=SCOPE)
def concern_note(request: HttpRequest, reference: str) -> HttpResponse:
    concern = _visible(request, reference)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, concern, note_form=form)
    try:
        add_note(concern=concern, text=form.cleaned_data["note"], by=signed_in(request), at=timezone.now())
    except REFUSED as refused:
        form.add_error("note", str(refused))
        return _page(request, _visible(request, reference), note_form=form)
    return _back(concern, "history")


@require_http_methods(["GET", "HEAD", "POST"])
@everybody_signed_in(scope=SCOPE)
def concern_tell(request: HttpRequest, reference: str) -> HttpResponse:
    """Tell one more person."""
    concern, person = _visible(request, reference), signed_in(request)
    if not may_lead(person, concern):
        return _back(concern)
    form = TellForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        other = form.cleaned_data["person"]
        try:
            tell_somebody(concern=concern, person=other, by=person, at=timezone.now())
        except REFUSED as refused:
            form.add_error("person", str(refused))
        else:
            messages.success(request, f"{other} is told. Phone them as well.")
            return _back(concern)
    return _form_page(request, concern, form, "Tell somebody else", "Tell them now")


@require_http_methods(["GET", "HEAD", "POST"])
@everybody_signed_in(scope=SCOPE)
def concern_close(request: HttpRequest, reference: str) -> HttpResponse:
    return _turn(
        request,
        reference,
        may=may_close,
        do=lambda text, **by_whom: close(outcome=text, **by_whom),
        asks=("What was done for the child?", "Enter what was done for the child"),
        page=("Close this concern", "Close it"),
        done="The concern is closed. Everybody who was told knows.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@everybody_signed_in(scope=SCOPE)
def concern_mistaken(request: HttpRequest, reference: str) -> HttpResponse:
    return _turn(
        request,
        reference,
        may=may_lead,
        do=lambda text, **by_whom: take_back(reason=text, **by_whom),
        asks=("Why was it a mistake?", "Enter why it was a mistake"),
        page=("Raised by mistake", "Take it back and tell everybody"),
        done="It is recorded as raised by mistake. Everybody who was told knows.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@everybody_signed_in(scope=SCOPE)
def concern_reopen(request: HttpRequest, reference: str) -> HttpResponse:
    return _turn(
        request,
        reference,
        may=may_lead,
        do=lambda text, **by_whom: open_again(reason=text, **by_whom),
        asks=("Why is it not over?", "Enter why it is not over"),
        page=("Open it again", "Open it again and tell everybody"),
    )


def _turn(
    request: HttpRequest,
    reference: str,
    *,
    may: Callable[[Person, Concern], bool],
    do: Callable[..., None],
    asks: tuple[str, str],
    page: tuple[str, str],
    done: str = "",
) -> HttpResponse:
    """A page that asks for one text and ends the concern with it, or opens it again.

    `asks`: the question, and what is said where it is not answered. `page`: its title and its button.
    """
    concern, person = _visible(request, reference), signed_in(request)
    if not may(person, concern):
        return _back(concern)
    label, missing = asks
    form = EndForm(request.POST or None, label=label, missing=missing)
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data["text"], concern=concern, by=person, at=timezone.now())
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            if done:
                messages.success(request, done)
            return _back(concern)
    return _form_page(request, concern, form, *page)


def _visible(request: HttpRequest, reference: str) -> Concern:
    visible = Concern.objects.visible_to(signed_in(request)).select_related(*RELATED)
    return get_object_or_404(visible, reference=reference)


def _back(concern: Concern, part: str = "") -> HttpResponse:
    response = redirect("concern_detail", reference=concern.reference)
    if part:
        response["Location"] += f"#{part}"
    return response


def _call_form(concern: Concern, person: Any, data: Any = None) -> CallForm:
    # Quality assurance can be many people; whoever spoke to one of them writes the name.
    told = concern.recipients.told().exclude(person=person).exclude(part=ConcernPart.QA).select_related("person")
    people = [(str(each.person_id), f"{each.person.name}, {each.get_part_display().lower()}") for each in told]
    if concern.raised_by_id != person.pk:
        people = [(str(concern.raised_by_id), f"{concern.raised_by.name}, who raised it"), *people]
    duty = ProgrammeRules.objects.current().programme.emergency_duty_name
    return CallForm(data, people=people, duty=duty)


def _page(request: HttpRequest, concern: Concern, *, status: int = 200, **more: Any) -> HttpResponse:
    person = signed_in(request)
    wrong = [form for form in more.values() if isinstance(form, Form) and form.errors]
    context = {
        **concern_context(concern, person, timezone.now()),
        "call_form": _call_form(concern, person),
        "describe_form": DescribeForm(initial={"about": concern.about, "version": concern.version}),
        "note_form": NoteForm(),
        "wrong": wrong[0] if wrong else None,
        "page_has_errors": bool(wrong),
        "again": new_press(),
        **more,
    }
    status = 422 if wrong and status == 200 else status
    return render(request, "audits/concerns/detail.html", context, status=status)


def _form_page(request: HttpRequest, concern: Concern, form: Form, title: str, button: str) -> HttpResponse:
    context = {"concern": concern, "form": form, "form_title": title, "form_button": button}
    return render(request, "audits/concerns/form.html", context, status=422 if form.errors else 200)
