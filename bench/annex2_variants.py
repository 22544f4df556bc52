"""One way of getting an annex 2 from bytes into the database with history, timed by itself.

Run by ``bench.annex2_import`` in a process of its own, so that its peak memory is its own.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import django

PLACE = "4503"  # 桂林市


def ours(data: bytes, round_id: int) -> int:
    """The portal's own way: kept file → child process → rows with findings and history."""
    from django.core.files.base import ContentFile

    from accounts.models import User
    from catalogs import surveying
    from catalogs.models import Round, SurveyItem
    from divisions.models import Division

    survey = surveying.receive_survey(
        actor=User.objects.get(username="bench"),
        division=Division.objects.get(pk=PLACE),
        round=Round.objects.get(pk=round_id),
        name="附件2.xlsx",
        file=ContentFile(data),
    )
    surveying.read_survey(survey.pk)
    return SurveyItem.objects.filter(survey=survey).count()


def import_export(data: bytes, round_id: int) -> int:
    """django-import-export as its documentation has it: a ModelResource, history by signals."""
    import tablib
    from import_export import fields, resources, widgets
    from openpyxl import load_workbook

    from catalogs.models import SurveyItem

    survey = _empty_survey(round_id)

    class ItemResource(resources.ModelResource):  # type: ignore[misc]  # import-export has no types
        survey_id = fields.Field("survey_id", "survey_id", widgets.IntegerWidget())
        place_id = fields.Field("place_id", "place_id")

        class Meta:
            model = SurveyItem
            import_id_fields = ("survey_id", "position")
            fields = ("survey_id", "position", "place_id", "name", "basis", "department", "purpose",
                      "necessity", "source_row", "key")  # fmt: skip

    columns = ["position", "name", "basis", "department", "purpose", "necessity"]
    table = tablib.Dataset(headers=[*columns, "survey_id", "place_id", "source_row", "key"])
    sheet = load_workbook(BytesIO(data), read_only=True).active
    position = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if isinstance(row[0], int):
            position += 1
            table.append([position, *row[1:6], survey, PLACE, number, row[1]])
    result = ItemResource().import_data(table, use_transactions=True)
    if result.has_errors() or result.has_validation_errors():
        raise RuntimeError(result.row_errors())
    return SurveyItem.objects.filter(survey=survey).count()


def bare(data: bytes, round_id: int) -> int:
    """The limit: a reader in native code, no checks, plain inserts of rows and history."""
    from django.db import connection, transaction
    from django.utils import timezone
    from python_calamine import CalamineWorkbook

    from catalogs.models import SurveyItem

    survey = _empty_survey(round_id)
    sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    facts = [
        {"position": at, "name": row[1], "basis": row[2], "department": row[3], "purpose": row[4],
         "necessity": row[5], "source_row": at, "key": row[1], "place_id": PLACE, "survey_id": survey}
        for at, row in enumerate((row for row in sheet if isinstance(row[0], float)), start=1)
    ]  # fmt: skip
    now = timezone.now()
    past = SurveyItem.history.model
    with transaction.atomic():
        items = [SurveyItem(**fact) for fact in facts]
        if connection.vendor == "postgresql":
            _copy(SurveyItem, items)
            items = list(SurveyItem.objects.filter(survey=survey))
        else:
            SurveyItem.objects.bulk_create(items, batch_size=5000)
        names = [field.attname for field in past.tracked_fields]
        records = [
            past(history_date=now, history_type="+", **{name: getattr(item, name) for name in names})
            for item in items
        ]
        if connection.vendor == "postgresql":
            _copy(past, records)
        else:
            past.objects.bulk_create(records, batch_size=5000)
    return SurveyItem.objects.filter(survey=survey).count()


def _copy(model: Any, objs: list[Any]) -> None:
    """COPY … FROM STDIN, all columns but the key."""
    from django.db import connection

    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    lines = []
    for obj in objs:
        values = (field.get_db_prep_save(getattr(obj, field.attname), connection) for field in fields)
        lines.append("\t".join(map(_copied, values)))
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN', BytesIO("\n".join(lines).encode())
        )


def _copied(value: Any) -> str:
    if value is None:
        return "\\N"
    text = str(getattr(value, "dumps", str)(value.adapted) if hasattr(value, "adapted") else value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _empty_survey(round_id: int) -> int:
    from django.core.files.base import ContentFile

    from accounts.models import User
    from catalogs import surveying
    from catalogs.models import Round
    from divisions.models import Division

    survey = surveying.receive_survey(
        actor=User.objects.get(username="bench"),
        division=Division.objects.get(pk=PLACE),
        round=Round.objects.get(pk=round_id),
        name="附件2.xlsx",
        file=ContentFile(b""),
    )
    return int(survey.pk)


VARIANTS: dict[str, Callable[[bytes, int], int]] = {
    "ours": ours,
    "import_export": import_export,
    "bare": bare,
}


def main() -> None:
    """Arguments: variant, file, id of the round. Prints seconds, peak megabytes and rows as JSON."""
    variant, path, round_id = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalog_portal.settings")
    django.setup()
    data = path.read_bytes()
    from catalogs.models import Survey

    Survey.objects.update(status="cancelled")  # what an earlier run left open is none of this one's work
    began = time.perf_counter()
    rows = VARIANTS[variant](data, round_id)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "child_mb": child, "rows": rows}))  # noqa: T201


if __name__ == "__main__":
    main()
