"""What waits for an account by the number: guides to write or check, promises, requests that are late."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from catalogs import guide_duty, guides
from catalogs.models import GuideStatus, ServiceGuide
from divisions.models import Level
from requests_app import credit, oversight, promising
from requests_app.models import Commitment, PromiseStatus
from requests_app.views.figures import VIEW


def counted_tasks(user: Any) -> list[dict[str, Any]]:
    """One task for each kind of work that waits, with how much of it and where it is done."""
    today = timezone.localdate()
    found = [*_guides(user), *_promises(user), *_late(user)]
    return [
        {"title": title, "url": url, "due_on": today, "undated": True, "waiting": True}
        for count, title, url in found
        if count
    ]


def _guides(user: Any) -> Iterator[tuple[int, str, str]]:
    url = reverse("guides")
    if user.has_perm(guides.CHECK):
        sent = ServiceGuide.objects.visible_to(user).filter(status=GuideStatus.SUBMITTED).count()
        yield sent, f"{sent} 份办事指南待核对", url
    if user.has_perm(guides.WRITE) and user.department_id:
        drafts = ServiceGuide.objects.filter(department=user.department_id, status=GuideStatus.DRAFT)
        own = Q(written_by__department=user.department_id)
        back = drafts.visible_to(user).filter(own).exclude(return_reason="").count()
        yield back, f"{back} 份办事指南退回修改", url
        handed = drafts.visible_to(user).exclude(own).count()
        yield handed, f"{handed} 份移交来的办事指南待编写", url
        debts = guide_duty.debts(timezone.localdate(), user.scope_prefix or "")
        owed = [one for one in debts if user.department in one.departments]
        yield len(owed), f"{len(owed)} 项证明应编未编办事指南", url


def _promises(user: Any) -> Iterator[tuple[int, str, str]]:
    """What county and city have to do about promises (二(五) 事后核查)."""
    url = reverse("commitments")
    mine = Commitment.objects.visible_to(user)
    if user.has_perm(promising.CHECK):
        drawn = mine.filter(status=PromiseStatus.IN_FORCE, check_kind=Commitment.CheckKind.SAMPLE).count()
        yield drawn, f"{drawn} 份抽中的告知承诺书待核查", f"{url}?show=drawn"
        raised = credit.to_answer(mine, user).count()
        yield raised, f"{raised} 份承诺书的异议、修复申请待答复", f"{url}?show=to_answer"
    if user.has_perm(credit.REPORT) and user.division:
        url = reverse("credit_batches")
        waiting = credit.waiting(user.division).count()
        yield waiting, f"{waiting} 份不实承诺待报送信用平台", url
        made = credit.visible_batches(user)
        sent = made.filter(acknowledgement="").count()
        yield sent, f"{sent} 个失信报送批次待登记回执", url
        untold = made.filter(corrections__isnull=False).distinct().count()
        yield untold, f"{untold} 个失信报送批次有更正，待通知信用平台", url


def _late(user: Any) -> Iterator[tuple[int, str, str]]:
    """Requests that are late, for those who watch over villages (二(三) 限时办结)."""
    place = user.division
    if place is not None and place.level != Level.VILLAGE and user.has_perm(VIEW):
        late = sum(oversight.late_by_place(place, timezone.localdate()).values())
        yield late, f"{late} 件证明申请逾期未办结，请督促", reverse("late_requests")
