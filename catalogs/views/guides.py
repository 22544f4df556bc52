"""Guides on screen: what a department owes and writes, what the province checks, what all may read."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogs import guides as verbs
from catalogs.errors import Refused
from catalogs.models import CertificateType, GuideStatus, ServiceGuide
from divisions.models import Division

may_see = permission_required("catalogs.view_serviceguide", raise_exception=True)


class Lines(forms.CharField):
    """A list, one item a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea({"rows": 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]


class FieldLines(Lines):
    """The form's own fields, a line each: 名称｜必填｜示例."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(
            "｜".join([one["name"], "必填" if one.get("required") else "选填", one.get("sample", "")])
            for one in value
        )

    def to_python(self, value: Any) -> Any:
        found = []
        for line in super().to_python(value):
            name, _, rest = line.replace("|", "｜").partition("｜")
            need, _, example = rest.partition("｜")
            if not name.strip():
                raise forms.ValidationError(f"“{line}”没有写名称。每行写：名称｜必填｜示例。")
            if need.strip() not in {"必填", "选填", ""}:
                raise forms.ValidationError(f"“{line}”第二格应为必填或者选填。每行写：名称｜必填｜示例。")
            found.append(
                {"name": name.strip(), "required": need.strip() != "选填", "sample": example.strip()}
            )
        return found


class GuideForm(forms.ModelForm):
    """All that a guide says."""

    materials = Lines(label="需带材料", help_text="每行一项。")
    steps = Lines(label="办理程序", help_text="每行一步。")
    promise_conditions = Lines(label="告知承诺的条件", help_text="每行一条；不可用告知承诺的不填。")
    fields_ = FieldLines(
        label="证明填写项", help_text="每行一项，写：名称｜必填｜示例。例如：与被继承人关系｜必填｜父子"
    )

    class Meta:
        model = ServiceGuide
        fields = [name for name in verbs.CONTENT if name != "fields"]
        widgets = {
            name: forms.Textarea({"rows": rows})
            for name, rows in {"applicants": 2, "legal_basis": 3, "used_for": 2, "template": 6}.items()
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["fields_"] = self.instance.fields
        for one in self.fields.values():
            one.required = False
        self.fields[
            "template"
        ].help_text = (
            f"可用的填写项：{'、'.join(f'｛{name}｝' for name in verbs.KNOWN)}，以及上面自列的填写项。"
        )
        order = [name if name != "fields" else "fields_" for name in verbs.CONTENT]
        self.order_fields(order)

    def content(self) -> dict[str, Any]:
        """What was written, by the names of the verbs."""
        said = {name: self.cleaned_data.get(name) for name in verbs.CONTENT if name != "fields"}
        said["working_days"] = said["working_days"] or 0
        said["keep_years"] = said["keep_years"] or 3
        return {**said, "fields": self.cleaned_data["fields_"]}

    def _post_clean(self) -> None:
        """The verb judges the whole; the model's own checks would refuse an unfinished draft."""


@login_required
@may_see
@require_GET
def guides(request: HttpRequest) -> HttpResponse:
    """A department's guides and debts; for the province, what waits to be checked and all debts."""
    user: Any = request.user
    found = ServiceGuide.objects.select_related("certificate_type", "division", "department")
    owed = verbs.debts(timezone.localdate())
    if user.has_perm(verbs.CHECK):
        found = found.visible_to(user)
    else:
        found = found.filter(department=user.department_id)
        owed = [debt for debt in owed if user.department in debt.departments]
    context = {
        "guides": found.order_by("status", "certificate_type__name", "-version")[:300],
        "debts": owed,
        "may_write": user.has_perm(verbs.WRITE) and user.division is not None,
    }
    return render(request, "catalogs/guides.html", context)


@login_required
@permission_required(verbs.WRITE, raise_exception=True)
@require_POST
def guide_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a guide, or its next version, for one's own region or city."""
    user: Any = request.user
    if user.division is None or user.department is None:
        raise PermissionDenied
    kind = get_object_or_404(CertificateType, pk=pk)
    try:
        draft = verbs.begin_guide(actor=user, certificate_type=kind, division=user.division)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("guides")
    return redirect("guide", pk=draft.pk)


@login_required
@may_see
@require_http_methods(["GET", "POST"])
def guide(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: written by its department, checked by the province, read with its filled sample."""
    user: Any = request.user
    found = _guide(user, pk)
    may_write = (
        user.has_perm(verbs.WRITE)
        and found.department_id == user.department_id
        and found.status == GuideStatus.DRAFT
    )
    form = GuideForm(request.POST or None, instance=found)
    problem = ""
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        if form.is_valid():
            submits = "submit" in request.POST
            try:
                verbs.write_guide(actor=user, guide_id=pk, content=form.content(), submits=submits)
                messages.success(request, "已提交自治区核对。" if submits else "已保存草稿。")
                return redirect("guide", pk=pk)
            except Refused as refusal:
                problem = refusal.message
        found = _guide(user, pk)  # as it is stored: the form has written on the other one
    context = {
        "guide": found,
        "sample": verbs.sample(found) if found.template else "",
        "form": form,
        "may_write": may_write,
        "may_check": user.has_perm(verbs.CHECK) and found.status == GuideStatus.SUBMITTED,
        "problem": problem,
        "today": timezone.localdate(),
        "versions": ServiceGuide.objects.filter(
            certificate_type=found.certificate_type_id, division=found.division_id
        ).order_by("-version"),
    }
    return render(request, "catalogs/guide.html", context)


@login_required
@permission_required(verbs.CHECK, raise_exception=True)
@require_POST
def guide_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a submitted guide, or give it back."""
    _guide(request.user, pk)
    try:
        if "give_back" in request.POST:
            reason = request.POST.get("reason", "")
            verbs.give_back(actor=request.user, guide_id=pk, reason=reason)
            messages.success(request, "已退回编写部门。")
        else:
            day = forms.DateField(label="施行日期").clean(request.POST.get("effective_from", ""))
            verbs.publish_guide(actor=request.user, guide_id=pk, effective_from=day)
            messages.success(request, "已发布。")
    except forms.ValidationError:
        messages.error(request, "请填写施行日期，例如 2026-03-05。")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("guide", pk=pk)


@require_GET
def public_guide(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The guide that holds today for a certificate in a city, for anyone."""
    city = get_object_or_404(Division.objects.cities(), pk=code)
    found = verbs.guide_for(pk, city, timezone.localdate())
    if found is None:
        raise Http404("这项证明还没有发布办事指南。")
    context = {"guide": found, "city": city, "sample": verbs.sample(found)}
    return render(request, "catalogs/public_guide.html", context)


def _guide(user: Any, pk: int) -> ServiceGuide:
    related = ServiceGuide.objects.select_related("certificate_type", "division", "department", "written_by")
    if user.has_perm(verbs.CHECK):
        related = related.visible_to(user)
    else:
        related = related.filter(department=user.department_id)
    found: ServiceGuide = get_object_or_404(related, pk=pk)
    return found
