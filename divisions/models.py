"""The tree of administrative divisions (行政区划), keyed by code prefix."""

import datetime as dt
from typing import Self

from django.db import models

from audit.history import recorded
from divisions.scope import ScopedQuerySet


class Level(models.TextChoices):
    PROVINCE = "province", "省（自治区）"
    CITY = "city", "设区市"
    COUNTY = "county", "县（市、区）"
    TOWNSHIP = "township", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"


# GB/T 2260 for the first three levels, the 12-digit 统计用区划代码 below.
CODE_LENGTH = {
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.COUNTY: 6,
    Level.TOWNSHIP: 9,
    Level.VILLAGE: 12,
}
PARENT_LEVEL = {
    Level.CITY: Level.PROVINCE,
    Level.COUNTY: Level.CITY,
    Level.TOWNSHIP: Level.COUNTY,
    Level.VILLAGE: Level.TOWNSHIP,
}


class Kind(models.TextChoices):
    VILLAGERS_COMMITTEE = "villagers_committee", "村民委员会"
    RESIDENTS_COMMITTEE = "residents_committee", "居民委员会"
    OTHER = "other", "其他"


class DivisionQuerySet(ScopedQuerySet["Division"]):
    division_path = ""

    def open_on(self, on: dt.date) -> Self:
        """Divisions that exist on a day: closed ones end before their closing date (half-open)."""
        return self.filter(models.Q(closed_on=None) | models.Q(closed_on__gt=on))

    def cities(self) -> Self:
        return self.filter(level=Level.CITY)


class Division(models.Model):
    """One division. The code is the key: it never changes, and a prefix of it is the parent."""

    code = models.CharField("代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=100)
    level = models.CharField("级别", max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级", null=True, blank=True, related_name="children"
    )
    kind = models.CharField("类型", max_length=20, choices=Kind.choices, blank=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    history = recorded()

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]
        indexes = [models.Index(fields=["level", "code"], name="division_level_code")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level=Level.PROVINCE) | models.Q(parent__isnull=False),
                name="division_has_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def city_code(self) -> str | None:
        """The code of the city this division is or lies in; None for a province."""
        return self.code[:4] if len(self.code) >= 4 else None

    @property
    def path_name(self) -> str:
        """The name with its parents up to the city, e.g. 南宁市兴宁区民生街道某某社区居委会."""
        lengths = (
            size for size in CODE_LENGTH.values() if CODE_LENGTH[Level.PROVINCE] < size < len(self.code)
        )
        above = Division.objects.filter(code__in=[self.code[:size] for size in lengths]).order_by("code")
        return "".join([*above.values_list("name", flat=True), self.name])
