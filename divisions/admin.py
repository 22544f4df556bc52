from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audit.admin import ScopedRecordedAdmin
from divisions.models import Division


@admin.register(Division)
class DivisionAdmin(ScopedRecordedAdmin):
    """Divisions come from ``load_divisions``; here one can be looked up, and closed from a date."""

    list_display = ["code", "name", "level", "kind", "parent", "closed_on"]
    list_filter = ["level", "kind"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]
    search_help_text = "可输入名称，或者代码的前几位"
    readonly_fields = ["code", "name", "level", "kind", "parent"]
    fields = ["code", "name", "level", "kind", "parent", "closed_on"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """A term of digits is a code prefix, so that 4501 finds Nanning and all below it."""
        if search_term.isdigit():
            return queryset.filter(code__startswith=search_term), False
        return super().get_search_results(request, queryset, search_term)
