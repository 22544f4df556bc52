"""What a city wants to keep (拟保留清单): uploads, submissions, rows and what was noticed."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from audit.history import recorded
from catalogs.models.banned import BannedException, BannedItem
from catalogs.models.rounds import BaselineRow, Round
from catalogs.models.uploads import UploadedForm
from catalogs.models.vocabulary import CertificateType
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


def _opinions() -> Any:
    from catalogs.models.opinions import Opinion  # it points at rows, which are defined here

    return Opinion.objects


def _how_many(rows: Any) -> Any:
    """Count rows of a submission in a subquery: joins to several of its sets would multiply."""
    counted = rows.filter(submission=OuterRef("pk")).order_by().values("submission")
    return Coalesce(Subquery(counted.annotate(n=models.Count("pk")).values("n")), 0)


class SubmissionQuerySet(ScopedQuerySet["Submission"]):
    division_path = "city"

    def with_counts(self) -> Self:
        """Annotate how many rows there are, and how many are of each sort that people ask for."""
        items = SubmissionItem.objects
        objected = items.filter(Exists(_opinions().objecting().filter(item=OuterRef("pk"))))
        opinions = _opinions().annotate(submission=F("item__submission"))
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


class Decision(models.TextChoices):
    UNDECIDED = "undecided", "未审"
    KEEP = "keep", "予以保留"
    AMEND = "amend", "修改后保留"
    REJECT = "reject", "不予保留"
    RETURN = "return", "退回修改"


KEPT = (Decision.KEEP, Decision.AMEND)


class RejectCode(models.TextChoices):
    """Why a certificate is not kept (二(一)、二(二)、三(二))."""

    NO_BASIS = "no_basis", "没有法律法规依据"
    REPEALED = "repealed", "依据已废止或失效"
    NOT_DUTY = "not_duty", "不属于村（居）民委员会职责范围"
    BANNED = "banned", "属于不应出具事项"
    SHAREABLE = "shareable", "可通过信息共享或部门核验取得"
    PROMISE = "promise", "可由告知承诺制替代"
    OTHER_BODY = "other_body", "应由其他部门出具"
    DUPLICATE = "duplicate", "与其他事项重复"
    UNNECESSARY = "unnecessary", "没有必要或不合理"
    REFUSED = "refused", "政府未予批准"
    OTHER = "other", "其他原因"


NOTICE = "桂民规〔2020〕3号"
# The clause that each reason for not keeping a row comes from; the rest of the review rests on 二(二).
REJECT_CLAUSES: dict[str, str] = {
    RejectCode.NO_BASIS: "二(二)、三(二)",
    RejectCode.REPEALED: "二(二)",
    RejectCode.NOT_DUTY: "二(二)",
    RejectCode.BANNED: "三(二)、附件1",
    RejectCode.SHAREABLE: "二(四)",
    RejectCode.PROMISE: "二(五)",
    RejectCode.OTHER_BODY: "三(二)",
    RejectCode.DUPLICATE: "一(二)",
    RejectCode.UNNECESSARY: "二(二)",
    RejectCode.REFUSED: "二(二)",
    RejectCode.OTHER: "二(二)",
}


class Proposed(models.TextChoices):
    """What a proposal between rounds does with a row (准入、调整、退出)."""

    ADD = "add", "准入"
    CHANGE = "change", "调整"
    REMOVE = "remove", "退出"


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
    # Division and department of who filed, and of who decided, as ``User.office`` gives them.
    filed_office = models.CharField("填报单位", max_length=80, blank=True)
    # The row of the version before that this one continues.
    previous = models.ForeignKey(
        "self", models.SET_NULL, verbose_name="上一版的行", null=True, blank=True, related_name="+"
    )
    proposed = models.CharField("动态调整", max_length=10, choices=Proposed.choices, blank=True)
    filing_reason = models.TextField("填报说明", blank=True)
    decision = models.CharField(
        "审核结论", max_length=10, choices=Decision.choices, default=Decision.UNDECIDED
    )
    reject_code = models.CharField("不予保留原因", max_length=12, choices=RejectCode.choices, blank=True)
    decision_reason = models.TextField("审核理由", blank=True)
    # What the province changed in a row that it keeps: field of annex 3 → text.
    amended = models.JSONField("修改后的文字", default=dict, blank=True)
    banned_exception = models.ForeignKey(
        BannedException,
        models.PROTECT,
        verbose_name="所属例外情形",
        null=True,
        blank=True,
        related_name="+",
    )
    # What the government said against the row when it did not approve it.
    refusal = models.TextField("政府未批准意见", blank=True)
    decided_office = models.CharField("审核单位", max_length=80, blank=True)
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
    history = recorded()
    history_quiet: ClassVar = frozenset(
        {
            "revision",
            "submission",
            "position",
            "source_columns",
            "filed_office",
            "decided_office",
            "previous",
        }
    )

    class ItemQuerySet(ScopedQuerySet["SubmissionItem"]):
        division_path = "submission__city"

        def to_publish(self) -> Self:
            """Rows that are kept, and those that a change was refused for."""
            unchanged = Q(proposed=Proposed.CHANGE, decision=Decision.REJECT, previous__isnull=False)
            return self.filter(Q(decision__in=KEPT) | unchanged)

        def turned_down(self) -> Self:
            """Rows whose certificate is not kept."""
            return self.filter(decision=Decision.REJECT).exclude(proposed=Proposed.CHANGE)

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
                condition=~Q(decision=Decision.REJECT) | (~Q(decision_reason="") & ~Q(reject_code="")),
                name="submission_item_rejected_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.RETURN) | ~Q(decision_reason=""),
                name="submission_item_returned_with_reason",
            ),
            # Four eyes: whoever filed a row never decides on it.
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("filed_by")),
                name="submission_item_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(decided_office="") | ~Q(decided_office=F("filed_office")),
                name="submission_item_four_eyes_of_offices",
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.position}行 {self.name or '（未填名称）'}"

    @classmethod
    def describe_record(cls, record: Any) -> str:
        return f"第{record.position}行 {record.name or '（未填名称）'}"

    @property
    def clause(self) -> str:
        """The clause of the notice that the decision rests on; empty while there is none."""
        if self.decision == Decision.UNDECIDED:
            return ""
        return f"{NOTICE} {REJECT_CLAUSES.get(self.reject_code, '二(二)')}"

    @property
    def is_kept(self) -> bool:
        return self.decision in KEPT

    @property
    def stays_as_it_was(self) -> bool:
        """A proposed change that was not granted: the row remains in the words of the edition."""
        return (
            self.proposed == Proposed.CHANGE
            and self.decision == Decision.REJECT
            and self.previous is not None
        )

    def final(self, field: str) -> str:
        """A text of the row as it will be published: as filed, or as the province changed it."""
        if self.stays_as_it_was and self.previous is not None:
            return self.previous.final(field)
        return str(self.amended.get(field, getattr(self, field)))


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
    history = recorded()

    class FindingQuerySet(ScopedQuerySet["Finding"]):
        division_path = "submission__city"

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自动核查结论"
        ordering = ["id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.message
