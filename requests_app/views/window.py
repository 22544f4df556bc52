"""The village window: from a question to a paper or a slip."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogs.errors import Refused, Stale
from catalogs.matching import VerdictKind
from requests_app import fact_finding, handling, issuing, promising, refusing, residents
from requests_app.asking import asking_of
from requests_app.forms import DeliberationForm, FactForm, IssueForm, ReasonForm, RefuseForm, ResidentForm
from requests_app.models import CertificateRequest, Deliberation, IssuedCertificate, RequestStatus
from requests_app.views.places import own_village

_MARKED = "填写的内容有误，请看下面标红的地方，改好后再提交。"
may_see = permission_required("requests_app.view_certificaterequest", raise_exception=True)
may_handle = permission_required(handling.HANDLE, raise_exception=True)


@login_required
@may_handle
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register what was asked: with the resident's data where it may be issued, without where not."""
    village = own_village(request)
    if village is None:
        raise PermissionDenied("只有村（社区）工作人员可以登记申请。")
    try:
        asking = asking_of(request)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("check")
    if not asking.text:
        return redirect("check")
    verdict = asking.verdict()
    query = urlencode({"q": asking.text, "matter": asking.matter, "demander": asking.demander, "sent": "1"})
    if asking.is_past or verdict.kind is VerdictKind.UNCLEAR:
        messages.warning(request, "请先在这里查清要开什么证明，再登记。")
        return redirect(f"{reverse('check')}?{query}")
    problem = ""
    may_issue = verdict.kind is VerdictKind.MAY_ISSUE
    form = ResidentForm(request.POST or None, verdict=verdict, village=village, matter=asking.matter)
    if request.method == "POST" and request.POST.get("shown", verdict.kind.name) != verdict.kind.name:
        problem = f"按改过的内容，查询结论变为“{verdict.kind.value}”。请看清下面的结论，再登记。"
    elif request.method == "POST":
        said: dict[str, Any] = {"text": asking.text, "matter": asking.matter, "demander": asking.demander}
        said["once"] = _token(request.POST.get("once", ""))
        try:
            if not may_issue and "promise" in request.POST:
                made = promising.begin(actor=request.user, village=village, **said)
                return redirect("promise", pk=made.pk)
            if not may_issue or "off_list" in request.POST:
                made = refusing.turn_away(actor=request.user, village=village, item_id=0, **said)
                return _after(made)
            if form.is_valid():
                made = handling.register(
                    actor=request.user,
                    village=village,
                    item_id=form.item_id(),
                    person=form.person(),
                    **said,
                )
                messages.success(request, "已登记。下一步：记录怎样核实的。")
                for doubt in residents.doubts(made):
                    messages.warning(request, doubt)
                return redirect("request", pk=made.pk)
        except handling.SentBefore as refusal:
            before = CertificateRequest.objects.visible_to(request.user).get(once=said["once"])
            if before.status == RequestStatus.OPEN:
                messages.info(request, refusal.message)
            return _after(before)
        except Refused as refusal:
            problem = refusal.message
    context = {
        "once": uuid.uuid4(),
        "asking": asking,
        "verdict": verdict,
        "may_issue": may_issue,
        "is_off_list": "off_list" in request.POST,
        "is_exception": verdict.kind is VerdictKind.EXCEPTION,
        "form": form,
        "problem": problem,
        "back": f"{reverse('check')}?{query}",
    }
    return render(request, "requests_app/register.html", context)


def _token(text: str) -> str:
    """Which of our forms was sent; "" for what is none of them."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""


def _after(made: CertificateRequest) -> HttpResponse:
    """The page of a request, or its slip where it was refused at once."""
    if made.status == RequestStatus.REFUSED and made.edition_item_id is None:
        return redirect("refusal", serial=made.refusal.serial)
    return redirect("request", pk=made.pk)


@login_required
@may_see
@require_GET
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what was asked and answered, what was done, what is next."""
    return _page(request, visible_request(request, pk))


@login_required
@may_handle
@require_POST
def record_fact(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down how the fact was checked."""
    found = visible_request(request, pk)
    form = FactForm(request.POST, request.FILES)
    return _do(request, found, form, "fact", "已记录核实情况。", fact_finding.record_fact)


@login_required
@may_handle
@require_POST
def record_deliberation(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the residents' meeting."""
    found = visible_request(request, pk)
    form = DeliberationForm(request.POST, request.FILES)
    return _do(request, found, form, "meeting", "已记录议事协商。", fact_finding.record_deliberation)


@login_required
@may_handle
@never_cache
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill the form, see the paper as it will be, then issue what was seen, with a number."""
    found = visible_request(request, pk)
    left = issuing.missing_before_issuing(found)
    resident = residents.of(found)
    if found.status != RequestStatus.OPEN:
        messages.info(request, f"这件申请{found.get_status_display()}，没有重复办理。")
        return redirect("request", pk=pk)
    if left or resident is None:
        for one in left:
            messages.warning(request, one)
        return redirect("request", pk=pk)
    form = IssueForm(request.POST or None, request=found, head=_last_head(found))
    problem, preview, is_stale = "", None, False
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = {"actor": request.user, "request_id": pk, "answers": form.answers()}
        try:
            if "confirm" in request.POST:
                seen, head = request.POST.get("seen", ""), form.cleaned_data["head"]
                certificate = issuing.issue(**said, head=head, seen=seen)
                messages.success(request, f"已出具，编号{certificate.serial}。请打印、签字、盖章。")
                return redirect("certificate", serial=certificate.serial)
            preview = issuing.preview(**said)
        except Refused as refusal:
            problem, is_stale = refusal.message, isinstance(refusal, Stale)
        if is_stale:
            preview = _preview_again(said)
    context = {"found": found, "form": form, "preview": preview, "problem": problem}
    return render(request, "requests_app/issue.html", context)


def _preview_again(said: dict[str, Any]) -> issuing.Preview | None:
    """The paper as it would be now; None where another tab has meanwhile dealt with the request."""
    try:
        return issuing.preview(**said)
    except Refused:
        return None


@login_required
@may_handle
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse after the facts were looked into."""
    found = visible_request(request, pk)
    form = RefuseForm(request.POST)
    if found.edition_item is None or form.is_valid():  # off the list, the lists say why
        try:
            why = form.cleaned_data if found.edition_item else {}
            slip = refusing.refuse(actor=request.user, request_id=pk, **why)
        except Refused as refusal:
            return _page(request, found, problem=refusal.message, refuse_form=form)
        return redirect("refusal", serial=slip.serial)
    return _page(request, found, problem=_MARKED, refuse_form=form)


@login_required
@may_handle
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The resident takes the request back."""
    found = visible_request(request, pk)
    try:
        handling.withdraw(actor=request.user, request_id=pk, note=request.POST.get("note", ""))
    except Refused as refusal:
        return _page(request, found, problem=refusal.message)
    messages.success(request, "已撤回。")
    return redirect("request", pk=pk)


@login_required
@permission_required(residents.UNMASK, raise_exception=True)
@never_cache
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the resident's whole data once, for a reason that is kept."""
    found = visible_request(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, problem="请写明查看完整信息的理由。")
    try:
        person = residents.reveal(actor=request.user, request_id=pk, reason=form.cleaned_data["reason"])
    except Refused as refusal:
        return _page(request, found, problem=refusal.message)
    return _page(request, found, person=person)


def _do(
    request: HttpRequest, found: CertificateRequest, form: Any, name: str, done: str, verb: Any
) -> HttpResponse:
    if form.is_valid():
        try:
            verb(actor=request.user, request_id=found.pk, **form.cleaned_data)
        except Refused as refusal:
            return _page(request, found, problem=refusal.message, **{f"{name}_form": form})
        messages.success(request, done)
        return redirect("request", pk=found.pk)
    return _page(request, found, problem=_MARKED, **{f"{name}_form": form})


def _page(request: HttpRequest, found: CertificateRequest, **more: Any) -> HttpResponse:
    resident = residents.of(found)
    is_open = found.status == RequestStatus.OPEN
    user: Any = request.user
    left = issuing.missing_before_issuing(found) if is_open and found.edition_item else []
    context = {
        "found": found,
        "checks": found.fact_checks.select_related("checked_by"),
        "accesses": _accesses(user, found),
        "meeting": getattr(found, "deliberation", None),
        "left": left,
        "must_refuse": len(left) == 1 and "请出具告知单" in left[0],
        "may_promise": is_open and not promising.why_not(found),
        "person": residents.masked(resident),
        "has_person": resident is not None,
        # From above there are counts to see, not people.
        "may_see_person": user.has_perm(handling.HANDLE) or user.has_perm(residents.UNMASK),
        "days_left": (found.due_on - timezone.localdate()).days if is_open and found.due_on else None,
        "may_handle": user.has_perm(handling.HANDLE),
        "may_unmask": user.has_perm(residents.UNMASK),
        "fact_form": FactForm(),
        "meeting_form": DeliberationForm(initial=_as_recorded(found)),
        "refuse_form": RefuseForm(),
        "reason_form": ReasonForm(),
        "is_whole": "person" in more,
        **more,
    }
    return render(request, "requests_app/request.html", context)


def _as_recorded(found: CertificateRequest) -> Any:
    """What is known of the meeting, so that only the signature has to be added."""
    names = ("held_on", "form", "entitled", "present", "in_favour", "head", "signed_on")
    return Deliberation.objects.filter(request=found).values(*names).first()


def _accesses(user: Any, found: CertificateRequest) -> list[Any]:
    """Who looked at the whole of the resident's data: for the village and the administrators."""
    if not (user.has_perm(residents.UNMASK) or user.has_perm("requests_app.view_access")):
        return []
    return list(found.accesses.select_related("by"))


def visible_request(request: HttpRequest, pk: int) -> CertificateRequest:
    """A request within one's scope, with what its page shows. Raises Http404 for any other."""
    visible = CertificateRequest.objects.visible_to(request.user)
    related = visible.select_related(
        "village",
        "edition_item__edition__city",
        "certificate_type",
        "guide",
        "created_by__division",
        "closed_by",
    )
    found: CertificateRequest = get_object_or_404(related, pk=pk)
    return found


def _last_head(found: CertificateRequest) -> str:
    """Who answered for the last paper of the village: it is mostly the same person."""
    last = IssuedCertificate.objects.filter(village=found.village_id).order_by("-issued_at", "-id")
    return last.values_list("head", flat=True).first() or ""
