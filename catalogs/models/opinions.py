"""What the departments say on the rows of a list (会审意见)."""

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Department
from audit.history import recorded
from catalogs.models.submission_items import SubmissionItem
from divisions.scope import ScopedQuerySet

ASPECT_LABELS = {"legality": "合法性", "necessity": "必要性", "reasonableness": "合理性"}
ASPECTS = tuple(ASPECT_LABELS)


class Stance(models.TextChoices):
    AGREE = "agree", "同意"
    SUGGEST = "suggest", "建议修改"
    OBJECT = "object", "不同意"


class OpinionQuerySet(ScopedQuerySet["Opinion"]):
    division_path = "item__submission__city"

    def objecting(self) -> Self:
        """Opinions that object to a row in one of the three respects."""
        said = Q()
        for aspect in ASPECTS:
            said |= Q(**{aspect: Stance.OBJECT})
        return self.filter(said, state=Opinion.State.GIVEN)

    def overdue(self, on: dt.date) -> Self:
        """Opinions still waited for although their due date has passed."""
        return self.filter(state=Opinion.State.WAITING, due_on__lt=on)


class Opinion(models.Model):
    """One department on one row: asked for by the lead, given, or not given in time.

    Legality, necessity and reasonableness are judged one by one (二(二)：审查论证).
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待反馈"
        GIVEN = "given", "已反馈"
        SILENT = "silent", "逾期未反馈"

    item = models.ForeignKey(SubmissionItem, models.CASCADE, verbose_name="清单行", related_name="opinions")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="会审部门")
    due_on = models.DateField("反馈截止日期")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="送审人", related_name="+"
    )
    sent_at = models.DateTimeField("送审时间")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    legality = models.CharField("合法性", max_length=10, choices=Stance.choices, blank=True)
    necessity = models.CharField("必要性", max_length=10, choices=Stance.choices, blank=True)
    reasonableness = models.CharField("合理性", max_length=10, choices=Stance.choices, blank=True)
    text = models.TextField("意见", blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="反馈人",
        null=True,
        blank=True,
        related_name="+",
    )
    given_at = models.DateTimeField("反馈时间", null=True, blank=True)
    is_late = models.BooleanField("逾期反馈", default=False)
    # The same department on the same words in the version before.
    carried_from = models.ForeignKey(
        "self", models.SET_NULL, verbose_name="沿用上一版意见", null=True, blank=True, related_name="+"
    )
    revision = models.PositiveIntegerField("修订号", default=0)
    history = recorded()
    history_quiet: ClassVar = frozenset({"revision", "item", "carried_from"})

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会审意见"
        ordering = ["department_id", "id"]
        default_permissions = ("view",)
        permissions = [("give_opinion", "反馈会审意见")]
        constraints = [
            models.UniqueConstraint(fields=["item", "department"], name="opinion_one_per_row_and_department"),
            models.CheckConstraint(
                condition=Q(state="given", given_by__isnull=False, given_at__isnull=False)
                & ~Q(legality="")
                & ~Q(necessity="")
                & ~Q(reasonableness="")
                | ~Q(state="given")
                & Q(
                    given_by__isnull=True,
                    given_at__isnull=True,
                    legality="",
                    necessity="",
                    reasonableness="",
                ),
                name="opinion_given_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(text="")
                | (
                    Q(legality__in=["", "agree"])
                    & Q(necessity__in=["", "agree"])
                    & Q(reasonableness__in=["", "agree"])
                ),
                name="opinion_objects_with_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department.short_name}：{self.summary}"

    @property
    def is_objection(self) -> bool:
        return any(getattr(self, aspect) == Stance.OBJECT for aspect in ASPECTS)

    @property
    def stance(self) -> str:
        """The sharpest of the three: object, suggest or agree; empty while nothing was said."""
        said = {getattr(self, aspect) for aspect in ASPECTS}
        return next((one for one in (Stance.OBJECT, Stance.SUGGEST, Stance.AGREE) if one in said), "")

    @property
    def summary(self) -> str:
        """In a few words: 同意, 不同意（合法性）, 逾期未反馈 …"""
        if self.state != self.State.GIVEN:
            return self.State(self.state).label
        stance = self.stance
        if stance == Stance.AGREE:
            return "同意"
        labels = [label for aspect, label in ASPECT_LABELS.items() if getattr(self, aspect) == stance]
        return f"{Stance(stance).label}（{'、'.join(labels)}）"
