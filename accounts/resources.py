from import_export import fields

from accounts.models import Department, DepartmentAlias
from audit.resources import NamedWidget, RecordedResource


class DepartmentAliasResource(RecordedResource):
    """Columns 部门, 别名; an alias that is known already is moved to the department named."""

    department = fields.Field("department", "部门", NamedWidget(Department, "name"))
    name = fields.Field("name", "别名")

    class Meta:
        model = DepartmentAlias
        import_id_fields = ["name"]
        fields = ["department", "name"]
        skip_unchanged = True
        clean_model_instances = True
