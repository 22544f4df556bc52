"""What a city wants to keep (拟保留清单): one list in one round, in one version."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from audit.history import recorded
from catalogs.models.decisions import Decision
from catalogs.models.findings import Finding
from catalogs.models.opinions import Opinion
from catalogs.models.rounds import BaselineRow, Round
from catalogs.models.submission_items import SubmissionItem
from catalogs.models.uploads import UploadedForm
from divisions.models import Division
from divisions.scope import ScopedQuerySet


class SubmissionStatus(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    REPORTED = "reported", "已报批"
    APPROVED = "approved", "已批准"
    PUBLISHED = "published", "已公布"


# The list is with the province or the government: the city files no other one in the round.
UNDER_WAY = (SubmissionStatus.SUBMITTED, SubmissionStatus.REPORTED, SubmissionStatus.APPROVED)


# Which step follows which, and the clause that provides for it.
TRANSITIONS: dict[tuple[str, str], str] = {
    (SubmissionStatus.DRAFT, SubmissionStatus.SUBMITTED): "桂民规〔2020〕3号 二(二)：各市报自治区民政厅",
    (SubmissionStatus.SUBMITTED, SubmissionStatus.RETURNED): "桂民规〔2020〕3号 二(二)：审查论证",
    (SubmissionStatus.SUBMITTED, SubmissionStatus.REPORTED): "桂民规〔2020〕3号 二(二)：报政府审批",
    (SubmissionStatus.REPORTED, SubmissionStatus.SUBMITTED): "桂民规〔2020〕3号 二(二)：政府未批准部分事项",
    (SubmissionStatus.REPORTED, SubmissionStatus.APPROVED): "桂民规〔2020〕3号 二(二)：政府批准",
    (SubmissionStatus.APPROVED, SubmissionStatus.PUBLISHED): "桂民规〔2020〕3号 二(二)：向社会公布",
}


def _how_many(rows: Any) -> Any:
    """Count rows of a submission in a subquery: joins to several of its sets would multiply."""
    counted = rows.filter(submission=OuterRef("pk")).order_by().values("submission")
    return Coalesce(Subquery(counted.annotate(n=models.Count("pk")).values("n")), 0)


class SubmissionQuerySet(ScopedQuerySet["Submission"]):
    division_path = "city"

    def with_counts(self) -> Self:
        """Annotate how many rows there are, and how many are of each sort that people ask for."""
        items = SubmissionItem.objects
        objected = items.filter(Exists(Opinion.objects.objecting().filter(item=OuterRef("pk"))))
        opinions = Opinion.objects.annotate(submission=F("item__submission"))
        return self.annotate(
            row_count=_how_many(items),
            finding_count=_how_many(Finding.objects.exclude(level=Finding.Level.HINT)),
            undecided_count=_how_many(items.filter(decision=Decision.UNDECIDED)),
            kept_count=_how_many(items.to_publish()),
            returned_count=_how_many(items.filter(decision=Decision.RETURN)),
            objection_count=_how_many(objected),
            waiting_count=_how_many(opinions.filter(state="waiting")),
        )


class Submission(models.Model):
    """One city's list in one round, in one version."""

    city = models.ForeignKey(Division, models.PROTECT, verbose_name="填报市")
    round = models.ForeignKey(Round, models.PROTECT, verbose_name="编制批次", related_name="submissions")
    version = models.PositiveSmallIntegerField("版本", default=1)
    status = models.CharField(
        "状态", max_length=10, choices=SubmissionStatus.choices, default=SubmissionStatus.DRAFT
    )
    source = models.ForeignKey(UploadedForm, models.PROTECT, verbose_name="来源文件", null=True, blank=True)
    reporter = models.CharField("填报人", max_length=100, blank=True)
    contact = models.CharField("联系方式", max_length=100, blank=True)
    reported_on = models.DateField("填报日期", null=True, blank=True)
    remarks = models.JSONField("读取说明", default=list, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="提交人",
        null=True,
        blank=True,
        related_name="+",
    )
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    return_comment = models.TextField("退回意见", blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="退回人",
        null=True,
        blank=True,
        related_name="+",
    )
    # Counts every change of the list or its rows: what a person confirms must be what they saw.
    revision = models.PositiveIntegerField("修订号", default=0)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    history = recorded()
    history_quiet: ClassVar = frozenset({"revision", "created_at"})

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "拟保留清单"
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [
            ("file_submission", "填报并提交拟保留清单"),
            ("review_submission", "审核拟保留清单"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["city", "round", "version"], name="submission_version_unique"),
            models.UniqueConstraint(
                fields=["city", "round"],
                condition=Q(status__in=[SubmissionStatus.DRAFT, *UNDER_WAY]),
                name="submission_one_open_per_city_and_round",
            ),
            models.CheckConstraint(
                condition=Q(status=SubmissionStatus.DRAFT)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="submission_submitted_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(status=SubmissionStatus.RETURNED)
                | (~Q(return_comment="") & Q(returned_by__isnull=False)),
                name="submission_returned_with_comment",
            ),
            models.CheckConstraint(
                condition=Q(returned_by=None) | ~Q(returned_by=F("submitted_by")),
                name="submission_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city.name} {self.round.name} 第{self.version}版"

    @property
    def is_draft(self) -> bool:
        return self.status == SubmissionStatus.DRAFT

    @property
    def submitted_on(self) -> dt.date | None:
        return timezone.localdate(self.submitted_at) if self.submitted_at else None

    @property
    def is_under_review(self) -> bool:
        return self.status == SubmissionStatus.SUBMITTED


class BaselineDrop(models.Model):
    """Why a city does not keep a row of the region's baseline."""

    submission = models.ForeignKey(Submission, models.CASCADE, verbose_name="清单", related_name="drops")
    row = models.ForeignKey(BaselineRow, models.PROTECT, verbose_name="基准清单行", related_name="+")
    reason = models.TextField("不列入的理由")
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "未列入的基准事项"
        ordering = ["row__position"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["submission", "row"], name="baseline_drop_unique"),
            models.CheckConstraint(condition=~Q(reason=""), name="baseline_drop_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.row}：{self.reason}"
