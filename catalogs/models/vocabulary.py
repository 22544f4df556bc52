"""One vocabulary of certificate names (证明名称、别名); every list points at it."""

from django.core.exceptions import ValidationError
from django.db import models

from audit.history import recorded
from catalogs.matching import name_key, says_something


class CertificateType(models.Model):
    """One certificate, whatever a list or a resident calls it."""

    name = models.CharField("证明名称", max_length=200, unique=True)
    note = models.CharField("说明", max_length=300, blank=True)
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "证明名称"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CertificateAliasQuerySet(models.QuerySet["CertificateAlias"]):
    def same_certificate(self) -> "CertificateAliasQuerySet":
        """Names of the very certificate, not wordings that the check merely answers with it."""
        return self.filter(kind=CertificateAlias.Kind.ALIAS)

    def called(self, name: str) -> CertificateType | None:
        """The certificate that goes by a name, however the name is written; None when it is free."""
        meant = name_key(name)
        own = CertificateType.objects.values_list("pk", "name")
        for pk, known in [*own, *self.values_list("certificate_type", "name")]:
            if name_key(known) == meant:
                return CertificateType.objects.get(pk=pk)
        return None


class CertificateAlias(models.Model):
    """Another name of a certificate. Official ones stand in a published list."""

    class Kind(models.TextChoices):
        ALIAS = "alias", "别名（同一证明）"
        WORDING = "wording", "相关名称（按此证明答复）"
        SAYING = "saying", "口语说法"

    certificate_type = models.ForeignKey(
        CertificateType, models.CASCADE, verbose_name="证明名称", related_name="aliases"
    )
    name = models.CharField("别名", max_length=200, unique=True)
    kind = models.CharField("类别", max_length=10, choices=Kind.choices, default=Kind.ALIAS)
    is_official = models.BooleanField("清单所列别名", default=False, editable=False)
    history = recorded()

    objects = CertificateAliasQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证明别名"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A name stands for one certificate: adding it must not change what another's name means."""
        super().clean()
        if not says_something(self.name):
            raise ValidationError({"name": f"“{self.name}”没有说明是什么证明，请写具体些。"})
        other = CertificateAlias.objects.exclude(pk=self.pk).called(self.name)
        if other is not None and other.pk != self.certificate_type_id:
            raise ValidationError({"name": f"“{self.name}”已是“{other}”的名称或说法，请先改动那一条。"})
