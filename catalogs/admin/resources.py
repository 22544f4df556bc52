"""Import and export of the vocabulary; national wording can be exported, never imported."""

from typing import Any

from django.core.exceptions import ValidationError
from import_export import fields
from import_export.widgets import CharWidget

from audit.resources import DayWidget, NamedWidget, RecordedResource
from catalogs.matching import name_key
from catalogs.models import BannedItem, CertificateAlias, CertificateType, Law


class KindWidget(CharWidget):  # type: ignore[misc]
    """The kind of a name by its Chinese label; the part before the brackets is enough."""

    def clean(self, value: Any, row: Any = None, **more: Any) -> str:
        said = str(value or "").strip()
        for kind in CertificateAlias.Kind:
            if said in {kind.value, kind.label, kind.label.partition("（")[0]}:
                return kind.value
        if not said:
            return CertificateAlias.Kind.ALIAS.value
        raise ValueError("类别应为：别名、相关名称、口语说法。")

    def render(self, value: Any, obj: Any = None, **more: Any) -> str:
        return str(CertificateAlias.Kind(value).label.partition("（")[0]) if value else ""


class CertificateAliasResource(RecordedResource):
    """Columns 证明名称, 别名, 类别 (别名, 相关名称 or 口语说法; 别名 when left out)."""

    certificate_type = fields.Field("certificate_type", "证明名称", NamedWidget(CertificateType, "name"))
    name = fields.Field("name", "别名")
    kind = fields.Field("kind", "类别", KindWidget())

    class Meta:
        model = CertificateAlias
        import_id_fields = ["name"]
        fields = ["certificate_type", "name", "kind"]
        skip_unchanged = True
        clean_model_instances = True

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        names = CertificateAlias.objects.values_list("certificate_type__name", "name")
        self._meant = {name_key(name): kind for kind, name in names}
        self._meant |= {
            name_key(name): name for name in CertificateType.objects.values_list("name", flat=True)
        }

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """A name stands for one certificate, however it is written."""
        name, kind = str(row.get("别名") or ""), str(row.get("证明名称") or "")
        other = self._meant.setdefault(name_key(name), kind)
        if other != kind and not CertificateAlias.objects.filter(name=name).exists():
            raise ValidationError(f"“{name}”已是“{other}”的名称或说法，请先改动那一条。")

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """An alias printed in a published list stays where the list put it."""
        return bool(original.is_official) or super().skip_row(
            instance, original, row, import_validation_errors
        )


class BannedItemResource(RecordedResource):
    """Columns as in annex 1, for export."""

    number = fields.Field("number", "序号")
    printed_name = fields.Field("printed_name", "证明名称")
    route = fields.Field("route", "办事途径")

    class Meta:
        model = BannedItem
        fields = ["number", "printed_name", "route"]


class LawResource(RecordedResource):
    """Columns 名称, 简称, 文号, 施行日期, 废止日期, 由何代替; a title with its number is one law."""

    title = fields.Field("title", "名称", CharWidget())
    short_titles = fields.Field("short_titles", "简称", CharWidget())
    document_no = fields.Field("document_no", "文号", CharWidget())
    in_force_from = fields.Field("in_force_from", "施行日期", DayWidget())
    repealed_on = fields.Field("repealed_on", "废止日期", DayWidget())
    replaced_by = fields.Field("replaced_by", "由何代替", CharWidget())

    class Meta:
        model = Law
        import_id_fields = ["title", "document_no"]
        fields = ["title", "short_titles", "document_no", "in_force_from", "repealed_on", "replaced_by"]
        skip_unchanged = True
        clean_model_instances = True  # a row that breaks a rule of the table is refused with its reason
