"""What goes to the government, and its answer."""

import zipfile
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from catalogs import reporting
from catalogs.downloads import file_response
from catalogs.errors import NotAllowed, Refused
from catalogs.findings import FIELD_LABELS
from catalogs.models import KEPT, Decision, RejectCode, Report, Round, Submission, SubmissionStatus
from catalogs.official_forms.plain_table import write_table
from catalogs.official_forms.write import write_annex3

reporters = permission_required(reporting.REPORT, raise_exception=True)


class ApprovalForm(forms.Form):
    document_no = forms.CharField(
        label="批准文号", max_length=100, help_text="自治区人民政府批准文件的文号。"
    )
    approved_on = forms.DateField(
        label="批准日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@login_required
@reporters
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """Every report with its state, the unanswered ones first."""
    found = Report.objects.visible_to(request.user).select_related("round", "assembled_by")
    found = found.prefetch_related("lists__submission__city").defer("content")
    lines = sorted(found, key=lambda report: (report.is_answered, -report.pk))
    return render(request, "catalogs/reports.html", {"reports": lines, "rounds": Round.objects.all()})


@login_required
@reporters
@require_http_methods(["GET", "POST"])
def assemble(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the decided lists of a round and freeze them into a report."""
    round = get_object_or_404(Round, pk=pk)
    problem, status = "", 200
    if request.method == "POST":
        pairs = (value.partition("-") for value in request.POST.getlist("list"))
        lists = {int(one): int(at) for one, _, at in pairs if one.isdigit() and at.isdigit()}
        try:
            report = reporting.assemble(actor=request.user, round_id=round.pk, lists=lists)
        except NotAllowed as refusal:
            raise PermissionDenied(refusal.message) from refusal
        except Refused as refusal:
            problem, status = refusal.message, 409
        else:
            messages.success(request, f"已汇总{report}，内容已封存。")
            return redirect("report", report.pk)
    found: Any = Submission.objects.visible_to(request.user)
    submissions = (
        found.filter(round=round, status=SubmissionStatus.SUBMITTED)
        .select_related("city")
        .with_counts()
        .order_by("city")
    )
    lines = [(submission, reporting.missing_for_report(submission)) for submission in submissions]
    context = {"round": round, "lines": lines, "problem": problem}
    return render(request, "catalogs/assemble.html", context, status=status)


def _report(request: HttpRequest, pk: int) -> Report:
    found: Report = get_object_or_404(
        Report.objects.visible_to(request.user).select_related("round", "region", "assembled_by"), pk=pk
    )
    return found


@login_required
@reporters
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """What was sent, summed up; and the government's answer, for some rows perhaps a refusal."""
    found = _report(request, pk)
    form = ApprovalForm(request.POST or None, initial={"approved_on": timezone.localdate()})
    status = 200
    refused = _refused(request)
    if request.method == "POST" and form.is_valid():
        try:
            reporting.approve(actor=request.user, report_id=pk, refused=refused, **form.cleaned_data)
        except NotAllowed as refusal:
            raise PermissionDenied(refusal.message) from refusal
        except Refused as refusal:
            messages.error(request, refusal.message)
            status = 409
        else:
            messages.success(request, "批复已登记。已批准的清单可以公布。")
            return redirect("report", pk)
    content = reporting.content_of(found)
    context = {
        "report": found,
        "content": content,
        "summary": content["summary"],
        "rejected": [(RejectCode(code).label, n) for code, n in content["summary"]["rejected"].items()],
        "departments": content["summary"]["opinions"].items(),
        "kept_rows": [
            {
                **row,
                "city": one["city"],
                "is_refused": row["id"] in refused,
                "note": refused.get(row["id"], ""),
            }
            for one in content["lists"]
            for row in one["rows"]
            if row["decision"] in KEPT
        ],
        "entries": found.lists.select_related("submission__city"),
        "is_intact": reporting.is_intact(found),
        "form": form,
    }
    return render(request, "catalogs/report.html", context, status=400 if form.errors else status)


def _refused(request: HttpRequest) -> dict[int, str]:
    rows = (value for value in request.POST.getlist("refused") if value.isdigit())
    return {int(row): request.POST.get(f"note-{row}", "").strip() for row in rows}


@login_required
@reporters
@require_GET
def report_download(request: HttpRequest, pk: int) -> HttpResponse:
    """The papers for the government: the official form for each city, summary, objections (.zip)."""
    found = _report(request, pk)
    content = reporting.content_of(found)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in content["lists"]:
            rows = [
                SimpleNamespace(position=at, **{field: row[field] for field in FIELD_LABELS})
                for at, row in enumerate((r for r in one["rows"] if r["published"]), start=1)
            ]
            for kind in ("xlsx", "docx"):
                archive.writestr(
                    f"{one['code']} {one['city']}拟保留清单.{kind}",
                    write_annex3(city=one["city"], rows=rows, kind=kind),
                )
        archive.writestr("汇总表.xlsx", _summary(found, content))
        archive.writestr("会审异议.xlsx", _objections(found, content))
        archive.writestr("封存内容.json", found.content)
    return file_response(packed.getvalue(), f"{found}.zip")


def _summary(found: Report, content: dict[str, Any]) -> bytes:
    rows: list[list[str | int | None]] = []
    for one in content["lists"]:
        decisions = [row["decision"] for row in one["rows"]]
        rows.append(
            [
                one["city"],
                len(decisions),
                sum(row["published"] for row in one["rows"]),
                decisions.count(Decision.REJECT),
                decisions.count(Decision.RETURN),
                "；".join(
                    f"{code.label} {n}"
                    for code in RejectCode
                    if (n := sum(row["reject_code"] == code for row in one["rows"]))
                ),
            ]
        )
    return write_table(
        f"{found} 汇总表（摘要 {found.digest}）",
        ["市", "报送", "予以保留", "不予保留", "退回未办结", "不予保留原因"],
        rows,
    )


def _objections(found: Report, content: dict[str, Any]) -> bytes:
    return write_table(
        f"{found} 未采纳的会审异议",
        ["市", "行次", "证明材料名称", "部门", "意见", "不采纳理由"],
        [
            [one["city"], one["position"], one["name"], one["department"], one["text"], one["answer"]]
            for one in content["objections"]
        ],
    )
