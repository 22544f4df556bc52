"""What the preview page shows: rows, their findings, and which cells are open for mending."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openpyxl.utils import get_column_letter

from catalogs import submitting
from catalogs.baseline import deviations
from catalogs.findings import FIELD_LABELS
from catalogs.models import Decision, Finding, Submission, SubmissionItem

ASKING = {Finding.Level.BLOCK.value, Finding.Level.WARN.value}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row; an open one is shown as a box to type in."""

    field: str
    label: str
    value: str
    where: str  # as the person's own file calls it, like D9; empty for a row added on the page
    stored: str  # differs from ``value`` when what was typed could not be saved
    is_wrong: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class PreviewRow:
    item: SubmissionItem
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]
    is_editing: bool

    @property
    def may_mend(self) -> bool:
        """Sent back to the city while the rest of its list goes on."""
        return self.item.decision == Decision.RETURN and self.item.submission.is_under_review

    @property
    def amended(self) -> list[tuple[str, str]]:
        """What the province changed in the row: (column, text)."""
        return [(FIELD_LABELS[field], text) for field, text in self.item.amended.items()]

    @property
    def needs_change(self) -> bool:
        return any(finding.level in ASKING for finding in self.findings)

    @property
    def is_open(self) -> bool:
        return any(cell.is_open for cell in self.cells)


def preview_context(
    submission: Submission,
    query: Mapping[str, str],
    *,
    problem: str = "",
    typed_row: int | None = None,
    typed_values: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Everything the page needs.

    ``query`` may hold ``show`` (``wrong`` rows to mend, ``findings`` those and rows with hints,
    ``all``; a draft opens with what is to mend) and ``edit=ROW`` (that row open);
    ``typed_values`` are texts that could not be saved, kept in the boxes of ``typed_row``.
    """
    items = submission.items.select_related("decided_by").prefetch_related("findings")
    editing = query.get("edit", "")
    rows = []
    for item in items.order_by("position"):
        item.submission = submission
        typed = typed_values if item.pk == typed_row else None
        rows.append(_row(item, submission.is_draft, editing == str(item.pk), typed))
    wrong = [row for row in rows if row.needs_change]
    about_list = list(submission.findings.filter(item=None))
    noticed = [row for row in rows if row.findings]
    show = query.get("show", "wrong" if wrong and submission.is_draft else "all")
    shown = {"wrong": wrong, "findings": noticed}.get(show, rows)
    opened = [row for row in rows if row.is_editing or row.item.pk == typed_row]
    shown = [*(row for row in opened if row not in shown), *shown]
    decided = [row for row in rows if row.item.decision != "undecided"]
    return {
        "submission": submission,
        "city": submission.city,
        "round": submission.round,
        "columns": FIELD_LABELS,
        "rows": shown,
        "show": show,
        "filters": [
            ("wrong", "需修改", len(wrong)),
            ("findings", "需修改和有提示", len(noticed)),
            ("all", "全部", len(rows)),
        ],
        "digest": submitting.preview_digest(submission) if submission.is_draft else "",
        "row_count": len(rows),
        "wrong_count": len(wrong),
        "hint_count": len(noticed) - len(wrong),
        "ready_count": len(rows) - len(noticed),
        "first_wrong": wrong[0] if wrong else None,
        "decided_count": len(decided),
        "kept_count": sum(row.item.is_kept for row in decided),
        "returned_rows": [row.item for row in rows if row.may_mend],
        "deviations": deviations(submission) if submission.is_draft else [],
        "blocked": any(finding.level == Finding.Level.BLOCK for row in rows for finding in row.findings),
        "about_list": about_list,
        "problem": problem,
        "edition": getattr(submission, "edition", None),
    }


def _row(item: SubmissionItem, editable: bool, editing: bool, typed: Mapping[str, str] | None) -> PreviewRow:
    findings = tuple(item.findings.all())
    wrong = {finding.field for finding in findings if finding.level in ASKING}
    columns = item.source_columns or [0] * len(FIELD_LABELS)
    cells = tuple(
        Cell(
            field=field,
            label=label,
            where=f"{get_column_letter(column)}{item.source_row}" if column and item.source_row else "",
            value=(typed or {}).get(field, getattr(item, field)),
            stored=getattr(item, field),
            is_wrong=field in wrong,
            is_open=(editable and (editing or field in wrong or bool(typed and field in typed)))
            or (item.decision == Decision.RETURN and (editing or typed is not None)),
        )
        for (field, label), column in zip(FIELD_LABELS.items(), columns, strict=True)
    )
    return PreviewRow(item, cells, findings, editing)
