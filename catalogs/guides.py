"""Guides (办事指南): written by the department that asks, checked by the province, in force by date.

二(三): the guide gives form, procedure, time limit, use, steps and legal basis, for the whole system.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from audit.records import save_recorded
from catalogs.authority import require
from catalogs.certificate_forms import field_line, problems
from catalogs.comparison import CellChange
from catalogs.errors import BadInput, FourEyes, NotAllowed, Stale, WrongState
from catalogs.guide_duty import require_duty
from catalogs.models import CertificateType, GuideStatus, Notice, ServiceGuide
from catalogs.notices import guide_writers, reviewers_of, tell
from divisions.models import Division

WRITE, CHECK = "catalogs.write_guide", "catalogs.check_guide"
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


def guide_for(certificate_type_id: int, village: Division, on: dt.date) -> ServiceGuide | None:
    """The guide to a certificate in a village on a day: its city's variation, else the region's."""
    places = [village.code[:4], village.code[:2]]
    guides = ServiceGuide.objects.in_force(on).filter(
        certificate_type=certificate_type_id, division__in=places
    )
    return max(guides, key=lambda guide: len(guide.division_id), default=None)


def changes(old: ServiceGuide, new: ServiceGuide) -> list[CellChange]:
    """What one guide says otherwise than another, field by field."""
    found = []
    for name in CONTENT:
        field: Any = ServiceGuide._meta.get_field(name)
        before, after = (_shown(getattr(one, name)) for one in (old, new))
        if before != after:
            found.append(CellChange(name, str(field.verbose_name), before, after))
    return found


def _shown(value: Any) -> str:
    """A field as a text: a list by its lines."""
    if isinstance(value, list):
        return "\n".join(field_line(one) if isinstance(one, dict) else str(one) for one in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


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
            raise BadInput("\n".join(text for _, text in wrong))
        for name in CONTENT:
            setattr(guide, name, content[name])
        guide.written_by = actor
        if submits:
            guide.status, guide.submitted_at, guide.return_reason = GuideStatus.SUBMITTED, timezone.now(), ""
        _save(guide, actor, "提交办事指南" if submits else "修改办事指南")
        if submits:
            _settle(guide)
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
        _settle(guide)
        return guide


def hand_over_guide(
    *, actor: Any, guide_id: int, revision: int, department: Department, reason: str
) -> ServiceGuide:
    """Let another department write on: the province decides, where two differ or one was dissolved.

    Of a draft the text goes with it. Of the latest published version the text holds as it is, and its
    next version is the other department's. Both departments are told the reason. Raises WrongState
    for what is neither, Stale like ``write_guide``.
    """
    if not reason.strip():
        raise BadInput("请写明移交的原因。")
    with transaction.atomic():
        guide = _locked(guide_id)
        require(actor, CHECK, guide.division)
        if not may_be_handed_over(guide):
            first = "请先退回" if guide.status == GuideStatus.SUBMITTED else "不能移交，请移交最新的一版"
            raise WrongState(f"这份指南{guide.get_status_display()}，{first}。")
        _require_revision(guide, revision)
        if guide.department_id == department.pk:
            raise BadInput(f"这份指南已由{department.name}编写，请选择另一部门。")
        before, guide.department = guide.department, department
        why = f"由{before.short_name}移交{department.short_name}：{reason.strip()}"
        _save(guide, actor, why, ["department"])
        _settle(guide)
        old, new = (guide_writers(one, guide.division) for one in (before, department))
        _tell(new, Notice.Kind.TASK, f"{guide}{why}", guide)
        # Those who wrote it until now cannot open it any more.
        _tell(old, Notice.Kind.TASK, f"{guide}{why}", guide, reverse("guides"))
        return guide


def may_be_handed_over(guide: ServiceGuide) -> bool:
    """Whether it is a draft, or published and nothing is being written or published after it."""
    if guide.status != GuideStatus.PUBLISHED:
        return guide.status == GuideStatus.DRAFT
    later = ServiceGuide.objects.filter(
        certificate_type=guide.certificate_type_id, division=guide.division_id, version__gt=guide.version
    )
    return not later.exclude(status=GuideStatus.DROPPED).exists()


def give_back(*, actor: Any, guide_id: int, revision: int, reason: str) -> ServiceGuide:
    """Send a submitted guide back to its department with a reason; raises Stale like ``write_guide``."""
    if not reason.strip():
        raise BadInput("请写明退回意见。")
    with transaction.atomic():
        guide = _submitted(actor, guide_id, revision)
        guide.status, guide.return_reason = GuideStatus.DRAFT, reason.strip()
        _save(guide, actor, f"退回：{reason.strip()}", ["status", "return_reason"])
        _settle(guide)
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
        _settle(guide)
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


def _settle(guide: ServiceGuide) -> None:
    """Mark as read what asked people to act on the guide at its stage until now: it was done.

    What only tells a department that the guide is not its own any more leads elsewhere, and stays.
    """
    asked = Notice.objects.filter(
        key__startswith=f"guide-{guide.pk}-",
        kind__in=[Notice.Kind.TASK, Notice.Kind.RETURNED],
        url=reverse("guide", args=[guide.pk]),
    )
    asked.filter(read_at=None).update(read_at=timezone.now())


def _tell(people: Any, kind: str, text: str, guide: ServiceGuide, url: str = "") -> None:
    receivers: list[User] = list(people)
    stamp = f"{timezone.now():%Y%m%d%H%M%S%f}"
    tell(receivers, kind, text, url or reverse("guide", args=[guide.pk]), f"guide-{guide.pk}-{stamp}")
