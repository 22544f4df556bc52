"""Rounds of list-making (编制批次)."""

import datetime as dt
from typing import Self

from django.db import models
from simple_history.models import HistoricalRecords


class RoundQuerySet(models.QuerySet["Round"]):
    def open(self) -> Self:
        return self.filter(is_open=True)


class Round(models.Model):
    """One round: cities submit by the due date; the first was due 2020-10-31 (二(二))."""

    name = models.CharField("批次名称", max_length=100, unique=True)
    due_on = models.DateField("报送截止日期")
    is_open = models.BooleanField("开放填报", default=True)
    history = HistoricalRecords()

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "编制批次"
        ordering = ["-due_on", "-id"]

    def __str__(self) -> str:
        return self.name

    def days_left(self, on: dt.date) -> int:
        """Days from ``on`` to the due date; negative when late."""
        return (self.due_on - on).days
