"""What a committee gives out: certificates with a number, and refusals with a way out."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audit.history import recorded
from catalogs.models import BannedItem, CertificateType, Edition, EditionItem, ServiceGuide
from divisions.models import Division
from requests_app.models.requests import CertificateRequest, FactCheck
from requests_app.models.scope import VillageQuerySet, VillageRow


class Counter(models.Model):
    """The last number given in a village, a year and a series; its row is the lock of the series."""

    class Series(models.TextChoices):
        CERTIFICATE = "certificate", "证明"
        REFUSAL = "refusal", "告知单"
        PROMISE = "promise", "告知承诺书"

    village = models.ForeignKey(Division, models.PROTECT, verbose_name="村（社区）", related_name="+")
    series = models.CharField("编号类别", max_length=12, choices=Series.choices)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("最后编号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "编号"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["village", "series", "year"], name="counter_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.village_id} {self.year} {self.series} {self.last}"


class NumberedRow(VillageRow):
    """A paper with a number of its village and year."""

    year = models.PositiveSmallIntegerField("年份", editable=False)
    number = models.PositiveIntegerField("编号", editable=False)
    # 450102001003-2026-000012: what is printed, typed in and searched for.
    serial = models.CharField("文书编号", max_length=30, unique=True, editable=False)

    class Meta:
        abstract = True


class IssuedCertificate(NumberedRow):
    """A certificate as it was issued. Its text stands with the resident's data, and goes with it."""

    request = models.OneToOneField(
        CertificateRequest, models.PROTECT, verbose_name="申请", related_name="certificate"
    )
    certificate_type = models.ForeignKey(
        CertificateType, models.PROTECT, verbose_name="证明名称", related_name="+"
    )
    name = models.CharField("证明材料名称", max_length=500)
    matter = models.CharField("办理事项", max_length=500, blank=True)
    demander = models.CharField("索要单位", max_length=200, blank=True)
    edition = models.ForeignKey(Edition, models.PROTECT, verbose_name="保留清单", related_name="+")
    edition_item = models.ForeignKey(EditionItem, models.PROTECT, verbose_name="保留事项", related_name="+")
    guide = models.ForeignKey(
        ServiceGuide, models.PROTECT, verbose_name="办事指南", null=True, blank=True, related_name="+"
    )
    clause = models.TextField("依据")
    holder = models.CharField("持有人（隐名）", max_length=60)
    fact_method = models.CharField("核实方式", max_length=10, choices=FactCheck.Method.choices)
    head = models.CharField("负责人", max_length=60)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="经办人", related_name="+"
    )
    issued_at = models.DateTimeField("出具时间")
    expires_on = models.DateField("有效期至", null=True, blank=True)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="撤销人",
        null=True,
        blank=True,
        related_name="+",
    )
    revoke_reason = models.CharField("撤销理由", max_length=300, blank=True)
    history = recorded()

    objects = VillageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "出具的证明"
        ordering = ["-issued_at", "-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["village", "-issued_at", "-id"], name="issued_of_village"),
            models.Index(fields=["county_code", "-issued_at", "-id"], name="issued_of_county"),
            models.Index(fields=["city_code", "-issued_at", "-id"], name="issued_of_city"),
            models.Index(fields=["-issued_at", "-id"], name="issued_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["village", "year", "number"], name="issued_number_unique"),
            models.CheckConstraint(condition=Q(number__gt=0), name="issued_number_from_one"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoke_reason="")
                | Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoke_reason=""),
                name="issued_revoked_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.serial}"

    @property
    def printed_number(self) -> str:
        """The number as papers of an office carry it: 村证〔2026〕12号."""
        return f"村证〔{self.year}〕{self.number}号"


class WrongTries(models.Model):
    """How often an address tried a wrong code since a moment; the address is a keyed hash."""

    address = models.CharField("来源", max_length=64, unique=True)
    since = models.DateTimeField("开始时间", db_index=True)
    count = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "查验错误次数"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.count)


class CertificateCopy(models.Model):
    """A certificate was printed or downloaded: the first time, or again for a reason."""

    class Kind(models.TextChoices):
        PRINT = "print", "打印"
        DOCX = "docx", "下载文档"

    certificate = models.ForeignKey(
        IssuedCertificate, models.PROTECT, verbose_name="证明", related_name="copies"
    )
    kind = models.CharField("方式", max_length=10, choices=Kind.choices)
    reason = models.CharField("补打原因", max_length=200, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="经办人", related_name="+"
    )
    made_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "打印记录"
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.get_kind_display()


class RefusalReason(models.TextChoices):
    MUST_NOT = "must_not", "在不应出具清单上"
    OTHER_BODY = "other_body", "应由相关部门出具"
    NOT_LISTED = "not_listed", "不在保留清单上"
    NOT_TRUE = "not_true", "经核实情况不属实或者无法核实"
    NOT_ENTITLED = "not_entitled", "申请人不符合条件"
    NOT_AGREED = "not_agreed", "居民议事协商未同意"


class Refusal(NumberedRow):
    """A refusal slip (办事途径告知单): why, on what clause, and how it can be done instead (三(二))."""

    request = models.OneToOneField(
        CertificateRequest, models.PROTECT, verbose_name="申请", related_name="refusal"
    )
    reason = models.CharField("理由", max_length=12, choices=RefusalReason.choices)
    text = models.CharField("说明", max_length=500)
    clause = models.CharField("依据", max_length=300)
    banned_item = models.ForeignKey(
        BannedItem, models.PROTECT, verbose_name="不应出具事项", null=True, blank=True, related_name="+"
    )
    way_out = models.CharField("替代方式", max_length=20, blank=True)
    steps = models.JSONField("办理步骤", default=list)
    bring = models.JSONField("可带材料", default=list)
    duty = models.TextField("索要单位的义务", blank=True)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="经办人", related_name="+"
    )
    refused_at = models.DateTimeField("告知时间")
    history = recorded()

    objects = VillageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办事途径告知单"
        ordering = ["-refused_at", "-id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["-refused_at", "-id"], name="refusal_newest")]
        constraints = [
            models.UniqueConstraint(fields=["village", "year", "number"], name="refusal_number_unique"),
            models.CheckConstraint(condition=~Q(clause="") & ~Q(text=""), name="refusal_says_why"),
        ]

    def __str__(self) -> str:
        return self.serial


class PromiseStatus(models.TextChoices):
    IN_FORCE = "in_force", "有效"
    WITHDRAWN = "withdrawn", "已撤回"
    TRUE = "true", "核查属实"
    FALSE = "false", "核查不实"


class PromiseExclusion(models.Model):
    """Matters for which a promise is not taken (国办发〔2020〕42号), as words found in the matter."""

    name = models.CharField("事项类别", max_length=60, unique=True)
    words = models.JSONField("用词", default=list)
    basis = models.CharField("依据", max_length=200)
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "不适用告知承诺的事项"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class CreditBatch(models.Model):
    """A file of false promises for the credit platform, and its acknowledgement (二(五))."""

    number = models.CharField("批次号", max_length=30, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="制作人", related_name="+"
    )
    made_at = models.DateTimeField("制作时间")
    sha256 = models.CharField("SHA-256", max_length=64)
    acknowledgement = models.CharField("回执号", max_length=60, blank=True)
    acknowledged_on = models.DateField("回执日期", null=True, blank=True)
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "失信报送批次"
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("report_false_promise", "报送虚假承诺")]

    def __str__(self) -> str:
        return self.number


class Commitment(NumberedRow):
    """A written promise instead of a certificate (告知承诺书, 二(五)), checked afterwards."""

    class CheckKind(models.TextChoices):
        SAMPLE = "sample", "随机抽查"
        SUSPICION = "suspicion", "线索核查"

    request = models.OneToOneField(
        CertificateRequest, models.PROTECT, verbose_name="申请", related_name="commitment"
    )
    conditions = models.JSONField("告知的条件", default=list)
    told = models.TextField("告知内容")
    promised = models.TextField("承诺内容")
    signed_on = models.DateField("签署日期")
    holder = models.CharField("承诺人（隐名）", max_length=60)
    # The same hash as the resident's: a false promise is remembered when the rest is purged.
    id_hash = models.CharField("身份号码索引", max_length=64, db_index=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="经办人", related_name="+"
    )
    status = models.CharField(
        "状态", max_length=10, choices=PromiseStatus.choices, default=PromiseStatus.IN_FORCE
    )
    check_kind = models.CharField("核查方式", max_length=10, choices=CheckKind.choices, blank=True)
    finding = models.CharField("核查情况", max_length=500, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="核查人",
        null=True,
        blank=True,
        related_name="+",
    )
    checked_at = models.DateTimeField("核查时间", null=True, blank=True)
    batch = models.ForeignKey(
        CreditBatch,
        models.PROTECT,
        verbose_name="报送批次",
        null=True,
        blank=True,
        related_name="commitments",
    )
    repaired_on = models.DateField("信用修复日期", null=True, blank=True)
    history = recorded(excluded_fields=["id_hash"])

    objects = VillageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "告知承诺书"
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("check_promise", "核查告知承诺")]
        indexes = [
            models.Index(fields=["village", "-id"], name="promise_of_village"),
            models.Index(fields=["county_code", "-id"], name="promise_of_county"),
            models.Index(fields=["city_code", "-id"], name="promise_of_city"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["village", "year", "number"], name="promise_number_unique"),
            models.CheckConstraint(
                condition=~Q(status__in=["true", "false"])
                | Q(checked_by__isnull=False, checked_at__isnull=False) & ~Q(finding=""),
                name="promise_checked_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("taken_by")), name="promise_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(batch=None) | Q(status="false"), name="promise_reported_when_false"
            ),
        ]

    def __str__(self) -> str:
        return self.serial


class PromiseObjection(models.Model):
    """The resident objects to a finding of falsehood, or asks for the record to be repaired."""

    class Kind(models.TextChoices):
        OBJECTION = "objection", "异议"
        REPAIR = "repair", "信用修复"

    class Answer(models.TextChoices):
        OPEN = "open", "待处理"
        UPHELD = "upheld", "成立"
        REJECTED = "rejected", "不成立"

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, verbose_name="告知承诺书", related_name="objections"
    )
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    text = models.TextField("理由")
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+"
    )
    raised_at = models.DateTimeField("提出时间")
    answer = models.CharField("处理结果", max_length=10, choices=Answer.choices, default=Answer.OPEN)
    answer_text = models.CharField("处理说明", max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="处理人",
        null=True,
        blank=True,
        related_name="+",
    )
    answered_at = models.DateTimeField("处理时间", null=True, blank=True)
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "承诺异议与修复"
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "kind"], condition=Q(answer="open"), name="objection_one_open"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
