"""Messages in the portal (提醒): what happened that a person should know."""

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """One message to one person. It repeats what the history says, so it has none of its own."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", "已提交"
        SENT = "sent", "送会审"
        RETURNED = "returned", "退回"
        DECIDED = "decided", "审定"
        REPORTED = "reported", "报批"
        PUBLISHED = "published", "公布"
        DUE_SOON = "due_soon", "即将到期"
        LATE = "late", "逾期"
        PROPOSAL = "proposal", "动态调整"
        TASK = "task", "待处理"

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="接收人", related_name="notices"
    )
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    text = models.CharField("内容", max_length=300)
    url = models.CharField("链接", max_length=200)
    # What the message is about: the same is never said twice to the same person.
    key = models.CharField("事由", max_length=100)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "提醒"
        ordering = ["-id"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notice_said_once")]
        indexes = [models.Index(fields=["recipient", "read_at", "-id"])]

    def __str__(self) -> str:
        return self.text
