"""What a committee gives out: certificates with a number, and refusals with a way out."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.history import recorded
from catalogs.models import BannedItem, CertificateType, Edition, EditionItem, ServiceGuide
from requests_app.models.numbered import NumberedRow
from requests_app.models.requests import CertificateRequest, FactCheck
from requests_app.models.scope import VillageQuerySet


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
    # As they were called on the day: a copy printed after a renaming says what the first one said.
    place = models.CharField("出具单位", max_length=200, default="", editable=False)
    handled_by = models.CharField("经办人姓名", max_length=60, default="", editable=False)
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
    SEALED_LATER = (("place", "handled_by"),)  # not in the seals made before they were added
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
    def place_name(self) -> str:
        """The committee as it was called when it was issued."""
        return self.place or self.village.path_name

    @property
    def handler_name(self) -> str:
        """Who handled it, by the name of that day."""
        return self.handled_by or self.issued_by.full_name

    @property
    def printed_number(self) -> str:
        """The number as papers of an office carry it: 村证〔2026〕12号, of a residents' committee 居证."""
        mark = "居证" if self.place.endswith(("居委会", "居民委员会")) else "村证"
        return f"{mark}〔{self.year}〕{self.number}号"


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
    EXCEPTION = "exception", "属于例外情形，本市保留清单未列"
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

    @property
    def is_undue(self) -> bool:
        """Whether nobody may demand the certificate of a committee; then it can be reported (三(三))."""
        return self.reason in {RefusalReason.MUST_NOT, RefusalReason.OTHER_BODY, RefusalReason.NOT_LISTED}
