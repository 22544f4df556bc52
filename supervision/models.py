"""Demands for certificates that nobody may demand (监督线索, 三(三))."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.history import recorded
from catalogs.models import BannedItem, CertificateType
from requests_app.models import CertificateRequest
from requests_app.models.scope import VillageQuerySet, VillageRow


class Complaint(VillageRow):
    """A body demanded what it may not. It names the body and the certificate, never the resident."""

    class Status(models.TextChoices):
        DRAFT = "draft", "草稿"
        FILED = "filed", "已上报"
        DROPPED = "dropped", "不上报"

    certificate = models.CharField("索要的证明", max_length=500)
    certificate_type = models.ForeignKey(
        CertificateType, models.PROTECT, verbose_name="证明名称", null=True, blank=True, related_name="+"
    )
    banned_item = models.ForeignKey(
        BannedItem, models.PROTECT, verbose_name="不应出具事项", null=True, blank=True, related_name="+"
    )
    demander = models.CharField("索要单位", max_length=200, blank=True)
    matter = models.CharField("办理事项", max_length=500, blank=True)
    evidence = models.TextField("情况说明", blank=True)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    request = models.OneToOneField(
        CertificateRequest,
        models.PROTECT,
        verbose_name="来源申请",
        null=True,
        blank=True,
        related_name="complaint",
    )
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="起草人", related_name="+"
    )
    drafted_at = models.DateTimeField("起草时间")
    filed_at = models.DateTimeField("上报时间", null=True, blank=True)
    history = recorded()

    objects = VillageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "监督线索"
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("file_complaint", "上报监督线索")]
        indexes = [
            models.Index(fields=["village", "-id"], name="complaint_of_village"),
            models.Index(fields=["county_code", "-id"], name="complaint_of_county"),
            models.Index(fields=["city_code", "-id"], name="complaint_of_city"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="filed")
                | Q(filed_at__isnull=False) & ~Q(demander="") & ~Q(certificate=""),
                name="complaint_filed_names_the_body",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demander or '（未写明单位）'}索要{self.certificate}"
