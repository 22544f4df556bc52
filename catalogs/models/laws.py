"""The register of laws that lists cite (法律法规库): known, in force, repealed, replaced."""

import re

from django.db import models
from django.db.models import F, Q

from audit.history import recorded


class Law(models.Model):
    """One law, regulation, rule or normative document, in one version.

    A title may come back under a new number. A date that is not known stays empty.
    """

    title = models.CharField("名称", max_length=200, help_text="全称，不写书名号")
    short_titles = models.CharField("简称", max_length=300, blank=True, help_text="多个简称用分号隔开")
    document_no = models.CharField(
        "文号", max_length=60, blank=True, help_text="例如：国务院令第746号、民发〔2020〕20号"
    )
    in_force_from = models.DateField("施行日期", null=True, blank=True, help_text="不确定的不填")
    repealed_on = models.DateField("废止日期", null=True, blank=True, help_text="自这一天起不再有效")
    replaced_by = models.CharField("由何代替", max_length=200, blank=True, help_text="代替它的法规的名称")
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "法律法规"
        ordering = ["title", "in_force_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "document_no"],
                name="law_title_and_number_unique",
                violation_error_message="同一名称、同一文号的法规已经有了。",
            ),
            models.CheckConstraint(
                condition=Q(repealed_on=None) | Q(in_force_from=None) | Q(repealed_on__gt=F("in_force_from")),
                name="law_repealed_after_it_began",
                violation_error_message="废止日期应晚于施行日期。",
            ),
            models.CheckConstraint(
                condition=Q(replaced_by="") | Q(repealed_on__isnull=False),
                name="law_replaced_when_repealed",
                violation_error_message="写了由何代替，就要填废止日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"《{self.title}》" + (f"（{self.document_no}）" if self.document_no else "")

    @property
    def names(self) -> list[str]:
        """The short titles, one by one."""
        return [name.strip() for name in re.split("[；;]", self.short_titles) if name.strip()]
