"""Lists of texts for people: one item a line, written and shown."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.utils.text import capfirst


class Lines(forms.CharField):
    """A list, one item a line; ``longest`` characters a line and ``most`` lines at most."""

    longest, most = 500, 100

    def __init__(self, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(required=required, widget=forms.Textarea({"rows": 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in (super().to_python(value) or "").splitlines()]
        for at, line in enumerate(lines, start=1):
            if len(line) > self.longest:
                said = f"第 {at} 行有 {len(line)} 字，每行不超过 {self.longest} 字：{line[:20]}……"
                raise forms.ValidationError(said)
        found = [line for line in lines if line]
        if len(found) > self.most:
            raise forms.ValidationError(f"写了 {len(found)} 行，不超过 {self.most} 行。")
        return found


def is_list(field: Any) -> bool:
    """Whether a field of a model holds a list."""
    return isinstance(field, models.JSONField) and field.default is list


def lines_field(field: Any) -> Lines:
    """The admin's form field for a list of texts in a model."""
    lines = Lines(
        label=capfirst(field.verbose_name),
        required=not field.blank,
        help_text=field.help_text or "每行一项。",
    )
    lines.widget.attrs["class"] = "vLargeTextField"
    return lines


def shown_lines(field: Any) -> Callable[[Any], str]:
    """A read-only field of the admin: the list, one item a line."""

    @admin.display(description=field.verbose_name)
    def shown(obj: Any) -> str:
        return "\n".join(map(str, getattr(obj, field.attname))) or "—"

    shown.__name__ = field.name
    return shown
