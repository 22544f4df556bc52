"""Certificate types × cities: see, open, unify names, set the baseline, take it away as a workbook."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from catalogs import harmonising
from catalogs.downloads import file_response
from catalogs.errors import NotAllowed, Refused
from catalogs.matrix import Matrix, alike, matrix
from catalogs.models import Round
from catalogs.official_forms.plain_table import write_table
from catalogs.under_review import REVIEW
from divisions.models import Division

reviewers = permission_required(REVIEW, raise_exception=True)
SHOW = {
    "all": "全部",
    "undecided": "有未审",
    "disputed": "各市结论不同",
    "names": "已统一的不同名称",
    "alike": "可能是同一证明",
}


def _matrix(request: HttpRequest, pk: int) -> tuple[Round, Matrix]:
    round = get_object_or_404(Round, pk=pk)
    cities = Division.objects.cities().visible_to(request.user).order_by("code")
    return round, matrix(round, cities)


@login_required
@reviewers
@require_GET
def matrix_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The table, filtered by what is asked for in the address."""
    round, found = _matrix(request, pk)
    show, words = request.GET.get("show", "all"), request.GET.get("q", "").strip()
    lines = [line for line in found.lines if any(words in name for name in (line.name, *line.names))]
    if show == "undecided":
        lines = [line for line in lines if line.undecided]
    elif show == "disputed":
        lines = [line for line in lines if line.is_disputed]
    elif show == "names":
        lines = [line for line in lines if len(line.names) > 1]
    # Lines for one matter stand together, under it, so that one look tells whether they are one.
    groups = alike(lines) if show == "alike" else [lines]
    context = {
        "round": round,
        "cities": found.cities,
        "groups": [group for group in groups if group],
        "is_grouped": show == "alike",
        "total": len(found.lines),
        "show": show,
        "shows": SHOW.items(),
        "q": words,
        "baseline": round.baseline.count(),
    }
    return render(request, "catalogs/matrix.html", context)


@login_required
@reviewers
@require_GET
def matrix_download(request: HttpRequest, pk: int) -> HttpResponse:
    """The table as a workbook: for each city what was decided and on what law."""
    round, found = _matrix(request, pk)
    rows: list[list[str | int | None]] = []
    for line in found.lines:
        cells = [
            "" if not cell.rows else "\n".join([cell.label, *{row.final("legal_basis") for row in cell.rows}])
            for cell in line.cells
        ]
        rows.append([line.name, "、".join(line.names), line.submitted, line.kept, line.rejected, *cells])
    headings = ["证明名称", "各市所用名称", "报送", "保留", "不保留", *(city.name for city in found.cities)]
    return file_response(write_table(f"{round.name} 各市对照", headings, rows), f"{round.name} 各市对照.xlsx")


@login_required
@reviewers
@require_POST
def matrix_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Unify the names of the ticked certificates, or take their kept rows into the baseline."""
    round, found = _matrix(request, pk)
    ticked = set(request.POST.getlist("key"))
    lines = [line for line in found.lines if line.key in ticked]
    try:
        if not lines:
            messages.warning(request, "请先勾选证明名称。")
        elif request.POST.get("action") == "unify":
            _unify(request, lines)
        elif request.POST.get("action") == "baseline":
            rows = [_one_kept(line) for line in lines]
            added = harmonising.set_baseline(
                actor=request.user, round=round, items=[row.pk for row in rows if row]
            )
            messages.success(request, f"已将 {added} 项列入自治区基准清单。未有任何市保留的不会列入。")
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("matrix", pk)


def _unify(request: HttpRequest, lines: list[Any]) -> None:
    names = {name for line in lines for name in (line.name, *line.names)}
    name = request.POST.get("name", "").strip() or lines[0].name
    kind = harmonising.unify_names(actor=request.user, name=name, others=names)
    messages.success(request, f"已将 {len(names)} 个名称统一为“{kind}”。")


def _one_kept(line: Any) -> Any:
    """A kept row of the certificate: the wording that most cities use."""
    kept = [row for cell in line.cells for row in cell.rows if row.is_kept]
    if not kept:
        return None
    counts: dict[str, int] = {}
    for row in kept:
        counts[row.final("name")] = counts.get(row.final("name"), 0) + 1
    best = max(counts, key=lambda name: counts[name])
    return next(row for row in kept if row.final("name") == best)
