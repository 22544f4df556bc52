"""What makes the history tamper-evident: the seal of every record, and anchors over whole tables."""

from django.db import models


class SealedRecord(models.Model):
    """The base of every history table: a record with its seal (see ``audit.sealing``)."""

    history_hash = models.CharField("封印", max_length=64, blank=True, default="", editable=False)

    class Meta:
        abstract = True


class Anchor(models.Model):
    """What a whole history table held up to one record.

    The seals chain the records of one object. Only an anchor shows that an object disappeared
    together with its history.
    """

    model = models.CharField("表", max_length=100)
    up_to = models.BigIntegerField("截至记录号")
    records = models.BigIntegerField("记录数")
    digest = models.CharField("SHA-256 摘要", max_length=64)
    previous = models.CharField("前一次摘要", max_length=64, blank=True)
    made_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "变更记录锚点"
        ordering = ["model", "id"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["model", "up_to"], name="anchor_once")]

    def __str__(self) -> str:
        return f"{self.model} 至第 {self.up_to} 条记录"
