"""What a city wants to keep (拟保留清单): uploads, submissions, rows and what was noticed."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from catalogs.models.banned import BannedItem
from catalogs.models.rounds import Round
from catalogs.models.uploads import UploadedForm
from catalogs.models.vocabulary import CertificateType
from divisions.models import Division
from divisions.scope import ScopedQuerySet


class SubmissionStatus(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    PUBLISHED = "published", "已公布"


# Which step follows which, and the clause that provides for it.
TRANSITIONS: dict[tuple[str, str], str] = {
    (SubmissionStatus.DRAFT, SubmissionStatus.SUBMITTED): "桂民规〔2020〕3号 二(二)：各市报自治区民政厅",
    (SubmissionStatus.SUBMITTED, SubmissionStatus.RETURNED): "桂民规〔2020〕3号 二(二)：审查论证",
    (SubmissionStatus.SUBMITTED, SubmissionStatus.PUBLISHED): "桂民规〔2020〕3号 二(二)：报政府审批",
}


class SubmissionQuerySet(ScopedQuerySet["Submission"]):
    division_path = "city"

    def with_counts(self) -> Self:
        """Annotate rows, findings that ask for a change, rows still undecided and rows to keep."""
        return self.annotate(
            row_count=models.Count("items", distinct=True),
            finding_count=models.Count(
                "findings", filter=~Q(findings__level=Finding.Level.HINT), distinct=True
            ),
            undecided_count=models.Count(
                "items", filter=Q(items__decision=Decision.UNDECIDED), distinct=True
            ),
            kept_count=models.Count("items", filter=Q(items__decision=Decision.KEEP), distinct=True),
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
    history = HistoricalRecords()
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
                condition=Q(status__in=[SubmissionStatus.DRAFT, SubmissionStatus.SUBMITTED]),
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
    def is_under_review(self) -> bool:
        return self.status == SubmissionStatus.SUBMITTED


class Decision(models.TextChoices):
    UNDECIDED = "undecided", "未审"
    KEEP = "keep", "予以保留"
    REJECT = "reject", "不予保留"


class SubmissionItem(models.Model):
    """One row of the list, with where it stood in the file and what was decided on it."""

    submission = models.ForeignKey(Submission, models.CASCADE, verbose_name="清单", related_name="items")
    position = models.PositiveIntegerField("行次")
    name = models.CharField("证明材料名称", max_length=500, blank=True)
    matter = models.TextField("涉及办事事项名称", blank=True)
    legal_basis = models.TextField("法律法规依据", blank=True)
    purpose = models.TextField("证明用途", blank=True)
    requesting_unit = models.TextField("证明索要单位", blank=True)
    source_sheet = models.CharField("所在工作表", max_length=100, blank=True)
    source_row = models.PositiveIntegerField("表中行号", null=True, blank=True)
    # The columns of the file in which the five fields stood, 1-based, in the order of annex 3.
    source_columns = models.JSONField("表中列号", default=list, blank=True)
    certificate_type = models.ForeignKey(
        CertificateType, models.SET_NULL, verbose_name="统一证明名称", null=True, blank=True
    )
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="填报人员", related_name="+"
    )
    decision = models.CharField(
        "审核结论", max_length=10, choices=Decision.choices, default=Decision.UNDECIDED
    )
    decision_reason = models.TextField("审核理由", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="审核人",
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    revision = models.PositiveIntegerField("修订号", default=0)
    history = HistoricalRecords()
    history_quiet: ClassVar = frozenset({"revision", "submission", "position", "source_columns"})

    class ItemQuerySet(ScopedQuerySet["SubmissionItem"]):
        division_path = "submission__city"

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "清单行"
        ordering = ["submission", "position"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "position"], name="submission_item_position_unique"
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.UNDECIDED, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision=Decision.UNDECIDED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="submission_item_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.REJECT) | ~Q(decision_reason=""),
                name="submission_item_rejected_with_reason",
            ),
            # Four eyes: whoever filed a row never decides on it.
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("filed_by")),
                name="submission_item_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.position}行 {self.name or '（未填名称）'}"

    @classmethod
    def describe_record(cls, record: Any) -> str:
        return f"第{record.position}行 {record.name or '（未填名称）'}"


class Finding(models.Model):
    """Something the portal noticed about a row, or about the whole list (row empty)."""

    class Code(models.TextChoices):
        BANNED_NAME = "banned_name", "属于不应出具事项"
        BANNED_EXCEPTION = "banned_exception", "可能属于例外情形"
        NO_ARTICLE = "no_article", "依据未写到具体条款"
        LAW_UNKNOWN = "law_unknown", "依据未能核实"
        LAW_REPEALED = "law_repealed", "依据已废止"
        MISSING_FIELD = "missing_field", "未填写"
        DUPLICATE_ROW = "duplicate_row", "与他行重复"
        SAME_CERTIFICATE = "same_certificate", "同一证明"
        UNKNOWN_UNIT = "unknown_unit", "索要单位未能识别"
        EXAMPLE_ROW = "example_row", "示例行"
        OTHER_CITY = "other_city", "标题为其他市"

    class Level(models.TextChoices):
        BLOCK = "block", "须改正才能提交"
        WARN = "warn", "需修改"
        HINT = "hint", "提示"

    submission = models.ForeignKey(Submission, models.CASCADE, verbose_name="清单", related_name="findings")
    item = models.ForeignKey(
        SubmissionItem,
        models.CASCADE,
        verbose_name="清单行",
        related_name="findings",
        null=True,
        blank=True,
    )
    code = models.CharField("类别", max_length=20, choices=Code.choices)
    level = models.CharField("程度", max_length=10, choices=Level.choices)
    field = models.CharField("栏目", max_length=20, blank=True)
    message = models.TextField("内容")
    banned_item = models.ForeignKey(
        BannedItem, models.CASCADE, verbose_name="不应出具事项", null=True, blank=True
    )
    history = HistoricalRecords()

    class FindingQuerySet(ScopedQuerySet["Finding"]):
        division_path = "submission__city"

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自动核查结论"
        ordering = ["id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.message
