"""How a certificate is issued (办事指南): written by the department that asks for it (二(三))."""

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Department
from audit.history import recorded
from catalogs.models.vocabulary import CertificateType
from divisions.models import Division
from divisions.scope import ScopedQuerySet


class GuideStatus(models.TextChoices):
    DRAFT = "draft", "起草中"
    SUBMITTED = "submitted", "待核对"
    PUBLISHED = "published", "已发布"
    DROPPED = "dropped", "已放弃"


class ServiceGuideQuerySet(ScopedQuerySet["ServiceGuide"]):
    division_path = "division"

    def in_force(self, on: dt.date) -> Self:
        """The one guide per certificate and place that holds on a day: the latest that has begun."""
        begun = Q(status=GuideStatus.PUBLISHED, effective_from__lte=on)
        later = ServiceGuide.objects.filter(
            begun,
            certificate_type=models.OuterRef("certificate_type"),
            division=models.OuterRef("division"),
            version__gt=models.OuterRef("version"),
        )
        return self.filter(begun).exclude(models.Exists(later))


class ServiceGuide(models.Model):
    """One version of the guide to one certificate, for the region or (变通) for one city.

    There is one guide to a certificate's name, not one to each row of a list: 二(三) asks for a form
    that is one and the same in the whole system (统一规范的表单样本), whichever matter it is for and
    whoever wrote the row. A city may vary it; a matter may not.

    A published version is not changed: the next one takes its place from its effective date. What
    was registered, issued or promised before keeps the version it began with. A draft that was
    given up stays, and its number is free for the next one.
    """

    certificate_type = models.ForeignKey(
        CertificateType, models.PROTECT, verbose_name="证明名称", related_name="guides"
    )
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        verbose_name="适用地区",
        related_name="+",
        help_text="自治区即全区通用；选市的，只在该市代替全区指南",
    )
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="索要部门", related_name="guides")
    version = models.PositiveIntegerField("版次", default=1)
    status = models.CharField("状态", max_length=10, choices=GuideStatus.choices, default=GuideStatus.DRAFT)
    effective_from = models.DateField("施行日期", null=True, blank=True)

    applicants = models.TextField("谁可以申请")
    materials = models.JSONField("需带材料", default=list, blank=True)
    steps = models.JSONField("办理程序", default=list)
    working_days = models.PositiveSmallIntegerField(
        "办结时限（工作日）",
        default=0,
        help_text="0 为当场办结（二(三)：简单证明当场办结、复杂证明限时办结）",
    )
    needs_investigation = models.BooleanField("须调查核实", default=False)
    needs_deliberation = models.BooleanField("须经居民议事协商", default=False)
    needs_id_number = models.BooleanField("须登记公民身份号码", default=True)
    allows_promise = models.BooleanField("可用告知承诺代替", default=False)
    promise_conditions = models.JSONField("告知承诺的条件", default=list, blank=True)
    legal_basis = models.TextField("法律法规依据")
    used_for = models.TextField("证明用于何处")
    fields = models.JSONField(
        "证明填写项", default=list, blank=True, help_text="每项：名称、是否必填、填写示例"
    )
    template = models.TextField("证明式样", help_text="填写项写在｛｝中，例如：兹证明{姓名}……")
    valid_days = models.PositiveIntegerField("证明有效期（日）", null=True, blank=True)
    keep_years = models.PositiveSmallIntegerField("个人信息保存年限", default=3)

    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="起草人", related_name="+"
    )
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="核对人",
        null=True,
        blank=True,
        related_name="+",
    )
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    return_reason = models.TextField("退回意见", blank=True)
    # Counts every change: what a person saves, gives back or publishes must be what they saw.
    revision = models.PositiveIntegerField("修订号", default=0)
    SEALED_LATER = (("revision",),)  # not in the seals made before it was added
    history = recorded()
    history_quiet: ClassVar = frozenset({"revision"})

    objects = ServiceGuideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办事指南"
        ordering = ["certificate_type", "division", "-version"]
        default_permissions = ("view",)
        permissions = [("write_guide", "编写办事指南"), ("check_guide", "核对发布办事指南")]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate_type", "division", "version"],
                condition=~Q(status="dropped"),
                name="guide_version_unique",
            ),
            models.UniqueConstraint(
                fields=["certificate_type", "division"],
                condition=Q(status__in=["draft", "submitted"]),
                name="guide_one_open_version",
            ),
            models.CheckConstraint(
                condition=~Q(status="published")
                | Q(effective_from__isnull=False, checked_by__isnull=False, checked_at__isnull=False),
                name="guide_published_was_checked",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("written_by")), name="guide_four_eyes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_type.name}办事指南（第{self.version}版）"

    @property
    def is_on_the_spot(self) -> bool:
        """Whether a simple certificate is issued at once (当场办结)."""
        return self.working_days == 0
