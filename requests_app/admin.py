"""The window's data in the admin: read, page by page without counting; holidays and exclusions edited."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format

from audit.admin import ReadOnlyAdmin, ReasonForm, RecordedAdmin
from requests_app import credit
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
from requests_app.tasks import follow_the_calendar
from requests_app.workdays import is_workday

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
        return [said.get(str(name), name) for name in names]

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


class WorkdayChangeForm(ReasonForm):
    """What the calendar says already is no change."""

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        day, works = said.get("day"), said.get("is_workday")
        # One that is stored may be turned back to the calendar: deleting is off.
        if self.instance._state.adding and day and works == is_workday(day, {}):
            what = "工作日" if works else "休息日"
            which = f"{date_format(day)}（{date_format(day, 'l')}）"
            self.add_error("day", f"{which}本来就是{what}，不用登记。请核对日期和是否上班。")
        return said


@admin.register(WorkdayChange)
class WorkdayChangeAdmin(RecordedAdmin):
    form = WorkdayChangeForm
    list_display = ["day", "works", "note"]
    empty_help = (
        "办结期限按国务院办公厅公布的放假安排计算，不用逐日登记。"
        "只有当地临时调整的（例如台风停工、民族节日放假），才在这里增加。"
    )

    @admin.display(description="当天", ordering="is_workday")
    def works(self, change: WorkdayChange) -> str:
        return "上班" if change.is_workday else "休息"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["help_texts"] = {"is_workday": "上班的勾选，休息的不勾选。"}
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        user: Any = request.user
        reason = f"工作日调整：{obj}"
        transaction.on_commit(lambda: follow_the_calendar.enqueue(user.pk, reason))
        messages.info(request, "办理中的申请，办结期限随后按调整后的工作日自动重新计算。")


@admin.register(PromiseExclusion)
class PromiseExclusionAdmin(RecordedAdmin):
    list_display = ["name", "basis"]
