"""Promises instead of certificates, what was found of them, and what was reported (二(五))."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from audit.history import recorded
from catalogs.matching import clauses
from requests_app.models.numbered import NumberedRow
from requests_app.models.requests import CertificateRequest
from requests_app.models.scope import VillageQuerySet


def _of_few(name: str, condition: Q) -> list[models.Index]:
    """Indexes of a few among all, newest first: of the region, a city and a county."""
    return [
        models.Index(fields=["-id"], condition=condition, name=name),
        models.Index(fields=["city_code", "-id"], condition=condition, name=f"{name}_of_city"),
        models.Index(fields=["county_code", "-id"], condition=condition, name=f"{name}_of_county"),
    ]


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

    def clean(self) -> None:
        """An empty word would stand in every matter, and a text is no list of words."""
        super().clean()
        if not self.words or not isinstance(self.words, list) or len(self.words_said) < len(self.words):
            raise ValidationError({"words": "用词应为一个或者多个不空的词，每行一个，例如：消防。"})

    @property
    def words_said(self) -> list[str]:
        """The words that say something, whatever was stored before they were checked."""
        words = self.words if isinstance(self.words, list) else [self.words]
        return [one for one in words if isinstance(one, str) and clauses(one)]


class CreditBatch(models.Model):
    """A file of false promises for the credit platform, and its acknowledgement (二(五))."""

    number = models.CharField("批次号", max_length=30, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="制作人", related_name="+"
    )
    made_at = models.DateTimeField("制作时间")
    sha256 = models.CharField("编号摘要（SHA-256）", max_length=64)
    acknowledgement = models.CharField("回执号", max_length=60, blank=True)
    acknowledged_on = models.DateField("回执日期", null=True, blank=True)
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "失信报送批次"
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("report_false_promise", "报送不实承诺")]

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
    # The batch that reported it, while the platform has to be told that it was true or is repaired.
    correct_in = models.ForeignKey(
        CreditBatch,
        models.PROTECT,
        verbose_name="待通知更正的批次",
        null=True,
        blank=True,
        related_name="corrections",
    )
    SEALED_LATER = (("correct_in",),)  # not in the seals made before it was added
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
            # The false, the withdrawn and the drawn ones are few among all: each has an index of its
            # own, for walking the whole place to find them would take seconds.
            *_of_few("promise_false", Q(status="false")),
            *_of_few("promise_withdrawn", Q(status="withdrawn")),
            *_of_few("promise_drawn", Q(status="in_force", check_kind="sample")),
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
        MOOT = "moot", "不再需要"

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
