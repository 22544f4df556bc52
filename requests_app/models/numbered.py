"""Papers with a number of their village and year."""

from django.db import models

from divisions.models import Division
from requests_app.models.scope import VillageRow


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
