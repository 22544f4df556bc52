"""What goes to the government for approval (报批材料), and its answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.history import recorded
from catalogs.models.rounds import Round
from catalogs.models.submissions import Submission
from divisions.models import Division
from divisions.scope import ScopedQuerySet


class ReportQuerySet(ScopedQuerySet["Report"]):
    division_path = "region"


class Report(models.Model):
    """The decided lists of several cities, frozen with their digest, for one approval (二(二))."""

    round = models.ForeignKey(Round, models.PROTECT, verbose_name="编制批次", related_name="reports")
    region = models.ForeignKey(Division, models.PROTECT, verbose_name="报送地区", related_name="+")
    number = models.PositiveSmallIntegerField("序号")
    # Canonical JSON, kept as text: its bytes are what the digest is over.
    content = models.TextField("内容")
    digest = models.CharField("SHA-256 摘要", max_length=64)
    assembled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="汇总人", related_name="+"
    )
    assembled_at = models.DateTimeField("汇总时间")
    approval_document_no = models.CharField("批准文号", max_length=100, blank=True)
    approved_on = models.DateField("批准日期", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="批复登记人",
        null=True,
        blank=True,
        related_name="+",
    )
    answered_at = models.DateTimeField("批复登记时间", null=True, blank=True)
    history = recorded(excluded_fields=["content"])

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报批材料"
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("report_lists", "汇总报批并登记批复")]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="report_number_unique"),
            models.CheckConstraint(
                condition=Q(answered_by=None, answered_at=None, approval_document_no="", approved_on=None)
                | Q(answered_by__isnull=False, answered_at__isnull=False, approved_on__isnull=False)
                & ~Q(approval_document_no=""),
                name="report_answered_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round.name} 第{self.number}次报批"

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None


class ReportedList(models.Model):
    """One city's list in a report, and what the government said of it."""

    class Outcome(models.TextChoices):
        PENDING = "pending", "待批复"
        APPROVED = "approved", "批准"
        SENT_BACK = "sent_back", "部分事项未批准"

    report = models.ForeignKey(Report, models.PROTECT, verbose_name="报批材料", related_name="lists")
    submission = models.ForeignKey(Submission, models.PROTECT, verbose_name="清单", related_name="reported")
    outcome = models.CharField("批复结果", max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    note = models.TextField("批复意见", blank=True)
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "报批清单"
        ordering = ["submission__city"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["report", "submission"], name="reported_list_unique"),
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(outcome__in=["pending", "approved"]),
                name="reported_list_one_pending_or_approved",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="sent_back") | ~Q(note=""), name="reported_list_sent_back_with_note"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.submission.city.name}"
