"""Import and export of reference data with history, and with cells no spreadsheet will run."""

from typing import Any

from import_export import resources

from audit.records import save_recorded

# Text that a spreadsheet program would take for a formula or a command.
RISKY_START = ("=", "+", "-", "@", "\t", "\r")


def inert(value: Any) -> Any:
    """Return ``value`` so that opening an export never runs it: risky text gets a leading quote."""
    if isinstance(value, str) and value.startswith(RISKY_START):
        return f"'{value}"
    return value


class RecordedResource(resources.ModelResource):  # type: ignore[misc]
    """A resource whose every saved row has a history record with the person and the file."""

    actor: Any = None
    reason = ""

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        self.actor = kwargs["user"]
        self.reason = f"导入文件“{kwargs.get('file_name') or '未命名'}”"

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        save_recorded(instance, actor=self.actor, reason=self.reason)

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
        return inert(super().export_field(field, instance, **kwargs))
