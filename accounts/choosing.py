"""Departments to choose from, in the order in which people look for them: by the sound of their names."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.http import HttpRequest
from pypinyin import lazy_pinyin

from accounts.models import Department


def by_sound(departments: Iterable[Department]) -> list[Department]:
    return sorted(departments, key=lambda department: lazy_pinyin(department.name))


class DepartmentFilter(admin.RelatedFieldListFilter):
    """A filter of a list in the admin."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        choices = super().field_choices(field, request, model_admin)
        return sorted(choices, key=lambda choice: lazy_pinyin(str(choice[1])))


class ChoosesDepartment(BaseModelAdmin):
    """An admin whose forms choose a department."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.related_model is Department and isinstance(field, forms.ModelChoiceField):
            departments = by_sound(field.queryset or [])
            field.choices = [("", "---------"), *((one.pk, str(one)) for one in departments)]
        return field
