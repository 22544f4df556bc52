"""Banned lists, vocabulary, laws and rounds."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.choosing import ChoosesDepartment
from audit.admin import RecordedAdmin, WithLines
from audit.tables import TableExport, TableImportExport
from catalogs import repeals
from catalogs.admin.resources import BannedItemResource, CertificateAliasResource, LawResource
from catalogs.models import (
    BannedException,
    BannedItem,
    BannedList,
    CertificateAlias,
    CertificateType,
    Law,
    Round,
)


@admin.register(BannedList)
class BannedListAdmin(RecordedAdmin):
    list_display = ["title", "document_no", "in_force_from", "in_force_to", "kept_rows"]

    @admin.display(description="涉及的现行事项")
    def kept_rows(self, banned_list: BannedList) -> str:
        """Before a batch takes force, which kept rows it names."""
        return format_html('<a href="{}">查看</a>', reverse("banned_hits", args=[banned_list.pk]))


class BannedExceptionInline(WithLines, admin.StackedInline):
    """The words of the notice are fixed; the keywords that point to them can be improved."""

    model = BannedException
    extra = 0
    can_delete = False
    fields = ["text", "matter_keywords", "note"]
    readonly_fields = ["text"]
    formfield_overrides = {models.TextField: {"widget": AdminTextareaWidget({"rows": 3})}}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(BannedItem)
class BannedItemAdmin(ChoosesDepartment, TableExport, RecordedAdmin):
    """National wording (number, name, route) is read-only; guidance in our own words is not."""

    resource_classes = [BannedItemResource]
    list_display = ["number", "printed_name", "way_out", "issuing_body", "banned_list"]
    list_display_links = ["number", "printed_name"]
    list_filter = ["banned_list", "way_out"]
    list_select_related = ["banned_list"]
    search_fields = ["printed_name", "route", "certificate_type__aliases__name"]
    search_help_text = "可输入证明名称、别名或者办事途径中的文字"
    fields = [
        "banned_list",
        "number",
        "printed_name",
        "certificate_type",
        "route",
        "route_steps",
        "bring",
        "way_out",
        "issuing_body",
        "issuing_condition",
        "department",
        "owed",
    ]
    readonly_fields = ["banned_list", "number", "printed_name", "certificate_type", "route"]
    formfield_overrides = {models.TextField: {"widget": AdminTextareaWidget({"rows": 4})}}
    inlines = [BannedExceptionInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Items come with their list, from the reference data."""
        return False


class CertificateAliasInline(admin.TabularInline):
    """Aliases printed in a published list are shown but cannot be changed."""

    model = CertificateAlias
    extra = 1
    fields = ["name", "kind"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(is_official=False)


@admin.register(CertificateType)
class CertificateTypeAdmin(RecordedAdmin):
    list_display = ["name", "official_aliases", "note"]
    search_fields = ["name", "aliases__name"]
    search_help_text = "可输入证明名称或者别名"
    readonly_fields = ["official_aliases"]
    inlines = [CertificateAliasInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("aliases")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A name that a banned list prints is that list's, not ours to change."""
        fixed = obj is not None and BannedItem.objects.filter(certificate_type=obj).exists()
        return [*self.readonly_fields, *(["name"] if fixed else [])]

    @admin.display(description="清单所列别名")
    def official_aliases(self, kind: CertificateType) -> str:
        return "、".join(alias.name for alias in kind.aliases.all() if alias.is_official) or "—"


@admin.register(CertificateAlias)
class CertificateAliasAdmin(TableImportExport, RecordedAdmin):
    resource_classes = [CertificateAliasResource]
    list_display = ["name", "kind", "certificate_type", "is_official"]
    list_filter = ["kind", "is_official"]
    list_select_related = ["certificate_type"]
    search_fields = ["name", "certificate_type__name"]
    search_help_text = "可输入别名或者证明名称"
    autocomplete_fields = ["certificate_type"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["help_texts"] = {"name": "口语说法中间可以有别的字的，用“…”表示，例如“改…姓”。"}
        return super().get_form(request, obj, change, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_official:
            return False
        return super().has_change_permission(request, obj)


@admin.register(Law)
class LawAdmin(TableImportExport, RecordedAdmin):
    resource_classes = [LawResource]
    list_display = ["title", "document_no", "in_force_from", "repealed_on", "replaced_by"]
    list_filter = [("repealed_on", admin.EmptyFieldListFilter)]
    search_fields = ["title", "short_titles", "document_no"]
    search_help_text = "可输入名称、简称或者文号"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A repeal opens a task for every row in force that cites the law."""
        super().save_model(request, obj, form, change)
        opened = repeals.open_tasks(timezone.localdate())
        if opened:
            where = reverse("repeal_tasks")
            text = format_html('现行清单中有 {} 项引用它，已列入<a href="{}">待处理事项</a>。', opened, where)
            messages.warning(request, text)


@admin.register(Round)
class RoundAdmin(RecordedAdmin):
    list_display = ["name", "kind", "opens_on", "due_on", "base", "is_open"]
