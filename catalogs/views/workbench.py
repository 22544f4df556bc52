"""The city's workbench: rounds, upload, preview, mending, submitting. Thin: verbs do the work."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from catalogs import drafts, intake, mending, submitting
from catalogs.downloads import file_response
from catalogs.errors import NotAllowed, Refused
from catalogs.findings import FIELD_LABELS
from catalogs.marking import marked_submission
from catalogs.models import Edition, Round, Submission, SubmissionItem, UploadedForm
from catalogs.official_forms.write import write_annex3, write_blank_annex3
from catalogs.views.files import asked_kind
from catalogs.views.preview import preview_context
from divisions.models import Division, Level


def _city(request: HttpRequest) -> Division:
    """The city an officer files for; others have no workbench."""
    division = request.user.division  # type: ignore[union-attr]
    if division is None or division.level != Level.CITY:
        raise PermissionDenied
    return division


def _own(request: HttpRequest, pk: int) -> Submission:
    queryset = Submission.objects.visible_to(request.user).select_related(
        "city", "round", "source", "submitted_by", "returned_by"
    )
    return get_object_or_404(queryset, pk=pk)


def _own_row(request: HttpRequest, pk: int) -> SubmissionItem:
    queryset = SubmissionItem.objects.visible_to(request.user).select_related("submission__city")
    return get_object_or_404(queryset, pk=pk)


files = permission_required(drafts.FILE, raise_exception=True)


@login_required
@files
@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """Every round with this city's list in it, the open ones first."""
    city = _city(request)
    today = timezone.localdate()
    lines = [
        {
            "round": round,
            "days_left": round.days_left(today),
            "submission": drafts.current_submission(city, round),
        }
        for round in Round.objects.order_by("-is_open", "-due_on")
    ]
    editions = Edition.objects.filter(city=city)
    return render(request, "catalogs/rounds.html", {"city": city, "lines": lines, "editions": editions})


@login_required
@files
@require_GET
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Step 1 of a round: the blank form, the upload, and what was uploaded before."""
    return _round_page(request, get_object_or_404(Round, pk=pk))


def _round_page(request: HttpRequest, round: Round, problem: str = "", status: int = 200) -> HttpResponse:
    city = _city(request)
    context = {
        "city": city,
        "round": round,
        "days_left": round.days_left(timezone.localdate()),
        "submission": drafts.current_submission(city, round),
        "uploads": UploadedForm.objects.filter(
            division=city, round=round, form=UploadedForm.Form.ANNEX3
        ).select_related("uploaded_by"),
        "problem": problem,
    }
    return render(request, "catalogs/round.html", context, status=status)


@login_required
@files
@require_GET
def blank_form(request: HttpRequest) -> HttpResponse:
    """The official annex 3, empty."""
    return file_response(write_blank_annex3(), "附件3 拟保留的基层群众性自治组织出具证明事项清单.xlsx")


@login_required
@files
@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Receive an annex 3; a file that cannot be read is kept, and the clerk is told why."""
    round = get_object_or_404(Round, pk=pk)
    file = request.FILES.get("file")
    if file is None:
        return _round_page(request, round, "请先选择要上传的表格文件，再点“上传并核对”。", 400)
    try:
        submission = intake.receive_form(
            actor=request.user, city=_city(request), round=round, name=file.name or "", file=file
        )
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except Refused as refusal:
        return _round_page(request, round, refusal.message, 400)
    return redirect("submission", submission.pk)


@login_required
@files
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a list on the page, without a file."""
    round = get_object_or_404(Round, pk=pk)
    try:
        submission = intake.start_empty(actor=request.user, city=_city(request), round=round)
    except Refused as refusal:
        return _round_page(request, round, refusal.message, 400)
    return redirect("submission", submission.pk)


@login_required
@files
@require_GET
def submission_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Steps 2 and 3: check the rows, mend them, submit; afterwards the state and the decisions."""
    return _preview(request, _own(request, pk))


def _preview(
    request: HttpRequest, submission: Submission, problem: str = "", status: int = 200, **typed: Any
) -> HttpResponse:
    """The whole page, or only its changing part for htmx."""
    context = preview_context(submission, request.GET, problem=problem, **typed)
    template = "catalogs/_preview.html" if request.htmx else "catalogs/submission.html"  # type: ignore[attr-defined]
    # htmx swaps only successful answers; the refusal is in the page it swaps in.
    code = 200 if request.htmx else status  # type: ignore[attr-defined]
    return render(request, template, context, status=code)


def _after(request: HttpRequest, submission: Submission) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return _preview(request, _own(request, submission.pk))
    query = request.GET.urlencode()
    response = redirect("submission", submission.pk)
    response["Location"] += f"?{query}" if query else ""
    return response


def _number(text: str | None) -> int:
    """A number that our own form sends; without it the request is not one of ours."""
    if not (text or "").isdigit():
        raise BadRequest("revision")
    return int(text or "")


@login_required
@files
@require_POST
def edit_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the cells of one row that the form holds."""
    row = _own_row(request, pk)
    values = {field: request.POST[field] for field in FIELD_LABELS if field in request.POST}
    try:
        mending.edit_row(
            actor=request.user,
            item_id=row.pk,
            values=values,
            revision=_number(request.POST.get("revision")),
        )
    except Refused as refusal:
        submission = _own(request, row.submission_id)
        return _preview(request, submission, refusal.message, 409, typed_row=row.pk, typed_values=values)
    return _after(request, row.submission)


@login_required
@files
@require_POST
def delete_row(request: HttpRequest, pk: int) -> HttpResponse:
    row = _own_row(request, pk)
    submission = _own(request, row.submission_id)
    try:
        mending.delete_row(actor=request.user, item_id=row.pk, revision=_number(request.POST.get("revision")))
    except Refused as refusal:
        return _preview(request, submission, refusal.message, 409)
    return _after(request, submission)


@login_required
@files
@require_POST
def hand_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a row that was sent back to the province again."""
    row = _own_row(request, pk)
    submission = _own(request, row.submission_id)
    try:
        mending.hand_back_row(
            actor=request.user,
            item_id=row.pk,
            revision=_number(request.POST.get("revision")),
            note=request.POST.get("note", ""),
        )
    except Refused as refusal:
        return _preview(request, submission, refusal.message, 409)
    messages.success(request, f"第{row.position}行已交回审核。")
    return redirect("submission", submission.pk)


@login_required
@files
@require_POST
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a list leaves the region's baseline."""
    submission = _own(request, pk)
    try:
        submitting.explain_deviations(actor=request.user, submission_id=pk, reasons=request.POST)
    except Refused as refusal:
        return _preview(request, submission, refusal.message, 409)
    messages.success(request, "理由已保存。")
    return redirect("submission", pk)


@login_required
@files
@require_POST
def add_row(request: HttpRequest, pk: int) -> HttpResponse:
    submission = _own(request, pk)
    try:
        item = mending.add_row(actor=request.user, submission_id=pk)
    except Refused as refusal:
        return _preview(request, submission, refusal.message, 409)
    response = redirect("submission", pk)
    response["Location"] += f"?edit={item.pk}#row-{item.pk}"
    return response


@login_required
@files
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    submission = _own(request, pk)
    try:
        submitting.submit(actor=request.user, submission_id=pk, digest=request.POST.get("digest", ""))
    except Refused as refusal:
        return _preview(request, submission, refusal.message, 409)
    messages.success(request, "已提交自治区民政厅审核。审核进展和意见将显示在本页。")
    return redirect("submission", pk)


@login_required
@files
@require_POST
def new_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next version from a returned list."""
    submission = _own(request, pk)
    try:
        draft = intake.start_new_version(actor=request.user, submission_id=pk)
    except Refused as refusal:
        return _preview(request, submission, refusal.message, 409)
    return redirect("submission", draft.pk)


@login_required
@files
@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as it stands, as the official form; ``as=docx`` for a Word document."""
    submission = _own(request, pk)
    kind = asked_kind(request)
    content = write_annex3(
        city=submission.city.name,
        rows=submission.items.order_by("position"),
        reporter=submission.reporter,
        contact=submission.contact,
        reported_on=submission.reported_on,
        kind=kind,
    )
    return file_response(content, f"{submission.city.name}拟保留清单 第{submission.version}版.{kind}")


@login_required
@files
@require_GET
def marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The clerk's own sheet with what is wrong at each cell; 404 for a list without a file."""
    submission = _own(request, pk)
    if submission.source is None:
        raise Http404("这份清单不是从文件读取的。")
    return file_response(marked_submission(submission), f"批注 {Path(submission.source.name).stem}.xlsx")
