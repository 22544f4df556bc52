"""Published editions: to be read, never edited."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.utils import timezone

from audit.admin import ReadOnlyAdmin
from catalogs.models import Edition, EditionItem


class EditionItemInline(admin.TabularInline):
    model = EditionItem
    extra = 0
    can_delete = False
    fields: ClassVar[Any] = ["position", "name", "matter", "legal_basis", "purpose", "requesting_unit"]
    readonly_fields = list(fields)


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "approval_document_no", "effective_from", "standing", "published_at"]
    list_filter = ["city"]
    list_select_related = ["city"]
    inlines = [EditionItemInline]
    fields = [
        "city",
        "number",
        "approval_document_no",
        "approved_on",
        "effective_from",
        "published_by",
        "published_at",
        "digest",
    ]

    @admin.display(description="状态")
    def standing(self, edition: Edition) -> str:
        today = timezone.localdate()
        if edition.effective_from > today:
            return "尚未生效"
        in_force = Edition.objects.in_force(today).filter(pk=edition.pk).exists()
        return "现行有效" if in_force else "已被新版替代"

    def history_sources(self, obj: Any) -> list[models.QuerySet[Any]]:
        return [obj.history.all(), EditionItem.history.filter(edition_id=obj.pk)]
