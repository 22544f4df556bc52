"""Import and export of the vocabulary; national wording can be exported, never imported."""

from import_export import fields
from import_export.widgets import ForeignKeyWidget

from audit.resources import RecordedResource
from catalogs.models import BannedItem, CertificateAlias, CertificateType


class CertificateAliasResource(RecordedResource):
    """Columns 证明名称, 别名."""

    certificate_type = fields.Field("certificate_type", "证明名称", ForeignKeyWidget(CertificateType, "name"))
    name = fields.Field("name", "别名")

    class Meta:
        model = CertificateAlias
        import_id_fields = ["name"]
        fields = ["certificate_type", "name"]
        skip_unchanged = True

    def skip_row(self, instance, original, row, import_validation_errors=None):  # type: ignore[no-untyped-def]
        """An alias printed in a published list stays where the list put it."""
        return original.is_official or super().skip_row(instance, original, row, import_validation_errors)


class BannedItemResource(RecordedResource):
    """Columns as in annex 1, for export."""

    number = fields.Field("number", "序号")
    printed_name = fields.Field("printed_name", "证明名称")
    route = fields.Field("route", "办事途径")

    class Meta:
        model = BannedItem
        fields = ["number", "printed_name", "route"]
