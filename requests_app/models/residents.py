"""Who asked, apart from what was asked; and who looked at it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from requests_app.models.fields import EncryptedJSONField, EncryptedTextField
from requests_app.models.requests import CertificateRequest


class Resident(models.Model):
    """Who asked. Encrypted, never in the history, and removed when its time is over.

    Nothing but the verbs of ``requests_app.residents`` shows more of it than its masks.
    """

    request = models.OneToOneField(
        CertificateRequest, models.PROTECT, primary_key=True, verbose_name="申请", related_name="resident"
    )
    name = EncryptedTextField("姓名", blank=True)
    id_number = EncryptedTextField("公民身份号码", blank=True)
    phone = EncryptedTextField("电话", blank=True)
    address = EncryptedTextField("住址", blank=True)
    answers = EncryptedJSONField("填写内容", blank=True, default=dict)
    paper = EncryptedTextField("证明正文", blank=True)
    id_hash = models.CharField("身份号码索引", max_length=64, blank=True, db_index=True)
    keep_until = models.DateField("保存至", db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "申请人信息"
        default_permissions = ()

    def __str__(self) -> str:
        return f"第 {self.pk} 号申请的申请人"


class Access(models.Model):
    """Somebody looked at the whole of a resident's data, exported or removed it. Never changed."""

    class Kind(models.TextChoices):
        UNMASKED = "unmasked", "查看完整信息"
        EXPORTED = "exported", "导出个人信息"
        FOUND = "found", "按号码查询"
        PURGED = "purged", "到期清除"

    request = models.ForeignKey(
        CertificateRequest, models.PROTECT, verbose_name="申请", related_name="accesses"
    )
    kind = models.CharField("操作", max_length=10, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="操作人",
        null=True,
        blank=True,
        related_name="+",
    )
    at = models.DateTimeField("时间", auto_now_add=True)
    reason = models.CharField("理由", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "个人信息使用记录"
        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="access_has_reason")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.reason}"
