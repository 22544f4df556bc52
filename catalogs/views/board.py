"""Where every city stands in a round, for the province; a city sees its own line."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from catalogs.board import GAP, TILE_HEIGHT, TILE_WIDTH, CityLine, Stage, board, tiles
from catalogs.drafts import FILE
from catalogs.models import BannedList, Round
from catalogs.under_review import REVIEW
from divisions.models import Division, Level


def _cities(user: Any) -> Any:
    """The cities that a person may see on the board."""
    if not (user.has_perm(REVIEW) or user.has_perm(FILE)):
        raise PermissionDenied
    return Division.objects.cities().visible_to(user).order_by("code")


@login_required
@require_GET
def board_now(request: HttpRequest) -> HttpResponse:
    """The round that is open now, or the last one."""
    _cities(request.user)
    now = Round.objects.open().order_by("due_on").first() or Round.objects.first()
    if now is None:
        return render(request, "catalogs/board.html", {"rounds": [], "lines": []})
    return redirect("board_round", now.pk)


@login_required
@require_GET
def board_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Cities × stages, as a tile map and as a table; each leads to the work."""
    cities = list(_cities(request.user))
    round = get_object_or_404(Round, pk=pk)
    lines = board(round, cities, timezone.localdate())
    wanted = request.GET.get("stage", "")
    for_reviewer = request.user.has_perm(REVIEW)
    urls = {line.city.pk: _work(line, round, for_reviewer) for line in lines}
    context = {
        "round": round,
        "rounds": Round.objects.all(),
        "lines": [(line, urls[line.city.pk]) for line in lines if not wanted or line.stage == wanted],
        "tiles": [(tile, urls[tile.line.city.pk]) for tile in tiles(lines)] if len(lines) > 1 else [],
        "width": 6 * (TILE_WIDTH + GAP),
        "height": 5 * (TILE_HEIGHT + GAP),
        "tile_width": TILE_WIDTH,
        "tile_height": TILE_HEIGHT,
        "stages": [(stage, sum(line.stage == stage for line in lines)) for stage in Stage],
        "stage": wanted,
        "late": sum(line.is_running and line.is_late for line in lines),
        "rows": sum(line.rows for line in lines),
        "days_left": round.days_left(timezone.localdate()),
        "banned_lists": BannedList.objects.in_force(min(timezone.localdate(), round.due_on)),
        "for_reviewer": for_reviewer,
    }
    return render(request, "catalogs/board.html", context)


def _work(line: CityLine, round: Round, for_reviewer: bool) -> str:
    """Where a tile leads: the city's list, or the page where it begins one; empty when to neither."""
    if line.submission is not None:
        name = "admin:catalogs_submission_change" if for_reviewer else "submission"
        return reverse(name, args=[line.submission.pk])
    if for_reviewer or line.city.level != Level.CITY:
        return ""
    return reverse("round", args=[round.pk])
