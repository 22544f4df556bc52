"""The window's data in the admin: read, page by page without counting; holidays and exclusions edited."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.admin import ReadOnlyAdmin, RecordedAdmin
from requests_app import credit
from requests_app.deadlines import follow_the_calendar
from requests_app.models import (
    CertificateRequest,
    Commitment,
    CreditBatch,
    IssuedCertificate,
    PromiseExclusion,
    Refusal,
    WorkdayChange,
)
from requests_app.paging import page_of

_PAGE = ("after", "before")


class KeysetChangeList(ChangeList):
    """A change list without COUNT and OFFSET: ten million rows are not counted to show fifty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _PAGE:  # what the search box takes along
            self.params.pop(name, None)

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """A filter begins on the first page."""
        return super().get_query_string(new_params, [*(remove or []), *_PAGE])

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        found: dict[str, Any] = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in _PAGE}

    def get_results(self, request: HttpRequest) -> None:
        self.page = page_of(self.queryset.order_by(), request, size=self.list_per_page)
        self.result_list = self.page.rows
        self.result_count = self.full_result_count = len(self.page.rows)
        self.show_full_result_count = self.show_admin_actions = False
        self.can_show_all = self.multi_page = False
        self.paginator = Paginator(self.page.rows, max(len(self.page.rows), 1))


class KeysetAdmin(ReadOnlyAdmin):
    """Rows of villages, newest first."""

    list_per_page = 50
    show_full_result_count = False
    sortable_by = ()
    actions = None
    change_list_template = "admin/requests_app/change_list.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return KeysetChangeList


@admin.register(CertificateRequest)
class CertificateRequestAdmin(KeysetAdmin):
    list_display = ["what", "village", "status", "demander", "due_on", "created_at"]
    list_select_related = ["village", "edition_item", "certificate_type"]
    list_filter = ["status"]

    readonly_fields = ["verdict_said", "answer_said"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The verdict and the answer in words, where the codes stand in the table."""
        said = {"verdict": "verdict_said", "evidence": "answer_said"}
        names = [name for name in super().get_fields(request, obj) if name not in said.values()]
        return [said.get(name, name) for name in names]

    @admin.display(description="查询结论")
    def verdict_said(self, obj: CertificateRequest) -> str:
        return obj.verdict_said

    @admin.display(description="答复内容")
    def answer_said(self, obj: CertificateRequest) -> str:
        return obj.answer_said
    @admin.display(description="证明")
    def what(self, obj: CertificateRequest) -> str:
        return obj.subject


@admin.register(IssuedCertificate)
class IssuedCertificateAdmin(KeysetAdmin):
    list_display = ["serial", "name", "village", "holder", "issued_at", "revoked_at"]
    list_select_related = ["village"]
    search_fields = ["serial__exact"]
    search_help_text = "请输入完整的文书编号，与文书上印的一致"


@admin.register(Refusal)
class RefusalAdmin(KeysetAdmin):
    list_display = ["serial", "reason", "village", "refused_at"]
    list_select_related = ["village"]
    search_fields = ["serial__exact"]
    search_help_text = "请输入完整的文书编号，与文书上印的一致"


@admin.register(Commitment)
class CommitmentAdmin(KeysetAdmin):
    list_display = ["serial", "holder", "village", "status", "signed_on"]
    list_select_related = ["village"]
    exclude = ["id_hash"]
    search_fields = ["serial__exact"]
    search_help_text = "请输入完整的文书编号，与文书上印的一致"


@admin.register(CreditBatch)
class CreditBatchAdmin(KeysetAdmin):
    list_display = ["number", "made_by", "made_at", "acknowledgement", "acknowledged_on"]
    list_select_related = ["made_by"]
    search_fields = ["number__exact"]
    search_help_text = "请输入完整的批次号"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return credit.visible_batches(request.user)  # type: ignore[no-any-return]


@admin.register(WorkdayChange)
class WorkdayChangeAdmin(RecordedAdmin):
    list_display = ["day", "is_workday", "note"]
    date_hierarchy = "day"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        moved = follow_the_calendar(actor=request.user, reason=f"工作日调整：{obj}")
        if moved:
            messages.info(request, f"{moved} 件办理中的申请已按调整后的工作日重新计算办结期限。")


@admin.register(PromiseExclusion)
class PromiseExclusionAdmin(RecordedAdmin):
    list_display = ["name", "basis"]
