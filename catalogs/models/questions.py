"""What people asked the check, without who they are."""

from typing import Any

from django.db import models

from accounts.models import User
from catalogs.models.vocabulary import CertificateType
from divisions.models import Division
from divisions.scope import ScopedQuerySet


class QuestionQuerySet(ScopedQuerySet["Question"]):
    division_path = "division"


class Question(models.Model):
    """One question and its answer. Written once, never changed: there is no history to keep.

    ``text`` is normalised and carries no personal data (``matching.redacted``).
    """

    text = models.CharField("问法", max_length=200)
    matter = models.CharField("办理事项", max_length=200, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="区划", related_name="+")
    verdict = models.CharField("查询结论", max_length=20)
    certificate_type = models.ForeignKey(
        CertificateType, models.SET_NULL, null=True, verbose_name="答复所按证明", related_name="+"
    )
    is_disputed = models.BooleanField("认为答复不对", default=False)
    meant = models.CharField("实际想问", max_length=200, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name="反映人", related_name="+")
    asked_at = models.DateTimeField("时间", auto_now_add=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "查询记录"
        default_permissions = ()
        permissions = [("improve_vocabulary", "改进查询用语")]
        indexes = [
            models.Index(fields=["is_disputed", "verdict", "-asked_at"]),
            models.Index(fields=["text"]),
        ]
        constraints = [
            # Who asked is kept only where somebody stands behind a complaint about an answer.
            models.CheckConstraint(
                name="question_names_nobody_but_who_disputes",
                condition=models.Q(asked_by=None) | models.Q(is_disputed=True),
            )
        ]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("a question is written once")
        super().save(*args, **kwargs)
