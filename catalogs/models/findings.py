"""What the portal noticed about a row of a city's list, or about the list as a whole."""

from django.db import models

from audit.history import recorded
from catalogs.models.banned import BannedItem
from catalogs.models.submission_items import SubmissionItem
from divisions.scope import ScopedQuerySet


class Finding(models.Model):
    """Something the portal noticed about a row, or about the whole list (row empty)."""

    class Code(models.TextChoices):
        BANNED_NAME = "banned_name", "属于不应出具事项"
        BANNED_EXCEPTION = "banned_exception", "可能属于例外情形"
        NO_ARTICLE = "no_article", "依据未写到具体条款"
        LAW_UNKNOWN = "law_unknown", "依据未能核实"
        LAW_REPEALED = "law_repealed", "依据已废止"
        MISSING_FIELD = "missing_field", "未填写"
        DUPLICATE_ROW = "duplicate_row", "与他行重复"
        SAME_CERTIFICATE = "same_certificate", "同一证明"
        UNKNOWN_UNIT = "unknown_unit", "索要单位未能识别"
        EXAMPLE_ROW = "example_row", "示例行"
        OTHER_CITY = "other_city", "标题为其他市"

    class Level(models.TextChoices):
        BLOCK = "block", "须改正才能提交"
        WARN = "warn", "需修改"
        HINT = "hint", "提示"

    submission = models.ForeignKey(
        "catalogs.Submission", models.CASCADE, verbose_name="清单", related_name="findings"
    )
    item = models.ForeignKey(
        SubmissionItem,
        models.CASCADE,
        verbose_name="清单行",
        related_name="findings",
        null=True,
        blank=True,
    )
    code = models.CharField("类别", max_length=20, choices=Code.choices)
    level = models.CharField("程度", max_length=10, choices=Level.choices)
    field = models.CharField("栏目", max_length=20, blank=True)
    message = models.TextField("内容")
    banned_item = models.ForeignKey(
        BannedItem, models.CASCADE, verbose_name="不应出具事项", null=True, blank=True
    )
    history = recorded()

    class FindingQuerySet(ScopedQuerySet["Finding"]):
        division_path = "submission__city"

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自动核查结论"
        ordering = ["id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.message
