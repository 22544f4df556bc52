"""Admin pages that keep history: every save asks why, and the history page reads in Chinese."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from audit.lines import is_list, lines_field, shown_lines
from audit.records import delete_recorded, save_recorded
from audit.timeline import timeline

REASON_FIELD = "change_reason"


class ReasonForm(forms.ModelForm):
    """A form that asks why."""

    change_reason = forms.CharField(
        label="变更原因",
        max_length=300,
        help_text="写明依据或缘由，将记入变更记录。",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class WithLines(BaseModelAdmin):
    """Lists of texts are written one item a line, in a form and in its rows of related objects."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if is_list(db_field):
            return lines_field(db_field)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class RecordedAdmin(WithLines, admin.ModelAdmin):
    """A model admin that writes history with the editor's reason and shows it as a time line.

    Deleting is off: what is no longer valid is closed or corrected, not removed.
    """

    form = ReasonForm
    show_facets = admin.ShowFacets.NEVER  # they count, and few look at them

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields, with the reason at the end for those who may save; for others lists as lines."""
        may_save = self._may_save(request, obj)
        lists = {} if may_save else {one.name: one for one in self.opts.fields if is_list(one)}
        fieldsets = [
            (
                title,
                {
                    **options,
                    "fields": [
                        shown_lines(lists[name]) if name in lists else name
                        for name in options["fields"]
                        if name != REASON_FIELD
                    ],
                },
            )
            for title, options in super().get_fieldsets(request, obj)
        ]
        if may_save:
            fieldsets.append(("变更说明", {"fields": [REASON_FIELD]}))
        return fieldsets

    def _may_save(self, request: HttpRequest, obj: Any) -> bool:
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_recorded(obj, actor=request.user, reason=form.cleaned_data[REASON_FIELD])

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        reason = form.cleaned_data[REASON_FIELD]
        for obj in formset.save(commit=False):
            save_recorded(obj, actor=request.user, reason=reason)
        for obj in formset.deleted_objects:
            delete_recorded(obj, actor=request.user, reason=reason)

    def log_addition(self, *args: Any, **kwargs: Any) -> Any:
        """Django's own log repeats the history without its content; it is not kept."""

    log_change = log_addition
    log_deletions = log_addition

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def history_sources(self, obj: Any) -> list[models.QuerySet[Any]]:
        """The history querysets that make up the object's time line."""
        return [obj.history.all()]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"变更记录：{obj}",
            "opts": self.opts,
            "object": obj,
            "entries": timeline(*self.history_sources(obj)),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/timeline.html", context)


class ScopedRecordedAdmin(RecordedAdmin):
    """A recorded admin whose rows are limited to the user's division and below."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        queryset: Any = super().get_queryset(request)
        scoped: models.QuerySet[Any] = queryset.visible_to(request.user)
        return scoped


class ReadOnlyAdmin(ScopedRecordedAdmin):
    """Rows that only verbs write: shown, never edited here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
