"""Lists of certificates that a committee must not issue (不应出具清单), annex 1 being the first."""

import datetime as dt
from typing import Self

from django.db import models

from accounts.models import Department
from audit.history import recorded
from catalogs.models.vocabulary import CertificateType


class BannedListQuerySet(models.QuerySet):
    def in_force(self, on: dt.date) -> Self:
        """Lists in force on a day; a list ends before ``in_force_to`` (half-open)."""
        return self.filter(in_force_from__lte=on).filter(
            models.Q(in_force_to=None) | models.Q(in_force_to__gt=on)
        )


class BannedList(models.Model):
    """One batch (第 N 批)."""

    batch = models.PositiveSmallIntegerField("批次", unique=True)
    title = models.CharField("标题", max_length=200)
    document_no = models.CharField("文号", max_length=60)
    in_force_from = models.DateField("施行日期")
    in_force_to = models.DateField("停止施行日期", null=True, blank=True)
    in_force_note = models.TextField("施行日期说明", blank=True)
    history = recorded()

    objects = BannedListQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "不应出具清单"
        ordering = ["batch"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(in_force_to=None) | models.Q(in_force_to__gt=models.F("in_force_from")),
                name="banned_list_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class WayOut(models.TextChoices):
    """How a resident gets the matter done without the certificate (办事途径)."""

    CANCELLED = "取消", "取消证明"
    PAPERS = "证件代替", "证件代替"
    PROMISE = "告知承诺", "告知承诺"
    DATA = "数据核验", "数据核验"
    DEPARTMENT_CHECK = "部门核验", "部门核验"
    OTHER_BODY = "相关部门出具", "相关部门出具"


class BannedItem(models.Model):
    """One item of a banned list, word for word as printed."""

    banned_list = models.ForeignKey(BannedList, models.PROTECT, verbose_name="清单", related_name="items")
    number = models.PositiveSmallIntegerField("序号")
    printed_name = models.CharField("证明名称（原文）", max_length=200)
    certificate_type = models.OneToOneField(
        CertificateType, models.PROTECT, verbose_name="证明名称", related_name="banned_item"
    )
    route = models.TextField("办事途径（原文）")
    route_steps = models.JSONField("办理步骤", default=list, blank=True)
    way_out = models.CharField("替代方式", max_length=20, choices=WayOut.choices)
    issuing_body = models.CharField("出具机构", max_length=100, blank=True)
    issuing_condition = models.CharField("出具条件", max_length=200, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="主管部门", null=True, blank=True)
    owed = models.TextField("办事部门应当做什么", blank=True)
    bring = models.JSONField("居民可带材料", default=list, blank=True)
    SEALED_LATER = (("bring", "owed"),)  # not in the seals made before they were added
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "不应出具事项"
        ordering = ["banned_list", "number"]
        constraints = [
            models.UniqueConstraint(fields=["banned_list", "number"], name="banned_item_number_unique"),
        ]

    def __str__(self) -> str:
        return f"第{self.number}项 {self.printed_name}"

    @property
    def is_issued_by_other_body(self) -> bool:
        """Whether the route names a body that issues this in every case."""
        return bool(self.issuing_body) and not self.issuing_condition


class BannedException(models.Model):
    """A matter for which an item's ban does not hold (“…除外” in annex 1)."""

    item = models.ForeignKey(BannedItem, models.CASCADE, verbose_name="事项", related_name="exceptions")
    text = models.CharField("例外情形（原文）", max_length=100)
    matter_keywords = models.JSONField("用途关键词", default=list, blank=True)
    note = models.TextField("说明", blank=True)
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "例外情形"
        ordering = ["item", "id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "text"], name="banned_exception_unique"),
        ]

    def __str__(self) -> str:
        return self.text
