"""Between rounds: proposals (准入、调整、退出), and what repealed laws and new bans touch."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogs import proposals as verbs
from catalogs import repeals
from catalogs.errors import NotAllowed, Refused
from catalogs.findings import FIELD_LABELS
from catalogs.models import BannedList, Edition, EditionItem, Proposal, Proposed, RepealTask
from catalogs.official_forms import tidy
from catalogs.under_review import REVIEW
from divisions.models import Division

may_see = permission_required("catalogs.view_proposal", raise_exception=True)


class ProposalForm(forms.Form):
    """One row of annex 3 and why; the city is fixed for a city's own officer."""

    city = forms.ModelChoiceField(Division.objects.none(), label="市")
    action = forms.ChoiceField(label="建议", choices=Proposed.choices)
    name = forms.CharField(label="证明材料名称", max_length=500, required=False)
    reason = forms.CharField(
        label="理由", widget=forms.Textarea(attrs={"rows": 3}), help_text="为什么需要准入、调整或退出。"
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cities: Any = Division.objects.cities().visible_to(user).order_by("code")
        self.fields["city"].queryset = cities  # type: ignore[attr-defined]
        for name, label in FIELD_LABELS.items():
            if name != "name":
                area = forms.Textarea(attrs={"rows": 2})
                self.fields[name] = forms.CharField(label=label, required=False, widget=area)
        self.order_fields(["city", "action", *FIELD_LABELS, "reason"])

    def clean(self) -> dict[str, Any]:
        """All of a row is needed, unless it is to go: what is missing is said beside each field."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("action") != Proposed.REMOVE:
            for name in FIELD_LABELS:
                if name not in self.errors and not tidy(said.get(name, "")):
                    self.add_error(name, "请填写。")
        return said


@login_required
@may_see
@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """The proposals of one's own division and below; a department sees what it proposed."""
    found = Proposal.objects.visible_to(request.user).select_related(
        "city", "proposed_by__division", "answered_by__division", "item__submission", "edition_item__edition"
    )
    if not (request.user.has_perm(REVIEW) or request.user.role == "city_officer"):  # type: ignore[union-attr]
        found = found.filter(proposed_by=request.user.pk)
    context = {
        "proposals": found[:200],
        "may_answer": request.user.has_perm(REVIEW),
        "may_propose": request.user.has_perm(verbs.PROPOSE),
    }
    return render(request, "catalogs/proposals.html", context)


@login_required
@permission_required(verbs.PROPOSE, raise_exception=True)
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """A form for one row; ``row`` in the address begins with a row in force."""
    row = _row_asked(request)
    cities = Division.objects.cities().visible_to(request.user)
    initial: dict[str, Any] = {"city": row.edition.city if row else cities.order_by("code").first()}
    if row:
        initial |= {name: getattr(row, name) for name in FIELD_LABELS}
        initial["action"] = request.GET.get("action", Proposed.CHANGE)
    form = ProposalForm(request.POST or None, initial=initial, user=request.user)
    problem, status = "", 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            proposal = verbs.propose(
                actor=request.user,
                city=data["city"],
                action=data["action"],
                reason=data["reason"],
                texts={name: data[name] for name in FIELD_LABELS},
                edition_item=row,
            )
        except NotAllowed as refusal:
            raise PermissionDenied(refusal.message) from refusal
        except Refused as refusal:
            problem, status = refusal.message, 409
        else:
            messages.success(request, f"已提出：{proposal}。受理情况将显示在本页。")
            return redirect("proposals")
    in_force = Edition.objects.in_force(timezone.localdate()).filter(city__in=cities).select_related("city")
    context = {"form": form, "row": row, "problem": problem, "editions": in_force}
    return render(request, "catalogs/propose.html", context, status=400 if form.errors else status)


def _row_asked(request: HttpRequest) -> EditionItem | None:
    """The row in force that the address names, in the person's scope."""
    asked = request.GET.get("row", "")
    if not asked.isdigit():
        return None
    in_force = Edition.objects.in_force(timezone.localdate())
    rows = EditionItem.objects.visible_to(request.user).filter(edition__in=in_force)
    found: EditionItem = get_object_or_404(rows.select_related("edition__city"), pk=int(asked))
    return found


@login_required
@permission_required(REVIEW, raise_exception=True)
@require_POST
def proposal_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposal up into the review, or decline it."""
    get_object_or_404(Proposal.objects.visible_to(request.user), pk=pk)
    try:
        if request.POST.get("action") == "accept":
            submission = verbs.accept(actor=request.user, proposal_id=pk)
            messages.success(request, "已受理，请在审核页审核。")
            return redirect(reverse("admin:catalogs_submission_change", args=[submission.pk]))
        verbs.decline(actor=request.user, proposal_id=pk, answer=request.POST.get("answer", ""))
        messages.success(request, "已答复不予受理。")
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("proposals")


@login_required
@permission_required("catalogs.view_repealtask", raise_exception=True)
@require_http_methods(["GET", "POST"])
def repeal_tasks(request: HttpRequest) -> HttpResponse:
    """Kept rows whose law was repealed, each to be looked at."""
    found = RepealTask.objects.visible_to(request.user).select_related(
        "law", "edition_item__edition__city", "closed_by__division"
    )
    if request.method == "POST":
        pk = request.POST.get("task", "")
        task = get_object_or_404(found, pk=int(pk) if pk.isdigit() else 0)
        try:
            repeals.close_task(actor=request.user, task_id=task.pk, outcome=request.POST.get("outcome", ""))
            messages.success(request, "处理情况已记录。")
        except NotAllowed as refusal:
            raise PermissionDenied(refusal.message) from refusal
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("repeal_tasks")
    context = {
        "open": found.filter(closed_at=None),
        "closed": found.exclude(closed_at=None)[:100],
        "may_propose": request.user.has_perm(verbs.PROPOSE),
    }
    return render(request, "catalogs/repeal_tasks.html", context)


@login_required
@permission_required(REVIEW, raise_exception=True)
@require_GET
def banned_hits(request: HttpRequest, pk: int) -> HttpResponse:
    """Which kept rows a batch of banned items names, before it takes force."""
    banned_list = get_object_or_404(BannedList, pk=pk)
    prefix = request.user.scope_prefix or ""  # type: ignore[union-attr]
    hits = [
        hit
        for hit in repeals.rows_hit(banned_list, timezone.localdate())
        if hit.item.edition.city_id.startswith(prefix)
    ]
    return render(request, "catalogs/banned_hits.html", {"banned_list": banned_list, "hits": hits})
