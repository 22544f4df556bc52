"""What residents ask a committee for, and how it was dealt with (二(三))."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from audit.history import recorded
from catalogs.answers import read_out
from catalogs.matching import VerdictKind, unquoted
from catalogs.models import BannedItem, CertificateType, EditionItem, ServiceGuide
from requests_app.files import attachments
from requests_app.models.fields import EncryptedTextField
from requests_app.models.scope import VillageQuerySet, VillageRow


class RequestStatus(models.TextChoices):
    OPEN = "open", "办理中"
    ISSUED = "issued", "已出具"
    REFUSED = "refused", "不予出具"
    PROMISED = "promised", "已作告知承诺"
    WITHDRAWN = "withdrawn", "已撤回"


# 二(三): what a request may become. Everything but OPEN is final.
TRANSITIONS: dict[str, frozenset[str]] = {
    RequestStatus.OPEN: frozenset(
        {
            RequestStatus.ISSUED,
            RequestStatus.REFUSED,
            RequestStatus.PROMISED,
            RequestStatus.WITHDRAWN,
        }
    ),
    RequestStatus.ISSUED: frozenset(),
    RequestStatus.REFUSED: frozenset(),
    RequestStatus.PROMISED: frozenset(),
    RequestStatus.WITHDRAWN: frozenset(),
}


class RequestQuerySet(VillageQuerySet):
    def as_lines(self) -> Self:
        """Rows for a list: their subject as ``line`` and ``village_name`` beside them.

        The names are joined, but no village, list or certificate is made of them for every row: that
        takes longer than to read the page.
        """
        return self.defer("evidence").annotate(
            line=Coalesce("edition_item__name", "certificate_type__name", "asked"),
            village_name=F("village__name"),
        )


def verdict_word(name: str) -> str:
    """A verdict as people say it."""
    return VerdictKind[name].value if name in VerdictKind.__members__ else name


class CertificateRequest(VillageRow):
    """One resident, one matter, one village. Who the resident is stands in ``Resident``."""

    asked = models.CharField("所问证明", max_length=500)
    matter = models.CharField("办理事项", max_length=500, blank=True)
    demander = models.CharField("索要单位", max_length=200, blank=True)
    verdict = models.CharField("查询结论", max_length=20)
    # The answer as it was given, so that nobody has to guess later what the village went by.
    evidence = models.JSONField("答复内容", default=dict)
    certificate_type = models.ForeignKey(
        CertificateType, models.PROTECT, verbose_name="证明名称", null=True, blank=True, related_name="+"
    )
    edition_item = models.ForeignKey(
        EditionItem, models.PROTECT, verbose_name="保留事项", null=True, blank=True, related_name="+"
    )
    banned_item = models.ForeignKey(
        BannedItem, models.PROTECT, verbose_name="不应出具事项", null=True, blank=True, related_name="+"
    )
    guide = models.ForeignKey(
        ServiceGuide, models.PROTECT, verbose_name="办事指南", null=True, blank=True, related_name="+"
    )
    status = models.CharField(
        "状态", max_length=10, choices=RequestStatus.choices, default=RequestStatus.OPEN
    )
    due_on = models.DateField("办结期限", null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+"
    )
    created_at = models.DateTimeField("登记时间")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="办结人",
        null=True,
        blank=True,
        related_name="+",
    )
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    outcome_note = models.CharField("办结说明", max_length=500, blank=True)
    # Working days it took, by the calendar of the day it was closed: figures do not move afterwards.
    took = models.PositiveSmallIntegerField("用时（工作日）", null=True, blank=True)
    # One for each form that was shown: sent twice, it is one request.
    once = models.CharField("登记页标识", max_length=36, blank=True, editable=False)
    SEALED_LATER = (("took",),)  # not in the seals made before it was added
    history = recorded(excluded_fields=["once"])
    history_words: ClassVar[dict[str, Callable[[Any], str]]] = {
        "verdict": verdict_word,
        "evidence": read_out,
    }

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证明申请"
        ordering = ["-created_at", "-id"]
        default_permissions = ("view",)
        permissions = [
            ("handle_request", "办理证明申请"),
            ("view_figures", "查看办理统计"),
            ("unmask_resident", "查看完整个人信息"),
        ]
        indexes = [
            models.Index(fields=["village", "-created_at", "-id"], name="request_of_village"),
            models.Index(fields=["county_code", "-created_at", "-id"], name="request_of_county"),
            models.Index(fields=["city_code", "-created_at", "-id"], name="request_of_city"),
            models.Index(fields=["-created_at", "-id"], name="request_newest"),
            # The late ones of a place, the promised and the withdrawn ones are few among all: each has an
            # index of its own, for walking the whole place to find them would take seconds.
            models.Index(fields=["due_on", "id"], condition=Q(status="open"), name="request_open"),
            models.Index(
                fields=["city_code", "due_on", "id"], condition=Q(status="open"), name="request_open_of_city"
            ),
            models.Index(
                fields=["county_code", "due_on", "id"],
                condition=Q(status="open"),
                name="request_open_of_county",
            ),
            models.Index(
                fields=["-created_at", "-id"], condition=Q(status="promised"), name="request_promised"
            ),
            models.Index(
                fields=["city_code", "-created_at", "-id"],
                condition=Q(status="promised"),
                name="request_promised_of_city",
            ),
            models.Index(
                fields=["county_code", "-created_at", "-id"],
                condition=Q(status="promised"),
                name="request_promised_of_county",
            ),
            models.Index(
                fields=["-created_at", "-id"], condition=Q(status="withdrawn"), name="request_withdrawn"
            ),
            models.Index(
                fields=["city_code", "-created_at", "-id"],
                condition=Q(status="withdrawn"),
                name="request_withdrawn_of_city",
            ),
            models.Index(
                fields=["county_code", "-created_at", "-id"],
                condition=Q(status="withdrawn"),
                name="request_withdrawn_of_county",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "once"], condition=~Q(once=""), name="request_sent_once"
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None) | ~Q(status="open") & Q(closed_at__isnull=False),
                name="request_closed_when_done",
            ),
            models.CheckConstraint(
                condition=~Q(status="issued") | Q(edition_item__isnull=False),
                name="request_issued_rests_on_the_list",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}（{self.created_at:%Y-%m-%d}）"

    @property
    def verdict_said(self) -> str:
        """The verdict as people say it."""
        return verdict_word(self.verdict)

    @property
    def answer_said(self) -> str:
        """The answer as it was given, in lines."""
        return read_out(self.evidence)

    @property
    def subject(self) -> str:
        """The certificate by its proper name where there is one, else as asked."""
        if self.edition_item:
            return self.edition_item.name
        return self.certificate_type.name if self.certificate_type else unquoted(self.asked)


class FactCheck(models.Model):
    """How the committee knows that what it certifies is true: no blank stamping."""

    class Method(models.TextChoices):
        KNOWN = "known", "工作人员直接掌握"
        PAPERS = "papers", "核对证件材料"
        VISIT = "visit", "入户走访"
        NEIGHBOURS = "neighbours", "询问邻里、知情人"
        DATA = "data", "数据查询核对"

    request = models.ForeignKey(
        CertificateRequest, models.PROTECT, verbose_name="申请", related_name="fact_checks"
    )
    method = models.CharField("核实方式", max_length=10, choices=Method.choices)
    # What was found may name people: it is kept as the resident's own data is.
    note = EncryptedTextField("核实情况", blank=True)
    file = models.FileField("附件", upload_to="facts/%Y/%m", storage=attachments, max_length=200, blank=True)
    file_name = models.CharField("文件名", max_length=255, blank=True)
    is_confirmed = models.BooleanField("情况属实", default=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="核实人", related_name="+"
    )
    checked_at = models.DateTimeField("核实时间")
    history = recorded(excluded_fields=["note"])

    class Meta:
        verbose_name = verbose_name_plural = "核实记录"
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.get_method_display()


class Deliberation(models.Model):
    """Residents discussed it and the head signed, without which it is not issued (二(三))."""

    class Result(models.TextChoices):
        AGREED = "agreed", "同意出具"
        REFUSED = "refused", "不同意出具"

    request = models.OneToOneField(
        CertificateRequest, models.PROTECT, verbose_name="申请", related_name="deliberation"
    )
    held_on = models.DateField("议事日期")
    form = models.CharField("议事形式", max_length=60)
    entitled = models.PositiveIntegerField("应到人数")
    present = models.PositiveIntegerField("实到人数")
    in_favour = models.PositiveIntegerField("同意人数")
    result = models.CharField("结果", max_length=10, choices=Result.choices)
    minutes = models.FileField("会议记录", upload_to="minutes/%Y/%m", storage=attachments, max_length=200)
    minutes_name = models.CharField("文件名", max_length=255)
    head = models.CharField("负责人签字", max_length=60, blank=True)
    signed_on = models.DateField("签字日期", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="记录人", related_name="+"
    )
    recorded_at = models.DateTimeField("记录时间")
    history = recorded()

    class Meta:
        verbose_name = verbose_name_plural = "议事协商"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(present__lte=F("entitled"), in_favour__lte=F("present"), present__gt=0),
                name="deliberation_counts_agree",
            ),
            models.CheckConstraint(
                condition=~Q(result="agreed") | Q(in_favour__gt=F("present") / 2),
                name="deliberation_agreed_by_most",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on:%Y-%m-%d} {self.get_result_display()}"

    @property
    def is_complete(self) -> bool:
        """Whether the residents agreed and the head signed."""
        return self.result == self.Result.AGREED and bool(self.head) and self.signed_on is not None


def upload_name(file: Any) -> str:
    """A file's own name, without folders, for people to know it by."""
    return str(getattr(file, "name", "")).replace("\\", "/").rsplit("/", 1)[-1][:255]
