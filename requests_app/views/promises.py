"""Promises instead of certificates: made at the window, checked by county and city, reported when false."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogs.downloads import file_response
from catalogs.errors import Refused
from requests_app import credit, handling, promising, sampling
from requests_app.forms import AnswerForm, BatchForm, CheckForm, ObjectionForm, PromiseForm
from requests_app.models import (
    CertificateRequest,
    Commitment,
    PromiseObjection,
    PromiseStatus,
    RequestStatus,
    Resident,
)
from requests_app.paging import page_of

may_see = permission_required("requests_app.view_commitment", raise_exception=True)
may_handle = permission_required(handling.HANDLE, raise_exception=True)
may_check = permission_required(promising.CHECK, raise_exception=True)
may_report = permission_required(credit.REPORT, raise_exception=True)
DRAWN = "drawn"  # by chance, for checking, and not checked yet
TO_ANSWER = "to_answer"  # objected to, or to be repaired, and not answered yet
UNREPORTED = "unreported"  # false, and in the next batch
_SHOWN = 20  # of what waits for a batch; the list has all of them
_SHARES = {"5": 0.05, "10": 0.1, "20": 0.2}  # percent of those not checked yet


@login_required
@may_handle
@require_http_methods(["GET", "POST"])
def promise(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a promise for an open request: read it out, fill in, print, sign."""
    visible = CertificateRequest.objects.visible_to(request.user)
    found = get_object_or_404(visible.select_related("village", "guide", "banned_item"), pk=pk)
    why_not = promising.why_not(found)
    if found.status != RequestStatus.OPEN or why_not:
        messages.warning(request, why_not or f"这件申请{found.get_status_display()}。")
        return redirect("request", pk=pk)
    form = PromiseForm(
        request.POST or None,
        conditions=found.guide.promise_conditions if found.guide else [],
        known=Resident.objects.filter(pk=pk).first(),
        needs_consent=promising.needs_consent(found),
    )
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            made = promising.promise(
                actor=request.user, request_id=pk, person=form.person(), said=form.said()
            )
        except Refused as refusal:
            problem = refusal.message
        else:
            messages.success(request, f"已登记告知承诺书{made.serial}。请打印，由本人签字。")
            return redirect("commitment", serial=made.serial)
    context = {
        "found": found,
        "form": form,
        "problem": problem,
        "told": promising.told_text(found, "见下面所列").splitlines(),
    }
    return render(request, "requests_app/promise.html", context)


@login_required
@may_see
@require_GET
def commitments(request: HttpRequest) -> HttpResponse:
    """The promises of one's own division and below, newest first."""
    status = request.GET.get("show", "")
    names = ("request__edition_item", "request__certificate_type")
    found = Commitment.objects.visible_to(request.user).select_related("village", "batch", *names)
    if status in PromiseStatus.values:
        found = found.filter(status=status)
    elif status == DRAWN:
        found = found.filter(status=PromiseStatus.IN_FORCE, check_kind=Commitment.CheckKind.SAMPLE)
    elif status == TO_ANSWER:
        found = credit.to_answer(found, request.user)
    elif status == UNREPORTED:
        found = credit.unreported(found)
    context = {
        "page": page_of(found, request),
        "show": status,
        "statuses": [
            ("", "全部"),
            *PromiseStatus.choices,
            (DRAWN, "抽中待核查"),
            (TO_ANSWER, "异议、修复待答复"),
            (UNREPORTED, "不实待报送"),
        ],
        "may_check": request.user.has_perm(promising.CHECK),
        "may_report": request.user.has_perm(credit.REPORT),
        "may_handle": request.user.has_perm(handling.HANDLE),
    }
    return render(request, "requests_app/commitments.html", context)


@login_required
@may_see
@require_GET
def commitment(request: HttpRequest, serial: str) -> HttpResponse:
    """One promise: what was told and promised, what the check found, objections."""
    return _page(request, _commitment(request, serial))


@login_required
@may_handle
@never_cache
@require_http_methods(["GET", "POST"])
def commitment_print(request: HttpRequest, serial: str) -> HttpResponse:
    """The two-part paper, ready to print and sign; that the name and number were shown is recorded.

    The button leads to the page instead of answering with it: one can come back to it.
    """
    made = _commitment(request, serial)
    if request.method == "POST":
        return redirect("commitment_print", serial=serial)
    try:
        person = promising.for_paper(actor=request.user, commitment_id=made.pk)
    except Refused as refusal:
        return _page(request, made, problem=refusal.message)
    context = {"made": made, "person": person, "place": made.village.path_name}
    return render(request, "requests_app/commitment_print.html", context)


@login_required
@may_handle
@require_POST
def commitment_withdraw(request: HttpRequest, serial: str) -> HttpResponse:
    """The resident takes it back."""
    made = _commitment(request, serial)
    return _do(request, made, "已撤回。", promising.withdraw_promise, commitment_id=made.pk)


@login_required
@may_check
@never_cache
@require_POST
def commitment_reveal(request: HttpRequest, serial: str) -> HttpResponse:
    """Show whoever checks it who promised, once, for a reason that is kept."""
    made = _commitment(request, serial)
    try:
        person = promising.reveal(
            actor=request.user, commitment_id=made.pk, reason=request.POST.get("reason", "")
        )
    except Refused as refusal:
        return _page(request, made, problem=refusal.message)
    return _page(request, made, person=person)


@login_required
@may_check
@require_POST
def commitment_check(request: HttpRequest, serial: str) -> HttpResponse:
    """Write down what the check found."""
    made = _commitment(request, serial)
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _page(request, made, check_form=form)
    verb, said = promising.check_promise, form.cleaned_data
    return _do(request, made, "已记录核查情况。", verb, "finding", commitment_id=made.pk, **said)


@login_required
@may_handle
@require_POST
def commitment_object(request: HttpRequest, serial: str) -> HttpResponse:
    """Write down the resident's objection, or the request for repair."""
    made = _commitment(request, serial)
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _page(request, made, objection_form=form)
    verb, said = credit.object_to, form.cleaned_data
    return _do(request, made, "已登记。", verb, "text", commitment_id=made.pk, **said)


@login_required
@may_check
@require_POST
def objection_answer(request: HttpRequest, serial: str, pk: int) -> HttpResponse:
    """Answer an objection."""
    made = _commitment(request, serial)
    raised = get_object_or_404(PromiseObjection, pk=pk, commitment=made)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, made, problem="请写明处理说明。", answer_form=form, answered=raised.pk)
    is_told = bool(made.batch) and form.cleaned_data["is_upheld"]
    done = f"已处理。曾列入报送批次{made.batch}，请在失信报送中通知信用平台。" if is_told else "已处理。"
    verb, said = credit.answer_objection, form.cleaned_data
    return _do(request, made, done, verb, objection_id=raised.pk, **said)


@login_required
@may_check
@require_POST
def draw_sample(request: HttpRequest) -> HttpResponse:
    """Draw promises to check by chance, and show all that were drawn."""
    user: Any = request.user
    if user.division is None:
        raise PermissionDenied
    share = _SHARES.get(request.POST.get("share", ""), 0.1)
    try:
        drawn = sampling.draw_sample(actor=user, scope=user.division, share=share)
        more = f"一次最多抽取{sampling.MOST}份，可以再次抽取。" if len(drawn) == sampling.MOST else ""
        messages.success(request, f"抽中{len(drawn)}份，请逐份核查并记录。{more}")
    except Refused as refusal:
        messages.warning(request, refusal.message)
    return redirect(f"{reverse('commitments')}?{urlencode({'show': DRAWN})}")


@login_required
@may_report
@require_http_methods(["GET", "POST"])
def credit_batches(request: HttpRequest) -> HttpResponse:
    """The batches for the credit platform; make the next one."""
    user: Any = request.user
    problem = ""
    if request.method == "POST":
        if user.division is None:
            raise PermissionDenied
        try:
            batch = credit.make_batch(actor=user, scope=user.division)
        except Refused as refusal:
            problem = refusal.message
        else:
            messages.success(request, f"已制作批次{batch.number}，请下载后报送。")
            return redirect("credit_batches")
    return _batches(request, problem)


def _batches(request: HttpRequest, problem: str = "", **more: Any) -> HttpResponse:
    user: Any = request.user
    waiting = credit.waiting(user.division) if user.division else Commitment.objects.none()
    page = page_of(credit.visible_batches(user), request, size=20)
    context = {
        "page": page,
        "batches": credit.counted(page.rows),
        "waiting": waiting.count(),
        "first_waiting": waiting[:_SHOWN],
        "held_back": credit.held_back(user.division) if user.division else 0,
        "list_of_waiting": f"{reverse('commitments')}?{urlencode({'show': UNREPORTED})}",
        "problem": problem,
        **more,
    }
    status = 409 if problem else 200
    return render(request, "requests_app/credit_batches.html", context, status=status)


@login_required
@may_report
@never_cache
@require_POST
def credit_batch_file(request: HttpRequest, number: str) -> HttpResponse:
    """Download a batch, with names and numbers; that is recorded."""
    batch = get_object_or_404(credit.visible_batches(request.user), number=number)
    kind = "xlsx" if "xlsx" in request.POST else "json"
    content = credit.batch_file(actor=request.user, batch=batch, kind=kind)
    if kind == "xlsx":
        return file_response(content, f"失信报送{number}.xlsx")
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{number}.json"'
    return response


@login_required
@may_report
@require_POST
def credit_batch_acknowledge(request: HttpRequest, number: str) -> HttpResponse:
    """Write down the platform's acknowledgement."""
    batch = get_object_or_404(credit.visible_batches(request.user), number=number)
    form = BatchForm(request.POST)
    if form.is_valid():
        try:
            credit.acknowledge(actor=request.user, batch=batch, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "已登记回执。")
            return redirect("credit_batches")
    wrong = (
        " ".join(map(str, form.non_field_errors()))
        or "请填写回执号（不超过60字）和回执日期（例如2026-03-05）。"
    )
    return _batches(request, f"批次{number}：{wrong}", typed=request.POST, typed_for=batch.pk)


@login_required
@may_report
@require_POST
def credit_batch_told(request: HttpRequest, number: str) -> HttpResponse:
    """Write down that the platform was told of what was corrected since."""
    batch = get_object_or_404(credit.visible_batches(request.user), number=number)
    try:
        told = credit.told_the_platform(actor=request.user, batch=batch)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, f"已记录：{told} 份的更正或者修复已通知信用平台。")
    return redirect("credit_batches")


def _commitment(request: HttpRequest, serial: str) -> Commitment:
    visible = Commitment.objects.visible_to(request.user)
    names = ("request__edition_item", "request__certificate_type")
    related = visible.select_related("village", "taken_by", "checked_by", "batch", "correct_in", *names)
    found: Commitment = get_object_or_404(related, serial=serial)
    return found


def _do(
    request: HttpRequest, made: Commitment, done: str, verb: Any, unnamed: str = "", /, **said: Any
) -> HttpResponse:
    """Call a verb and say what it did; ``unnamed`` is what it keeps without names and numbers."""
    try:
        kept = verb(actor=request.user, **said)
    except Refused as refusal:
        return _page(request, made, problem=refusal.message)
    if unnamed and getattr(kept, unnamed) != said[unnamed]:
        done += "文中的姓名、号码已经隐去，请看是否还读得通。"
    messages.success(request, done)
    return redirect("commitment", serial=made.serial)


def _page(request: HttpRequest, made: Commitment, **more: Any) -> HttpResponse:
    user: Any = request.user
    context = {
        "made": made,
        "objections": made.objections.select_related("raised_by", "answered_by"),
        "may_handle": user.has_perm(handling.HANDLE),
        "may_check": user.has_perm(promising.CHECK) and user.pk != made.taken_by_id,
        "is_checker": user.pk == made.checked_by_id,
        "may_report": user.has_perm(credit.REPORT),
        "check_form": CheckForm(),
        "objection_form": ObjectionForm(),
        "blank_answer": AnswerForm(),
        **more,
    }
    return render(request, "requests_app/commitment.html", context)
