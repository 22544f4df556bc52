"""A city mends its list row by row: cells changed, rows added, taken out, or handed back (二(二))."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.records import delete_all_recorded, delete_recorded, save_recorded
from catalogs.authority import require
from catalogs.drafts import FILE, MAX_NAME, append_row, locked, locked_draft, touch
from catalogs.errors import BadInput, Stale, WrongState
from catalogs.findings import FIELD_LABELS
from catalogs.models import Decision, Notice, SubmissionItem
from catalogs.notices import tell_reviewers
from catalogs.noticing import type_named
from catalogs.official_forms import tidy
from catalogs.opinions import ask_again
from catalogs.uploads import require_open

ANSWER_AGAIN_WITHIN = dt.timedelta(days=7)
MAX_CELL = 20_000  # characters; the longest real legal basis quotes a few articles in full


def edit_row(*, actor: Any, item_id: int, values: Mapping[str, str], revision: int) -> SubmissionItem:
    """Change cells of a draft row, or of one that was sent back; ``values`` maps fields to texts.

    ``revision`` is the row's when the actor saw it: raises Stale if someone has changed it since,
    BadInput for a field that is not one of annex 3 or too long a text.
    """
    texts = {field: tidy(value) for field, value in values.items()}
    for field, text in texts.items():
        if field not in FIELD_LABELS:
            raise BadInput("没有这一栏。")
        limit = MAX_NAME if field == "name" else MAX_CELL
        if len(text) > limit:
            raise BadInput(f"“{FIELD_LABELS[field]}”最多 {limit} 字，现有 {len(text)} 字，请精简。")
    with _row_to_mend(actor, item_id, revision) as item:
        changed = [field for field, text in texts.items() if getattr(item, field) != text]
        if not changed:
            return item
        for field in changed:
            setattr(item, field, texts[field])
        if "name" in changed:
            item.certificate_type = type_named(item.name)
        item.filed_by, item.filed_office = actor, actor.office
        item.revision += 1
        labels = "、".join(FIELD_LABELS[field] for field in changed)
        save_recorded(
            item,
            actor=actor,
            reason=f"修改{labels}",
            fields=[*changed, "certificate_type", "filed_by", "filed_office", "revision"],
        )
        touch(actor, item.submission, f"修改第{item.position}行")
    return item


def hand_back_row(*, actor: Any, item_id: int, revision: int, note: str = "") -> SubmissionItem:
    """Give a row that was sent back to the province again, mended or with an explanation.

    Its decision is open again. When its words changed since, departments that had spoken on it are
    asked once more. Raises BadInput when nothing was changed and nothing explained.
    """
    with _row_to_mend(actor, item_id, revision) as item:
        if item.decision != Decision.RETURN:
            raise WrongState("只有退回修改的行才需要交回。")
        sent_back = item.history.filter(decision=Decision.RETURN).order_by("history_id").first()
        changed = sent_back is None or any(
            getattr(sent_back, field) != getattr(item, field) for field in FIELD_LABELS
        )
        if not changed and not note.strip():
            raise BadInput(f"第{item.position}行没有改动。请先修改，或在说明中写明不改的理由。")
        item.decision = Decision.UNDECIDED
        item.filing_reason = note.strip() or item.filing_reason
        item.decided_by = item.decided_at = None
        item.decided_office = ""
        item.revision += 1
        save_recorded(item, actor=actor, reason="修改后交回审核")
        if changed:
            ask_again(item, actor=actor, due_on=timezone.localdate() + ANSWER_AGAIN_WITHIN)
        tell_reviewers(
            item.submission,
            Notice.Kind.SUBMITTED,
            f"{item.submission}：第{item.position}行已修改交回，请审核",
            f"back-{item.pk}-{item.revision}",
        )
        touch(actor, item.submission, f"交回第{item.position}行")
    return item


def add_row(*, actor: Any, submission_id: int) -> SubmissionItem:
    """Append an empty row to a draft."""
    with transaction.atomic():
        submission = locked_draft(actor, submission_id)
        item = append_row(actor, submission, {}, "增加一行")
        touch(actor, submission, "增加一行")
        return item


def delete_row(*, actor: Any, item_id: int, revision: int) -> None:
    """Take a row out of a draft; its history stays."""
    with _draft_row(actor, item_id, revision) as item:
        submission = item.submission
        delete_all_recorded(item.findings.all(), actor=actor, reason="删除清单行")
        delete_recorded(item, actor=actor, reason="删除清单行")
        touch(actor, submission, "删除清单行")


@contextmanager
def _draft_row(actor: Any, item_id: int, revision: int) -> Iterator[SubmissionItem]:
    """One row of a draft, locked with its list and known to be as the actor saw it."""
    with _row_to_mend(actor, item_id, revision) as item:
        if not item.submission.is_draft:
            raise WrongState(f"清单{item.submission.get_status_display()}，不能再增删行。")
        yield item


@contextmanager
def _row_to_mend(actor: Any, item_id: int, revision: int) -> Iterator[SubmissionItem]:
    """A row of a draft, or one that was sent back while the rest of its list goes on."""
    with transaction.atomic():
        found = SubmissionItem.objects.filter(pk=item_id).values_list("submission", "decision").first()
        if found is None:
            raise Stale("这一行已被删除，请刷新页面查看最新内容。")
        submission = locked(found[0])
        require(actor, FILE, submission.city)
        item = SubmissionItem.objects.filter(pk=item_id).first()
        if item is None:
            raise Stale("这一行已被删除，请刷新页面查看最新内容。")
        item.submission = submission
        if submission.is_draft:
            require_open(submission.round)
        elif not (submission.is_under_review and item.decision == Decision.RETURN):
            raise WrongState(f"清单{submission.get_status_display()}，这一行不能再修改。")
        if item.revision != revision:
            raise Stale(f"第{item.position}行已被他人修改，您的改动未保存，请核对最新内容后再改。")
        yield item
