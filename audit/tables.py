"""Import and export pages of reference data: one kind of table, .xlsx or .csv, all in Chinese."""

from typing import Any

import tablib
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from import_export.admin import ExportMixin, ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX, Format
from import_export.forms import ExportForm, ImportForm

from audit.table_files import UnreadableTable, read_table


class AnyTable(Format):  # type: ignore[misc]
    """A workbook or a CSV: which of them is found out."""

    def __init__(self, encoding: str | None = None) -> None:
        """``encoding`` is what import-export would read a text in; it is found out, too."""

    def get_title(self) -> str:
        return "xlsx、csv"

    def can_import(self) -> bool:
        return True

    def create_dataset(self, data: bytes) -> Any:
        headings, *rows = read_table(data)
        return tablib.Dataset(*rows, headers=headings)


class TableImportForm(ImportForm):  # type: ignore[misc]
    """The file alone is asked for; what is wrong with it as a whole is said beside it."""

    def __init__(self, formats: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(formats, resources, **kwargs)
        (self.resource,) = resources
        field = self.fields["import_file"]
        field.label = "要导入的文件"
        field.widget.attrs["accept"] = ".xlsx,.csv"
        field.help_text = "Excel 工作簿（*.xlsx）或者 CSV 文本（*.csv）。"

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        try:
            dataset = AnyTable().create_dataset(file.read())
        except UnreadableTable as problem:
            raise forms.ValidationError(str(problem)) from problem
        wrong = self.resource.heading_problem(dataset.headers)
        if not wrong and not len(dataset):
            wrong = "文件只有表头，没有内容。请从第 2 行起填写后重新上传。"
        if wrong:
            raise forms.ValidationError(wrong)
        return file


class TableExportForm(ExportForm):  # type: ignore[misc]
    """All columns of the list as it is filtered, in one of two kinds of file."""

    def __init__(self, formats: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(formats, resources, **kwargs)
        self.fields["format"] = forms.ChoiceField(
            label="文件格式",
            choices=[("0", "Excel 工作簿（*.xlsx）"), ("1", "CSV 文本（*.csv）")],
            initial="0",
        )


class TableExport(ExportMixin):  # type: ignore[misc]
    """An admin whose list can be taken away as a table."""

    export_formats = (XLSX, CSV)
    to_encoding = "utf-8-sig"  # Excel knows by the mark that it is UTF-8
    export_form_class = TableExportForm
    export_template_name = "admin/export.html"


class TableImportExport(TableExport, ImportExportMixin):  # type: ignore[misc]
    """An admin whose list can be taken away, and added to from a table."""

    import_formats = (AnyTable,)
    import_form_class = TableImportForm
    import_template_name = "admin/import.html"

    def get_urls(self) -> Any:
        name = "{}_{}_import_template".format(*self.get_model_info())
        view = self.admin_site.admin_view(self.import_template)
        return [path("import/template/", view, name=name), *super().get_urls()]

    def import_template(self, request: HttpRequest) -> HttpResponse:
        """A workbook with the headings and nothing below."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        empty = tablib.Dataset(headers=self.resource_classes[0].columns())
        response = HttpResponse(XLSX().export_data(empty), content_type=XLSX.CONTENT_TYPE)
        name = f"{self.opts.verbose_name}导入表.xlsx"
        response["Content-Disposition"] = content_disposition_header(True, name) or ""
        return response

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The second step, for which the file was kept; it may be gone by then."""
        try:
            response: HttpResponse = super().process_import(request, **kwargs)
        except (FileNotFoundError, UnreadableTable):
            messages.error(request, "上传的文件已经失效，没有导入。请重新上传。")
            return redirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))
        return response
