"""What was noticed, written back into the clerk's own file (下载批注后的表格)."""

from collections.abc import Iterator, Mapping, Sequence

from catalogs.findings import FIELD_LABELS
from catalogs.models import Submission, Survey, UploadedForm
from catalogs.official_forms import SURVEY_FIELDS
from catalogs.official_forms.isolated import mark_isolated
from catalogs.official_forms.mark import Note


def marked_submission(submission: Submission) -> bytes:
    """The file a list was read from, as a workbook with every finding at its cell.

    Rows that were added on the page stand in no file and are left out.
    """
    if submission.source is None:
        raise ValueError("the list was not read from a file")
    notes = [
        note
        for item in submission.items.prefetch_related("findings").exclude(source_row=None)
        for finding in item.findings.all()
        if item.source_row
        for note in _note(
            item.source_sheet,
            item.source_row,
            item.source_columns,
            FIELD_LABELS,
            {"field": finding.field, "message": finding.message, "level": finding.level},
        )
    ]
    return mark_isolated(_content(submission.source), notes)


def marked_survey(survey: Survey) -> bytes:
    """The file a table was read from, as a workbook with every finding at its cell."""
    notes = [
        note
        for item in survey.items.exclude(findings=[])
        for finding in item.findings
        for note in _note(item.source_sheet, item.source_row, item.source_columns, SURVEY_FIELDS, finding)
    ]
    return mark_isolated(_content(survey.upload), notes)


def _note(
    sheet: str,
    row: int,
    columns: Sequence[int],
    fields: Mapping[str, str],
    finding: Mapping[str, str],
) -> Iterator[Note]:
    at = list(fields).index(finding["field"]) if finding["field"] in fields else None
    column = columns[at] if at is not None and at < len(columns) else None
    is_wrong = finding["level"] != "hint"
    yield Note(sheet, row, column if is_wrong else None, finding["message"])


def _content(upload: UploadedForm) -> bytes:
    with upload.file.open("rb") as stored:
        content: bytes = stored.read()
    return content
