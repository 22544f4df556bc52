"""Guides (办事指南): written by the department that asks, checked by the province, in force by date.

二(三): the guide gives form, procedure, time limit, use, steps and legal basis, for the whole system.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from audit.records import save_recorded
from catalogs.authority import require
from catalogs.errors import BadInput, FourEyes, NotAllowed, Stale, WrongState
from catalogs.guide_duty import require_duty
from catalogs.models import CertificateType, GuideStatus, Notice, ServiceGuide
from catalogs.notices import guide_writers, reviewers_of, tell
from divisions.models import Division

WRITE, CHECK = "catalogs.write_guide", "catalogs.check_guide"
BLANK = "______"
# What the portal fills in by itself; the rest are the guide's own fields.
KNOWN = ("姓名", "身份证号", "住址", "电话", "村（居）", "办理事项", "索要单位")
CONTENT = (
    "applicants",
    "materials",
    "steps",
    "working_days",
    "needs_investigation",
    "needs_deliberation",
    "needs_id_number",
    "allows_promise",
    "promise_conditions",
    "legal_basis",
    "used_for",
    "fields",
    "template",
    "valid_days",
    "keep_years",
)
_FIELD = re.compile(r"[{｛]([^{}｛｝]+)[}｝]")
_SAMPLES = {
    "姓名": "某某某",
    "身份证号": "4501**************",
    "住址": "某街道某号",
    "电话": "138********",
    "村（居）": "某某社区",
    "办理事项": "某某事项",
    "索要单位": "某某单位",
}


def guide_for(certificate_type_id: int, village: Division, on: dt.date) -> ServiceGuide | None:
    """The guide to a certificate in a village on a day: its city's variation, else the region's."""
    places = [village.code[:4], village.code[:2]]
    guides = ServiceGuide.objects.in_force(on).filter(
        certificate_type=certificate_type_id, division__in=places
    )
    return max(guides, key=lambda guide: len(guide.division_id), default=None)


def render(template: str, values: Mapping[str, str]) -> str:
    """The template with its fields filled; what is missing is left as a blank to write on."""
    return _FIELD.sub(lambda found: values.get(found[1].strip(), "").strip() or BLANK, template)


def fields_used(template: str) -> set[str]:
    """The names of the fields that stand in a template."""
    return {found.strip() for found in _FIELD.findall(template)}


def sample(guide: ServiceGuide) -> str:
    """The filled form as an example, of nobody."""
    return render(
        guide.template, {**_SAMPLES, **{one["name"]: one.get("sample", "") for one in guide.fields}}
    )


def problems(content: Mapping[str, Any]) -> list[str]:
    """What is wrong with a guide before it can be submitted, in Chinese; empty: nothing."""
    found = []
    for name, label in (
        ("applicants", "谁可以申请"),
        ("steps", "办理程序"),
        ("legal_basis", "法律法规依据"),
        ("used_for", "证明用于何处"),
        ("template", "证明式样"),
    ):
        if not content[name]:
            found.append(f"请填写{label}。")
    own = [one["name"] for one in content["fields"]]
    used = [one.strip() for one in _FIELD.findall(content["template"])]
    unknown = [one for one in dict.fromkeys(used) if one not in KNOWN and one not in own]
    if unknown:
        found.append(f"证明式样中的{'、'.join(f'｛{one}｝' for one in unknown)}没有列为填写项。")
    unused = [one["name"] for one in content["fields"] if one.get("required") and one["name"] not in used]
    if unused:
        found.append(
            f"填写项{'、'.join(unused)}没有用在证明式样中，请写成｛{unused[0]}｝放进式样，或者删去。"
        )
    if len(set(own)) < len(own) or set(own) & set(KNOWN):
        found.append(f"填写项不能重名，也不能叫{'、'.join(KNOWN)}，这些由平台填写。")
    if "姓名" not in used:
        found.append("证明式样中应有｛姓名｝。")
    if "身份证号" in used and not content["needs_id_number"]:
        found.append("证明式样用到｛身份证号｝，请勾选“须登记公民身份号码”。")
    if content["allows_promise"] and not content["promise_conditions"]:
        found.append("可用告知承诺代替的，请写明告知承诺的条件。")
    if (content["needs_investigation"] or content["needs_deliberation"]) and not content["working_days"]:
        found.append("须调查核实或者议事协商的，办结时限不能为当场办结，请填写工作日。")
    return found


def begin_guide(*, actor: Any, certificate_type: CertificateType, division: Division) -> ServiceGuide:
    """A draft of the next version, beginning as the guide in force; the open one where there is one.

    ``division`` is the region, or one of its cities for a variation. A first guide is begun where
    the certificate is kept, by a department that asks for it (二(三)); a next version, or a city's
    variation of the region's, by the department that wrote it. Raises NotAllowed outside the
    actor's scope, without a department, or when another department writes this guide; BadInput
    when no list in force keeps the certificate.
    """
    require(actor, WRITE, division)
    if actor.department_id is None:
        raise NotAllowed("办事指南由索要证明的部门编写，您的账号没有所属部门。")
    if len(division.code) > 4:
        raise BadInput("办事指南由全区统一编写，或者按市变通。")
    with transaction.atomic():
        # The certificate's row is the lock: of a first version there is no row yet.
        CertificateType.objects.select_for_update().get(pk=certificate_type.pk)
        versions = ServiceGuide.objects.filter(certificate_type=certificate_type, division=division)
        last = versions.exclude(status=GuideStatus.DROPPED).order_by("-version").first()
        today = timezone.localdate()
        source = last or guide_for(certificate_type.pk, division, today)
        if source is None:
            require_duty(actor.department, certificate_type, division, today)
        elif source.department_id != actor.department_id:
            raise NotAllowed(
                f"这份指南由{source.department.name}编写。确应由本部门编写的，"
                "请与其商定，由其起草后报自治区移交。"
            )
        if last is not None and last.status != GuideStatus.PUBLISHED:
            return last
        draft = ServiceGuide(
            certificate_type=certificate_type,
            division=division,
            department=actor.department,
            version=last.version + 1 if last else 1,
            written_by=actor,
            **({name: getattr(source, name) for name in CONTENT} if source else {}),
        )
        save_recorded(draft, actor=actor, reason="起草办事指南")
        return draft


def write_guide(
    *, actor: Any, guide_id: int, revision: int, content: Mapping[str, Any], submits: bool
) -> ServiceGuide:
    """Save a draft, and submit it to the province where ``submits``.

    ``content`` has the fields of ``CONTENT``. ``revision`` is the guide's when the actor saw it:
    raises Stale if someone has changed it since. A draft may be incomplete; submitting raises
    BadInput with all that is wrong.
    """
    with transaction.atomic():
        guide = _own_draft(actor, guide_id, revision)
        if submits and (wrong := problems(content)):
            raise BadInput("\n".join(wrong))
        for name in CONTENT:
            setattr(guide, name, content[name])
        guide.written_by = actor
        if submits:
            guide.status, guide.submitted_at, guide.return_reason = GuideStatus.SUBMITTED, timezone.now(), ""
        _save(guide, actor, "提交办事指南" if submits else "修改办事指南")
        if submits:
            _tell(reviewers_of(guide.division), Notice.Kind.TASK, f"{guide}待核对", guide)
        return guide


def drop_guide(*, actor: Any, guide_id: int, revision: int, reason: str) -> ServiceGuide:
    """Give up a draft, with a reason: whoever owes the guide may begin it again.

    The draft stays with its history, and what is published holds on. Raises Stale like
    ``write_guide``.
    """
    if not reason.strip():
        raise BadInput("请写明放弃起草的原因。")
    with transaction.atomic():
        guide = _own_draft(actor, guide_id, revision)
        guide.status = GuideStatus.DROPPED
        _save(guide, actor, f"放弃起草：{reason.strip()}", ["status"])
        return guide


def hand_over_guide(
    *, actor: Any, guide_id: int, revision: int, department: Department, reason: str
) -> ServiceGuide:
    """Let another department write on at a draft: the province decides, where two departments differ.

    Both departments are told the reason. Raises WrongState for what is no draft, Stale like
    ``write_guide``.
    """
    if not reason.strip():
        raise BadInput("请写明移交的原因。")
    with transaction.atomic():
        guide = _locked(guide_id)
        require(actor, CHECK, guide.division)
        if guide.status != GuideStatus.DRAFT:
            first = "请先退回" if guide.status == GuideStatus.SUBMITTED else "不能移交"
            raise WrongState(f"这份指南{guide.get_status_display()}，{first}。")
        _require_revision(guide, revision)
        if guide.department_id == department.pk:
            raise BadInput(f"这份指南已由{department.name}编写，请选择另一部门。")
        before, guide.department = guide.department, department
        why = f"由{before.short_name}移交{department.short_name}：{reason.strip()}"
        _save(guide, actor, why, ["department"])
        old, new = (guide_writers(one, guide.division) for one in (before, department))
        _tell(new, Notice.Kind.TASK, f"{guide}{why}", guide)
        # Those who wrote it until now cannot open it any more.
        _tell(old, Notice.Kind.TASK, f"{guide}{why}", guide, reverse("guides"))
        return guide


def give_back(*, actor: Any, guide_id: int, revision: int, reason: str) -> ServiceGuide:
    """Send a submitted guide back to its department with a reason; raises Stale like ``write_guide``."""
    if not reason.strip():
        raise BadInput("请写明退回意见。")
    with transaction.atomic():
        guide = _submitted(actor, guide_id, revision)
        guide.status, guide.return_reason = GuideStatus.DRAFT, reason.strip()
        _save(guide, actor, f"退回：{reason.strip()}", ["status", "return_reason"])
        _tell([guide.written_by], Notice.Kind.RETURNED, f"{guide}退回修改：{reason.strip()}", guide)
        return guide


def publish_guide(*, actor: Any, guide_id: int, revision: int, effective_from: dt.date) -> ServiceGuide:
    """Publish a checked guide from a day on, which may be today; four eyes.

    Requests registered before keep the guide they began with. Raises Stale like ``write_guide``:
    nothing is published but the text that was checked.
    """
    if effective_from < timezone.localdate():
        raise BadInput("施行日期不能早于今天。")
    with transaction.atomic():
        guide = _submitted(actor, guide_id, revision)
        guide.status, guide.effective_from = GuideStatus.PUBLISHED, effective_from
        guide.checked_by, guide.checked_at = actor, timezone.now()
        _save(guide, actor, "核对发布办事指南", ["status", "effective_from", "checked_by", "checked_at"])
        _tell([guide.written_by], Notice.Kind.PUBLISHED, f"{guide}已发布", guide)
        return guide


def _own_draft(actor: Any, guide_id: int, revision: int) -> ServiceGuide:
    guide = _locked(guide_id)
    require(actor, WRITE, guide.division)
    if guide.department_id != actor.department_id:
        raise NotAllowed(f"这份指南由{guide.department.name}编写。")
    if guide.status != GuideStatus.DRAFT:
        raise WrongState(f"这份指南{guide.get_status_display()}，不能修改。")
    _require_revision(guide, revision)
    return guide


def _submitted(actor: Any, guide_id: int, revision: int) -> ServiceGuide:
    guide = _locked(guide_id)
    require(actor, CHECK, guide.division)
    if guide.status != GuideStatus.SUBMITTED:
        raise WrongState(f"这份指南{guide.get_status_display()}，不能核对。")
    if actor.pk == guide.written_by_id or actor.office == guide.written_by.office:
        raise FourEyes("编写人和编写单位不能核对自己的指南。")
    _require_revision(guide, revision)
    return guide


def _require_revision(guide: ServiceGuide, revision: int) -> None:
    if guide.revision != revision:
        raise Stale("这份指南在您查看之后又有改动，操作没有执行。请核对最新内容后再办。")


def _locked(guide_id: int) -> ServiceGuide:
    locked = ServiceGuide.objects.select_for_update(of=("self",))
    guide: ServiceGuide = locked.select_related(
        "certificate_type", "division", "department", "written_by"
    ).get(pk=guide_id)
    return guide


def _save(guide: ServiceGuide, actor: Any, reason: str, fields: Iterable[str] | None = None) -> None:
    guide.revision += 1
    save_recorded(guide, actor=actor, reason=reason, fields=None if fields is None else [*fields, "revision"])


def _tell(people: Any, kind: str, text: str, guide: ServiceGuide, url: str = "") -> None:
    receivers: list[User] = list(people)
    stamp = f"{timezone.now():%Y%m%d%H%M%S%f}"
    tell(receivers, kind, text, url or reverse("guide", args=[guide.pk]), f"guide-{guide.pk}-{stamp}")
