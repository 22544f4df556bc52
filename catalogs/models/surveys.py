"""What committees certify today (附件2 现有证明事项统计表): a place's table and its rows."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Department
from accounts.roles import Role
from audit.history import recorded
from catalogs.models.banned import BannedItem
from catalogs.models.rounds import Round
from catalogs.models.uploads import DepartmentalQuerySet, UploadedForm
from catalogs.models.vocabulary import CertificateType
from divisions.models import Division
from divisions.scope import ScopedQuerySet


class SurveyStatus(models.TextChoices):
    WAITING = "waiting", "等待读取"
    READING = "reading", "正在读取"
    DRAFT = "draft", "待确认"
    FILED = "filed", "已上报"
    REFUSED = "refused", "无法读取"
    CANCELLED = "cancelled", "已取消"
    REPLACED = "replaced", "已被新表替代"


BEING_READ = (SurveyStatus.WAITING, SurveyStatus.READING)
OPEN = (*BEING_READ, SurveyStatus.DRAFT)

# Which step follows which, and the clause that provides for it.
SURVEY_TRANSITIONS: dict[tuple[str, str], str] = {
    (SurveyStatus.WAITING, SurveyStatus.READING): "",
    (SurveyStatus.READING, SurveyStatus.DRAFT): "",
    (SurveyStatus.READING, SurveyStatus.REFUSED): "",
    (SurveyStatus.WAITING, SurveyStatus.CANCELLED): "",
    (SurveyStatus.READING, SurveyStatus.CANCELLED): "",
    (SurveyStatus.DRAFT, SurveyStatus.CANCELLED): "",
    (SurveyStatus.DRAFT, SurveyStatus.FILED): "桂民规〔2020〕3号 二(一)：全面梳理，逐级汇总上报",
    (SurveyStatus.FILED, SurveyStatus.REPLACED): "桂民规〔2020〕3号 二(一)：以最新上报为准",
}


class Survey(models.Model):
    """One table of a place, or of one department there, in one round (二(一)).

    ``done`` of ``total`` rows are stored while it is being read; nothing counts it before it is
    filed. ``leased_until`` is until when one worker alone is at it.
    """

    division = models.ForeignKey(Division, models.PROTECT, verbose_name="填报地区")
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name="填报部门", null=True, blank=True, related_name="+"
    )
    round = models.ForeignKey(Round, models.PROTECT, verbose_name="编制批次", related_name="surveys")
    upload = models.OneToOneField(
        UploadedForm, models.PROTECT, verbose_name="来源文件", related_name="survey"
    )
    status = models.CharField(
        "状态", max_length=10, choices=SurveyStatus.choices, default=SurveyStatus.WAITING
    )
    place_in_title = models.CharField("标题所写地区", max_length=100, blank=True)
    reporter = models.CharField("填报人", max_length=100, blank=True)
    contact = models.CharField("联系方式", max_length=100, blank=True)
    reported_on = models.DateField("填报日期", null=True, blank=True)
    remarks = models.JSONField("读取说明", default=list, blank=True)
    total = models.PositiveIntegerField("总行数", null=True, blank=True)
    done = models.PositiveIntegerField("已存行数", default=0)
    leased_until = models.DateTimeField("读取占用至", null=True, blank=True)
    digest = models.CharField("核对内容摘要", max_length=64, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人", related_name="+"
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="上报人",
        null=True,
        blank=True,
        related_name="+",
    )
    filed_at = models.DateTimeField("上报时间", null=True, blank=True)
    history = recorded(excluded_fields=["done", "leased_until"])
    history_quiet: ClassVar = frozenset({"digest", "created_at"})

    objects = DepartmentalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "现有证明事项统计表"
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("file_survey", "填报现有证明事项统计表")]
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=["round", "division", *by_department],
                    condition=Q(status__in=statuses, department__isnull=not by_department),
                    name=f"survey_one_{stage}_per_{'department' if by_department else 'place'}",
                )
                for stage, statuses in (("open", OPEN), ("filed", (SurveyStatus.FILED,)))
                for by_department in ((), ("department",))
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[SurveyStatus.FILED, SurveyStatus.REPLACED])
                | Q(filed_by__isnull=False, filed_at__isnull=False, total=F("done")),
                name="survey_filed_by_someone_and_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.round.name} 现有证明事项统计表"

    @property
    def place(self) -> str:
        """Whose table it is: 兴宁区, or 兴宁区民政部门."""
        return self.division.name + (self.department.name if self.department else "")

    @property
    def is_being_read(self) -> bool:
        return self.status in BEING_READ

    @property
    def is_draft(self) -> bool:
        return self.status == SurveyStatus.DRAFT

    @property
    def percent(self) -> int | None:
        """How much of the table is stored, rounded down; None while its length is unknown."""
        return self.done * 100 // self.total if self.total else None

    @property
    def is_waiting_long(self) -> bool:
        """Whether nobody has taken the table up for a minute, as when no worker runs."""
        since = self.leased_until or self.created_at
        return self.is_being_read and timezone.now() - since > dt.timedelta(minutes=1)


class Standing(models.TextChoices):
    """How an item stands to the banned lists in force when it was read."""

    BANNED = "banned", "不应出具"
    EXCEPTION = "exception", "可能属于例外情形"
    DOUBTFUL = "doubtful", "名称近似，需核对"
    FREE = "free", "不在不应出具清单"


class SurveyItemQuerySet(ScopedQuerySet["SurveyItem"]):
    division_path = "place"

    def visible_to(self, user: Any) -> Self:
        """Rows of the user's place and below; a department's officer sees what it is said to use."""
        rows = super().visible_to(user)
        if getattr(user, "role", None) == Role.DEPARTMENT_OFFICER:
            return rows.filter(
                Q(asking_department=user.department_id) | Q(survey__department=user.department_id)
            )
        return rows

    def filed(self) -> Self:
        """Rows of tables that count."""
        return self.filter(survey__status=SurveyStatus.FILED)


class SurveyItem(models.Model):
    """One certificate that committees issue today, with where it stood in the file."""

    survey = models.ForeignKey(Survey, models.CASCADE, verbose_name="统计表", related_name="items")
    position = models.PositiveIntegerField("行次")
    region = models.CharField("所属地区", max_length=100, blank=True)
    place = models.ForeignKey(Division, models.PROTECT, verbose_name="地区", related_name="+")
    name = models.CharField("证明事项名称", max_length=500, blank=True)
    basis = models.TextField("出具依据", blank=True)
    department = models.TextField("使用部门", blank=True)
    purpose = models.TextField("用途", blank=True)
    necessity = models.TextField("必要性", blank=True)
    source_sheet = models.CharField("所在工作表", max_length=100, blank=True)
    source_row = models.PositiveIntegerField("表中行号")
    source_columns = models.JSONField("表中列号", default=list, blank=True)
    # The name as it is compared: the same certificate has the same key in every table.
    key = models.CharField("比对名称", max_length=500, db_index=True)
    certificate_type = models.ForeignKey(
        CertificateType, models.SET_NULL, verbose_name="统一证明名称", null=True, blank=True
    )
    asking_department = models.ForeignKey(
        Department, models.SET_NULL, verbose_name="使用部门（统一）", null=True, blank=True, related_name="+"
    )
    standing = models.CharField("核查", max_length=10, choices=Standing.choices, default=Standing.FREE)
    banned_item = models.ForeignKey(
        BannedItem, models.SET_NULL, verbose_name="不应出具事项", null=True, blank=True
    )
    has_basis = models.BooleanField("依据明确有效", default=False)
    # [{"code", "level", "field", "message"}]: what the rules noticed when the table was read.
    findings = models.JSONField("自动核查结论", default=list, blank=True)
    history = recorded()
    history_quiet: ClassVar = frozenset({"survey", "position", "key", "source_columns", "findings"})

    objects = SurveyItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "现有证明事项"
        ordering = ["survey", "position"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["survey", "position"], name="survey_item_position_unique"),
        ]
        indexes = [models.Index(fields=["place", "key"], name="survey_item_place_key")]

    def __str__(self) -> str:
        return self.name or "（未填名称）"

    @classmethod
    def describe_record(cls, record: Any) -> str:
        return f"第{record.position}行 {record.name or '（未填名称）'}"
