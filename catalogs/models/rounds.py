"""Rounds of list-making (编制批次) and the rows that every city starts from (自治区基准清单)."""

import datetime as dt
import re
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.history import recorded
from catalogs.models.vocabulary import CertificateType


class RoundQuerySet(models.QuerySet["Round"]):
    def open(self) -> Self:
        """Rounds that cities can file in today."""
        begun = Q(opens_on=None) | Q(opens_on__lte=timezone.localdate())
        return self.filter(begun, is_open=True, kind=Round.Kind.REGULAR)


class Round(models.Model):
    """One round: cities submit by the due date; the first was due 2020-10-31 (二(二))."""

    class Kind(models.TextChoices):
        REGULAR = "regular", "集中编制"
        ADJUSTMENT = "adjustment", "动态调整"

    class Base(models.TextChoices):
        NOTHING = "nothing", "空白表格"
        EDITION = "edition", "本市现行保留清单"
        BASELINE = "baseline", "自治区基准清单"

    name = models.CharField("批次名称", max_length=100, unique=True)
    kind = models.CharField("类型", max_length=12, choices=Kind.choices, default=Kind.REGULAR)
    opens_on = models.DateField("开放日期", null=True, blank=True, help_text="不填则即时开放")
    due_on = models.DateField("报送截止日期")
    reminder_days = models.CharField(
        "提前提醒天数",
        max_length=50,
        default="7,3,1",
        blank=True,
        help_text="截止前几天提醒未报送的市，用逗号分隔，例如：7,3,1",
    )
    base = models.CharField(
        "在线填报的起点",
        max_length=10,
        choices=Base.choices,
        default=Base.EDITION,
        help_text="各市在线新建清单时预先填入的内容",
    )
    is_open = models.BooleanField("开放填报", default=True)
    history = recorded()

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "编制批次"
        ordering = ["-due_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on=None) | Q(opens_on__lte=F("due_on")),
                name="round_opens_before_it_is_due",
                violation_error_message="开放日期不能晚于报送截止日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if not re.fullmatch(r"(?:\d{1,3}(?:[,，、]\d{1,3})*)?", self.reminder_days.replace(" ", "")):
            raise ValidationError({"reminder_days": "请填写天数，用逗号分隔，例如：7,3,1。"})

    @property
    def reminders(self) -> set[int]:
        """Days before the due date on which cities that have not filed are reminded."""
        return {int(number) for number in re.findall(r"\d+", self.reminder_days)}

    def days_left(self, on: dt.date) -> int:
        """Days from ``on`` to the due date; negative when late."""
        return (self.due_on - on).days


class BaselineRow(models.Model):
    """A certificate that every city is expected to keep, in the region's words.

    A city that drops it, or keeps another beside it, says why.
    """

    round = models.ForeignKey(Round, models.PROTECT, verbose_name="编制批次", related_name="baseline")
    position = models.PositiveIntegerField("行次")
    name = models.CharField("证明材料名称", max_length=500)
    matter = models.TextField("涉及办事事项名称", blank=True)
    legal_basis = models.TextField("法律法规依据", blank=True)
    purpose = models.TextField("证明用途", blank=True)
    requesting_unit = models.TextField("证明索要单位", blank=True)
    certificate_type = models.ForeignKey(
        CertificateType, models.PROTECT, verbose_name="统一证明名称", null=True, blank=True, related_name="+"
    )
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "基准清单行"
        ordering = ["round", "position"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="baseline_position_unique"),
        ]

    def __str__(self) -> str:
        return self.name
