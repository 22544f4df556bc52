"""One row of a city's list: its texts, where it stood in the file, and what was decided on it."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audit.history import recorded
from catalogs.models.banned import BannedException
from catalogs.models.decisions import KEPT, NOTICE, REJECT_CLAUSES, Decision, RejectCode
from catalogs.models.vocabulary import CertificateType
from divisions.scope import ScopedQuerySet


class Proposed(models.TextChoices):
    """What a proposal between rounds does with a row (准入、调整、退出)."""

    ADD = "add", "准入"
    CHANGE = "change", "调整"
    REMOVE = "remove", "退出"


class SubmissionItem(models.Model):
    """One row of the list, with where it stood in the file and what was decided on it."""

    submission = models.ForeignKey(
        "catalogs.Submission", models.CASCADE, verbose_name="清单", related_name="items"
    )
    position = models.PositiveIntegerField("行次")
    name = models.CharField("证明材料名称", max_length=500, blank=True)
    matter = models.TextField("涉及办事事项名称", blank=True)
    legal_basis = models.TextField("法律法规依据", blank=True)
    purpose = models.TextField("证明用途", blank=True)
    requesting_unit = models.TextField("证明索要单位", blank=True)
    source_sheet = models.CharField("所在工作表", max_length=100, blank=True)
    source_row = models.PositiveIntegerField("表中行号", null=True, blank=True)
    # The columns of the file in which the five fields stood, 1-based, in the order of annex 3.
    source_columns = models.JSONField("表中列号", default=list, blank=True)
    certificate_type = models.ForeignKey(
        CertificateType, models.SET_NULL, verbose_name="统一证明名称", null=True, blank=True
    )
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="填报人员", related_name="+"
    )
    # Division and department of who filed, and of who decided, as ``User.office`` gives them.
    filed_office = models.CharField("填报单位", max_length=80, blank=True)
    # The row of the version before that this one continues.
    previous = models.ForeignKey(
        "self", models.SET_NULL, verbose_name="上一版的行", null=True, blank=True, related_name="+"
    )
    proposed = models.CharField("动态调整", max_length=10, choices=Proposed.choices, blank=True)
    filing_reason = models.TextField("填报说明", blank=True)
    decision = models.CharField(
        "审核结论", max_length=10, choices=Decision.choices, default=Decision.UNDECIDED
    )
    reject_code = models.CharField("不予保留原因", max_length=12, choices=RejectCode.choices, blank=True)
    decision_reason = models.TextField("审核理由", blank=True)
    # What the province changed in a row that it keeps: field of annex 3 → text.
    amended = models.JSONField("修改后的文字", default=dict, blank=True)
    banned_exception = models.ForeignKey(
        BannedException,
        models.PROTECT,
        verbose_name="所属例外情形",
        null=True,
        blank=True,
        related_name="+",
    )
    # What the government said against the row when it did not approve it.
    refusal = models.TextField("政府未批准意见", blank=True)
    decided_office = models.CharField("审核单位", max_length=80, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="审核人",
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    revision = models.PositiveIntegerField("修订号", default=0)
    history = recorded()
    history_quiet: ClassVar = frozenset(
        {
            "revision",
            "submission",
            "position",
            "source_columns",
            "filed_office",
            "decided_office",
            "previous",
        }
    )

    class ItemQuerySet(ScopedQuerySet["SubmissionItem"]):
        division_path = "submission__city"

        def to_publish(self) -> Self:
            """Rows that are kept, and those that a change was refused for."""
            unchanged = Q(proposed=Proposed.CHANGE, decision=Decision.REJECT, previous__isnull=False)
            return self.filter(Q(decision__in=KEPT) | unchanged)

        def turned_down(self) -> Self:
            """Rows whose certificate is not kept."""
            return self.filter(decision=Decision.REJECT).exclude(proposed=Proposed.CHANGE)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "清单行"
        ordering = ["submission", "position"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "position"], name="submission_item_position_unique"
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.UNDECIDED, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision=Decision.UNDECIDED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="submission_item_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.REJECT) | (~Q(decision_reason="") & ~Q(reject_code="")),
                name="submission_item_rejected_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.RETURN) | ~Q(decision_reason=""),
                name="submission_item_returned_with_reason",
            ),
            # Four eyes: whoever filed a row never decides on it.
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("filed_by")),
                name="submission_item_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(decided_office="") | ~Q(decided_office=F("filed_office")),
                name="submission_item_four_eyes_of_offices",
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.position}行 {self.name or '（未填名称）'}"

    @classmethod
    def describe_record(cls, record: Any) -> str:
        return f"第{record.position}行 {record.name or '（未填名称）'}"

    @property
    def clause(self) -> str:
        """The clause of the notice that the decision rests on; empty while there is none."""
        if self.decision == Decision.UNDECIDED:
            return ""
        return f"{NOTICE} {REJECT_CLAUSES.get(self.reject_code, '二(二)')}"

    @property
    def is_kept(self) -> bool:
        return self.decision in KEPT

    @property
    def stays_as_it_was(self) -> bool:
        """A proposed change that was not granted: the row remains in the words of the edition."""
        return (
            self.proposed == Proposed.CHANGE
            and self.decision == Decision.REJECT
            and self.previous is not None
        )

    def final(self, field: str) -> str:
        """A text of the row as it will be published: as filed, or as the province changed it."""
        if self.stays_as_it_was and self.previous is not None:
            return self.previous.final(field)
        return str(self.amended.get(field, getattr(self, field)))
