"""Files as they arrived: kept before anything reads them, whatever is in them."""

from typing import Any, Self

from django.conf import settings
from django.db import models

from accounts.models import Department
from accounts.roles import Role
from audit.history import recorded
from catalogs.models.rounds import Round
from divisions.models import Division
from divisions.scope import ScopedQuerySet


class DepartmentalQuerySet(ScopedQuerySet[Any]):
    """Rows of a place, or of one department in it: a department's officer sees only their own."""

    def visible_to(self, user: Any) -> Self:
        rows = super().visible_to(user)
        if getattr(user, "role", None) == Role.DEPARTMENT_OFFICER:
            return rows.filter(department=user.department_id)
        return rows


class UploadedForm(models.Model):
    """A file as it arrived. It is stored before it is read."""

    class Form(models.TextChoices):
        ANNEX2 = "annex2", "附件2 现有证明事项统计表"
        ANNEX3 = "annex3", "附件3 拟保留清单"

    class Outcome(models.TextChoices):
        RECEIVED = "received", "已保存，未读取"
        READ = "read", "已读取"
        REFUSED = "refused", "无法读取"

    division = models.ForeignKey(Division, models.PROTECT, verbose_name="填报地区")
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name="填报部门", null=True, blank=True, related_name="+"
    )
    round = models.ForeignKey(Round, models.PROTECT, verbose_name="编制批次")
    form = models.CharField("表格", max_length=10, choices=Form.choices, default=Form.ANNEX3)
    name = models.CharField("文件名", max_length=255)
    file = models.FileField("文件", upload_to="uploads/%Y/%m", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("大小（字节）")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人", related_name="+"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    outcome = models.CharField("读取结果", max_length=10, choices=Outcome.choices, default=Outcome.RECEIVED)
    message = models.TextField("读取说明", blank=True)
    history = recorded()

    objects = DepartmentalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "上传文件"
        ordering = ["-uploaded_at", "-id"]
        indexes = [models.Index(fields=["division", "round"], name="upload_division_round")]

    def __str__(self) -> str:
        return self.name
