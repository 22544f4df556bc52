"""Rows of a village that are listed by village, county and city, ten million of them."""

from typing import Any, ClassVar, Self

from django.db import models

from divisions.models import CODE_LENGTH, Division, Level
from divisions.scope import ScopedQuerySet


class VillageQuerySet(ScopedQuerySet[Any]):
    """Scope by stored codes: an equality that an index answers, where a prefix could not."""

    def within(self, code: str) -> Self:
        if len(code) <= CODE_LENGTH[Level.PROVINCE]:
            return self.filter(city_code__startswith=code) if code else self.all()
        if len(code) == CODE_LENGTH[Level.CITY]:
            return self.filter(city_code=code)
        if len(code) == CODE_LENGTH[Level.COUNTY]:
            return self.filter(county_code=code)
        if len(code) == CODE_LENGTH[Level.TOWNSHIP]:
            return self.filter(county_code=code[: CODE_LENGTH[Level.COUNTY]]).by_village(code)
        return self.filter(village=code)

    def by_village(self, code: str) -> Self:
        """The rows below ``code`` as a range of villages: for an index that has the village alone."""
        return (
            self.filter(village__gte=code, village__lt=f"{int(code) + 1:0{len(code)}}")
            if code
            else self.all()
        )


class VillageRow(models.Model):
    """The village of a row, with the codes of its county and city beside it."""

    village = models.ForeignKey(Division, models.PROTECT, verbose_name="村（社区）", related_name="+")
    county_code = models.CharField("县代码", max_length=6, editable=False)
    city_code = models.CharField("市代码", max_length=4, editable=False)
    history_quiet: ClassVar = frozenset({"county_code", "city_code"})  # the village says where it is

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.take_codes()
        super().save(*args, **kwargs)

    def take_codes(self) -> None:
        """Set the codes of county and city from the village's; bulk inserts call it themselves."""
        self.county_code = self.village_id[: CODE_LENGTH[Level.COUNTY]]
        self.city_code = self.village_id[: CODE_LENGTH[Level.CITY]]
