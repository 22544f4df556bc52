"""Between rounds: proposals for single rows (准入、调整、退出), and what a repealed law touches."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audit.history import recorded
from catalogs.models.editions import EditionItem
from catalogs.models.laws import Law
from catalogs.models.submission_items import Proposed, SubmissionItem
from divisions.models import Division
from divisions.scope import ScopedQuerySet


class ProposalQuerySet(ScopedQuerySet["Proposal"]):
    division_path = "city"


class Proposal(models.Model):
    """A city or a department asks for a row to be added, changed or removed (三(二))."""

    class Status(models.TextChoices):
        OPEN = "open", "待受理"
        ACCEPTED = "accepted", "已受理"
        DECLINED = "declined", "不予受理"

    city = models.ForeignKey(Division, models.PROTECT, verbose_name="市", related_name="+")
    action = models.CharField("建议", max_length=10, choices=Proposed.choices)
    edition_item = models.ForeignKey(
        EditionItem, models.PROTECT, verbose_name="现行事项", null=True, blank=True, related_name="+"
    )
    name = models.CharField("证明材料名称", max_length=500)
    matter = models.TextField("涉及办事事项名称", blank=True)
    legal_basis = models.TextField("法律法规依据", blank=True)
    purpose = models.TextField("证明用途", blank=True)
    requesting_unit = models.TextField("证明索要单位", blank=True)
    reason = models.TextField("理由")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提出人", related_name="+"
    )
    proposed_at = models.DateTimeField("提出时间")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.OPEN)
    answer = models.TextField("答复", blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="受理人",
        null=True,
        blank=True,
        related_name="+",
    )
    answered_at = models.DateTimeField("受理时间", null=True, blank=True)
    item = models.ForeignKey(
        SubmissionItem,
        models.SET_NULL,
        verbose_name="审核中的行",
        null=True,
        blank=True,
        related_name="proposals",
    )
    history = recorded()

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "动态调整建议"
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("propose_change", "提出动态调整建议")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="proposal_has_reason"),
            models.CheckConstraint(
                condition=Q(action=Proposed.ADD) | Q(edition_item__isnull=False),
                name="proposal_changes_something",
            ),
            models.CheckConstraint(
                condition=Q(status="open", answered_by=None)
                | ~Q(status="open") & Q(answered_by__isnull=False, answered_at__isnull=False),
                name="proposal_answered_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(answer=""), name="proposal_declined_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("proposed_by")), name="proposal_four_eyes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city.name}{self.get_action_display()}：{self.name}"


class RepealTaskQuerySet(ScopedQuerySet["RepealTask"]):
    division_path = "edition_item__edition__city"


class RepealTask(models.Model):
    """A kept row cites a law that was repealed: somebody has to look at it (三(二))."""

    law = models.ForeignKey(Law, models.PROTECT, verbose_name="法律法规", related_name="+")
    edition_item = models.ForeignKey(EditionItem, models.PROTECT, verbose_name="保留事项", related_name="+")
    opened_at = models.DateTimeField("发现时间")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="处理人",
        null=True,
        blank=True,
        related_name="+",
    )
    closed_at = models.DateTimeField("处理时间", null=True, blank=True)
    outcome = models.TextField("处理情况", blank=True)
    history = recorded()

    objects = RepealTaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "依据废止待处理事项"
        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["law", "edition_item"], name="repeal_task_once"),
            models.CheckConstraint(
                condition=Q(closed_by=None, closed_at=None)
                | Q(closed_by__isnull=False, closed_at__isnull=False) & ~Q(outcome=""),
                name="repeal_task_closed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_item}：{self.law}已废止"
