"""Draws: trying one, and looking at what came of one. Every draw that was kept has its own page for ever."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.lists import page_of
from accounts.permissions import requires, signed_in
from audits.enums import CycleStatus, DrawKind
from audits.models import Audit, Cycle, Draw, ProgrammeRules
from audits.pages.draws import figures_of, pairs_on
from audits.pages.excluded import ExcludedFilter, excluded_on, excluded_pks
from audits.pages.focus import in_a_line
from audits.rules.allocation.reasons import CaseRule
from audits.services.draws import LARGEST_SEED, dry_run, keep, new_seed, why_settled
from audits.views.loading import cycle_of

SCOPE = "every cycle"


@require_safe
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_try(request: HttpRequest, slug: str) -> HttpResponse:
    """What a draw would give now. Nothing is kept; the seed in the address makes the page the same again."""
    cycle = cycle_of(slug)
    if not _can_be_tried(request, cycle):
        return redirect("cycle_detail", slug=cycle.slug)
    seed = _seed(request)
    if seed is None:
        return redirect(f"{reverse('cycle_try', args=[cycle.slug])}?seed={new_seed()}")
    tried = _tried(cycle, seed)
    context = {
        "cycle": cycle,
        "draw": tried,
        "figures": figures_of(tried),
        "draw_focus": in_a_line(cycle.focus),
        "is_try": True,
        "is_month": True,
    }
    return render(request, "audits/cycles/draw.html", context)


@require_safe
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def draw_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One draw: from what, what came of it, and until it is published who would audit what: by auditor, since in the
    order of the case numbers its place would tell something of a restricted one."""
    kept = _kept(slug, number)
    cycle = kept.cycle
    context: dict[str, Any] = {
        "cycle": cycle,
        "draw": kept,
        "figures": figures_of(kept),
        "draw_focus": in_a_line(kept.focus),
        "is_month": kept.kind == DrawKind.MONTH,
        "can_be_published": _can_be_published(kept),
    }
    if kept.kind == DrawKind.REPLACEMENT:
        given = Audit.objects.visible_to(signed_in(request)).filter(allocation__draw=kept)
        context["given"] = given.select_related("allocation__replaces__audit", "allocation__auditor").first()
    if kept.published_at is None:
        context["page"] = page_of(request, sorted(kept.pairs, key=lambda pair: (pair["auditor"], pair["case"])))
        context["pairs"] = pairs_on(context["page"], signed_in(request))
    return render(request, "audits/cycles/draw.html", context)


@require_safe
@requires(Permission.RUN_CYCLES, scope=f"{SCOPE}; of the cases, those that the person may know")
def draw_excluded(request: HttpRequest, slug: str, number: int, rule: str) -> HttpResponse:
    """The cases that one rule kept out of a draw."""
    kept = _kept(slug, number)
    return _excluded(request, kept, rule, reverse("draw_detail", args=[slug, number]), f"Draw {number}")


@require_safe
@requires(Permission.RUN_CYCLES, scope=f"{SCOPE}; of the cases, those that the person may know")
def try_excluded(request: HttpRequest, slug: str, rule: str) -> HttpResponse:
    """The cases that one rule would keep out of a draw made now. Nothing was kept, so it is tried again."""
    cycle = cycle_of(slug)
    seed = _seed(request)
    if seed is None or not _can_be_tried(request, cycle):
        return redirect("cycle_detail", slug=cycle.slug)
    back = f"{reverse('cycle_try', args=[slug])}?seed={seed}"
    return _excluded(request, _tried(cycle, seed), rule, back, "A draw that was tried")


def _excluded(request: HttpRequest, shown: Draw, rule: str, back: str, name: str) -> HttpResponse:
    kept_out_by = next((known for known in CaseRule if known == rule), None)
    if kept_out_by is None:
        raise Http404
    person = signed_in(request)
    pks = excluded_pks(shown, kept_out_by)
    narrowed = ExcludedFilter(request.GET, reader=person)
    page = page_of(request, narrowed.of(pks))
    context = {
        "cycle": shown.cycle,
        "draw": shown,
        "rule": kept_out_by,
        "count": len(pks),
        "unlisted": narrowed.unlisted(pks),
        "filter": narrowed,
        "filtered": any(request.GET.get(name) for name in ("team", "service")),
        "page": page,
        "rows": excluded_on(page, kept_out_by, shown, person),
        "back": back,
        "name": name,
        "seed": request.GET.get("seed", "") if shown.pk is None else "",
    }
    return render(request, "audits/cycles/excluded.html", context)


def _kept(slug: str, number: int) -> Draw:
    related = ("cycle__rules", "rules", "drawn_by", "follows")
    draws = Draw.objects.select_related(*related).defer("follows__summary", "follows__pairs")
    return get_object_or_404(draws, cycle=cycle_of(slug), number=number)


def _tried(cycle: Cycle, seed: int) -> Draw:
    """A draw of this moment, as it would be kept."""
    summary, pairs = keep(dry_run(cycle=cycle, seed=seed))
    return Draw(cycle=cycle, seed=seed, rules=ProgrammeRules.objects.current(), summary=summary, pairs=pairs)


def _can_be_tried(request: HttpRequest, cycle: Cycle) -> bool:
    """Says on the next page why not."""
    why = why_settled(cycle)
    if cycle.status == CycleStatus.PAUSED:
        why = f"{cycle.name} is paused. Resume it before you try a draw."
    if why:
        messages.warning(request, why)
    return not why


def _can_be_published(kept: Draw) -> bool:
    cycle = kept.cycle
    if cycle.status != CycleStatus.PLANNED or kept.kind != DrawKind.MONTH or not kept.pairs:
        return False
    if not kept.has_the_focus_of_its_cycle:
        return False
    return not cycle.draws.of_month().filter(number__gt=kept.number).exists()


def _seed(request: HttpRequest) -> int | None:
    text = request.GET.get("seed", "")
    seed = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else -1
    return seed if 0 <= seed < LARGEST_SEED else None
