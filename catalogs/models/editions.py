"""What a city may issue from a date on (公布的保留清单)."""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.db import models

from audit.history import recorded
from catalogs.models.submission_items import SubmissionItem
from catalogs.models.submissions import Submission
from catalogs.models.vocabulary import CertificateType
from divisions.models import Division
from divisions.scope import ScopedQuerySet


class ImmutableEdition(Exception):
    """A published edition is never changed or deleted: a new one supersedes it."""


class FrozenQuerySet(ScopedQuerySet[Any]):
    """Insert and read, nothing else."""

    def update(self, **kwargs: Any) -> int:
        raise ImmutableEdition("已公布的清单不得修改，请公布新的一版。")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise ImmutableEdition("已公布的清单不得删除，请公布新的一版。")


class FrozenModel(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None and not self._state.adding:
            raise ImmutableEdition("已公布的清单不得修改，请公布新的一版。")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise ImmutableEdition("已公布的清单不得删除，请公布新的一版。")


class EditionQuerySet(FrozenQuerySet):
    division_path = "city"

    def in_force(self, on: dt.date) -> Self:
        """The one edition per city that holds on a day: the latest that has begun.

        An edition holds from its effective date until the next one's; so no two can hold on the
        same day, and none needs to be touched when it is superseded.
        """
        later = Edition.objects.filter(
            city=models.OuterRef("city"),
            effective_from__gt=models.OuterRef("effective_from"),
            effective_from__lte=on,
        )
        return self.filter(effective_from__lte=on).exclude(models.Exists(later))


class Edition(FrozenModel):
    """A city's list as published: number, approval, effective date, digest."""

    city = models.ForeignKey(Division, models.PROTECT, verbose_name="市", related_name="editions")
    number = models.PositiveIntegerField("版次")
    submission = models.OneToOneField(
        Submission, models.PROTECT, verbose_name="来源清单", related_name="edition"
    )
    approval_document_no = models.CharField("批准文号", max_length=100)
    approved_on = models.DateField("批准日期")
    effective_from = models.DateField("生效日期")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="公布人", related_name="+"
    )
    published_at = models.DateTimeField("公布时间")
    digest = models.CharField("SHA-256 摘要", max_length=64)
    previous_digest = models.CharField("前一版摘要", max_length=64, blank=True)
    signature = models.CharField("电子签名（Ed25519）", max_length=100, blank=True)
    signing_key = models.CharField("签名公钥", max_length=64, blank=True)
    history = recorded()

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公布的保留清单"
        ordering = ["city", "-number"]
        default_permissions = ("view",)
        permissions = [("publish_edition", "公布保留清单")]
        constraints = [
            models.UniqueConstraint(fields=["city", "number"], name="edition_number_unique"),
            models.UniqueConstraint(
                fields=["city", "effective_from"], name="edition_one_in_force_per_city_and_day"
            ),
            models.CheckConstraint(condition=~models.Q(approval_document_no=""), name="edition_has_approval"),
            models.CheckConstraint(
                condition=models.Q(effective_from__gte=models.F("approved_on")),
                name="edition_effective_after_approval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city.name}保留清单第{self.number}版"


class EditionItem(FrozenModel):
    """One certificate that the city's committees may issue."""

    edition = models.ForeignKey(Edition, models.PROTECT, verbose_name="清单", related_name="items")
    position = models.PositiveIntegerField("序号")
    certificate_type = models.ForeignKey(
        CertificateType, models.PROTECT, verbose_name="统一证明名称", related_name="edition_items"
    )
    name = models.CharField("证明材料名称", max_length=500)
    matter = models.TextField("涉及办事事项名称")
    legal_basis = models.TextField("法律法规依据")
    purpose = models.TextField("证明用途")
    requesting_unit = models.TextField("证明索要单位")
    source_item = models.OneToOneField(
        SubmissionItem, models.PROTECT, verbose_name="来源行", related_name="edition_item"
    )
    history = recorded()

    class EditionItemQuerySet(FrozenQuerySet):
        division_path = "edition__city"

    objects = EditionItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "保留事项"
        ordering = ["edition", "position"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="edition_item_position_unique"),
        ]

    def __str__(self) -> str:
        return self.name
