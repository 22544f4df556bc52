"""Import and export of reference data with history, and with cells no spreadsheet will run."""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from import_export import resources
from import_export.widgets import DateWidget, ForeignKeyWidget

from audit.records import save_recorded
from audit.table_files import inert

logger = logging.getLogger(__name__)
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")


class DayWidget(DateWidget):  # type: ignore[misc]
    """A date as people write it."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> dt.date | None:
        if not value or isinstance(value, dt.date):
            return value or None
        for written in DATE_FORMATS:
            try:
                return dt.datetime.strptime(str(value), written).date()
            except ValueError:
                continue
        raise ValueError(f"“{value}”不是日期。请写成 2020-01-31 的样子，不确定的不填。")


class NamedWidget(ForeignKeyWidget):  # type: ignore[misc]
    """A related object by its name."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            return super().clean(value, row, **kwargs)
        except ObjectDoesNotExist as problem:
            kind = self.model._meta.verbose_name
            raise ValueError(f"没有名为“{value}”的{kind}。请改成已有的名称，或者先添加它。") from problem


class RecordedResource(resources.ModelResource):  # type: ignore[misc]
    """A resource whose every saved row has a history record with the person and the file."""

    actor: Any = None
    reason = ""

    @classmethod
    def columns(cls) -> list[str]:
        """The headings of its table."""
        return [str(field.column_name) for field in cls().get_import_fields()]

    @classmethod
    def heading_problem(cls, headings: Sequence[str]) -> str:
        """What is wrong with the first row of a file; empty when nothing is."""
        known = cls.columns()
        needed = [
            str(field.column_name)
            for field in cls().get_import_fields()
            if field.attribute in cls._meta.import_id_fields or _is_needed(cls._meta.model, field.attribute)
        ]
        wrong = [
            f"第 {place} 列“{heading}”不是这张表的列" if heading else f"第 {place} 列没有列名"
            for place, heading in enumerate(headings, 1)
            if heading not in known
        ]
        wrong += [f"“{heading}”一列重复" for heading in known if headings.count(heading) > 1]
        wrong += [f"缺少“{heading}”一列" for heading in needed if heading not in headings]
        if not wrong:
            return ""
        return f"第 1 行（表头）不对：{'，'.join(wrong)}。请改为：{'、'.join(known)}，或者下载空白表填写。"

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        self.actor = kwargs["user"]
        self.reason = f"导入文件“{kwargs.get('file_name') or '未命名'}”"

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """An empty line says nothing."""
        is_same: bool = super().skip_row(instance, original, row, import_validation_errors)
        return is_same or not any(row.values())

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Leave with the result, as sentences, why rows are refused."""
        columns = {field.attribute: field.column_name for field in self.get_import_fields()}
        found = [(row.number, text) for row in result.invalid_rows for text in _reasons(row, columns)]
        found += [(row.number, "：不能导入。请核对这一行的内容。") for row in result.error_rows]
        result.refusals = [f"第 {number + 1} 行{text}" for number, text in sorted(found)]
        for row in result.error_rows:
            logger.error("import of %s: %r", self._meta.model.__name__, [one.error for one in row.errors])

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        save_recorded(instance, actor=self.actor, reason=self.reason)

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
        return inert(super().export_field(field, instance, **kwargs))


def _is_needed(model: Any, name: str) -> bool:
    field = model._meta.get_field(name)
    return not field.blank and not field.has_default()


def _reasons(row: Any, columns: dict[str, str]) -> Iterator[str]:
    """Why one row is refused, by column where it is one column's fault."""
    for name, texts in row.field_specific_errors.items():
        yield f"“{columns.get(name, name)}”：{''.join(texts)}"
    for text in row.non_field_specific_errors:
        yield f"：{text}"
