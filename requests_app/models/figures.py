"""Monthly counts of places, without people (督促检查, 三(三))."""

from django.db import models

from audit.history import recorded
from catalogs.models import CertificateType
from requests_app.models.papers import RefusalReason


class Outcome(models.TextChoices):
    ASKED = "asked", "申请"
    ISSUED = "issued", "出具"
    MUST_NOT = "must_not", "不应出具"
    OTHER_BODY = "other_body", "由相关部门出具"
    NOT_LISTED = "not_listed", "清单之外"
    EXCEPTION = "exception", "例外情形未列入"
    NOT_TRUE = "not_true", "核实不属实或者不符合条件"
    PROMISED = "promised", "告知承诺"
    WITHDRAWN = "withdrawn", "撤回"
    LATE = "late", "逾期办结"


# How each reason of a refusal is counted.
OUTCOME_OF_REFUSAL: dict[str, Outcome] = {
    RefusalReason.MUST_NOT: Outcome.MUST_NOT,
    RefusalReason.OTHER_BODY: Outcome.OTHER_BODY,
    RefusalReason.NOT_LISTED: Outcome.NOT_LISTED,
    RefusalReason.EXCEPTION: Outcome.EXCEPTION,
    RefusalReason.NOT_TRUE: Outcome.NOT_TRUE,
    RefusalReason.NOT_ENTITLED: Outcome.NOT_TRUE,
    RefusalReason.NOT_AGREED: Outcome.NOT_TRUE,
}
REFUSED = (
    Outcome.MUST_NOT,
    Outcome.OTHER_BODY,
    Outcome.NOT_LISTED,
    Outcome.EXCEPTION,
    Outcome.NOT_TRUE,
)


class CountedRow(models.Model):
    """So many cases of one kind in a month: what, who wanted it, how many, how long."""

    month = models.DateField("月份")
    outcome = models.CharField("结果", max_length=12, choices=Outcome.choices)
    certificate_type = models.ForeignKey(
        CertificateType, models.PROTECT, verbose_name="证明名称", null=True, related_name="+"
    )
    demander = models.CharField("索要单位", max_length=60, blank=True)
    count = models.IntegerField("件数", default=1)
    days = models.IntegerField("用时（日）合计", default=0)

    class Meta:
        abstract = True


class Happening(CountedRow):
    """One thing that happened, written with it and added to the figures later.

    Writers only append, so nobody waits for a total; a figure is the total and what is not in it yet.
    """

    village_code = models.CharField("村代码", max_length=12)

    class Meta:
        verbose_name = verbose_name_plural = "待汇总办理情况"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.village_code} {self.outcome}"


class Figure(CountedRow):
    """The total of one place, at every level from village to region, in one grain.

    Each report reads the rows of its grain alone, so a month of the region costs what a month of a
    village costs.
    """

    class Grain(models.TextChoices):
        TOTAL = "total", "合计"
        CERTIFICATE = "certificate", "按证明"
        DEMANDER = "demander", "按索要单位和证明"

    scope = models.CharField("区划代码", max_length=12)
    grain = models.CharField("粒度", max_length=12, choices=Grain.choices)
    # What tells rows of a grain apart: "", the certificate, or the certificate and who demands it.
    key = models.CharField("分项", max_length=90, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办理统计"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "grain", "month", "outcome", "key"], name="figure_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.month:%Y-%m} {self.outcome}"


class WorkdayChange(models.Model):
    """A day that is worked or not, against what the calendar says (放假调休, as data)."""

    day = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("是工作日")
    note = models.CharField("依据", max_length=200)
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "工作日调整"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {'上班' if self.is_workday else '休息'}"
