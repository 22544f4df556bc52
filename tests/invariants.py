"""What must hold in the database whatever happened to it; each function returns what does not."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from catalogs import chain, reporting
from catalogs.findings import FIELD_LABELS
from catalogs.models import (
    CertificateType,
    Decision,
    Edition,
    EditionItem,
    Finding,
    Opinion,
    Proposal,
    Report,
    ReportedList,
    Round,
    Submission,
    SubmissionItem,
    SubmissionStatus,
    UploadedForm,
)
from divisions.models import Division

RECORDED: tuple[Any, ...] = (
    UploadedForm,
    Submission,
    SubmissionItem,
    Finding,
    Opinion,
    Report,
    ReportedList,
    Edition,
    EditionItem,
    Proposal,
    CertificateType,
)
BY_THE_PORTAL = {"到期未反馈", "装载参考数据"}  # what no person does
FROZEN = {SubmissionStatus.REPORTED, SubmissionStatus.APPROVED, SubmissionStatus.PUBLISHED}
# What still happens to the rows of a reported list: the government's answer, and publication.
AFTER_REPORT = {"政府未予批准", "归入统一证明名称"}
Span = tuple[dt.datetime, dt.datetime]
NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def problems() -> list[str]:
    """Everything below, over the whole database."""
    return [*histories(), *frozen_lists(), *rows_of_handed_in_lists(), *reports(), *editions()]


def histories() -> Iterator[str]:
    """Each change has one record with who and why; the last one is the row as it stands."""
    for model in RECORDED:
        fields = [field.attname for field in model.history.model.tracked_fields]
        live = {row["id"]: row for row in model._base_manager.values(*fields)}
        told = ("history_type", "history_user_id", "history_change_reason")
        records: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for record in model.history.order_by("history_date", "history_id").values(*fields, *told):
            records[record["id"]].append(record)
        for key in live.keys() | records.keys():
            for problem in _history(records[key], live.get(key), fields):
                yield f"{model.__name__} {key}: {problem}"


def _history(records: list[dict[str, Any]], live: dict[str, Any] | None, fields: list[str]) -> Iterator[str]:
    if not records:
        yield "no history"
        return
    kinds = "".join(record["history_type"] for record in records)
    if kinds.replace("~", "") not in {"+", "+-"} or kinds[0] != "+" or "-" in kinds[:-1]:
        yield f"records {kinds}"
    if (live is None) != (kinds[-1] == "-"):
        yield f"records {kinds}, but the row {'is gone' if live is None else 'is there'}"
    for field in fields if live else ():
        if live and records[-1][field] != live[field]:
            yield f"{field} is {live[field]!r}, its last record says {records[-1][field]!r}"
    for before, after in pairwise(records):
        if after["history_type"] == "~" and all(before[field] == after[field] for field in fields):
            yield f"a record of no change ({after['history_change_reason']})"
    for record in records:
        reason = record["history_change_reason"]
        if not reason:
            yield "a record without a reason"
        if record["history_user_id"] is None and reason not in BY_THE_PORTAL:
            yield f"a record without a person ({reason})"


def frozen_lists() -> Iterator[str]:
    """Nothing in a list is decided, amended, edited or opined on while the government has it."""
    for submission in Submission.objects.all():
        for began, ended in _spans(submission, FROZEN):
            during = {"history_date__gt": began, "history_date__lt": ended}
            rows = SubmissionItem.history.filter(submission_id=submission.pk, **during)
            for record in rows.exclude(history_change_reason__in=AFTER_REPORT):
                yield f"{submission}, row {record.id}: {record.history_change_reason} after its report"
            items = SubmissionItem.history.filter(submission_id=submission.pk).values("id")
            for record in Opinion.history.filter(item_id__in=items, **during):
                yield f"{submission}, opinion {record.id}: {record.history_change_reason} after its report"


def rows_of_handed_in_lists() -> Iterator[str]:
    """The city touches no row of a list it has handed in, but those that were sent back to it."""
    for submission in Submission.objects.exclude(round__kind=Round.Kind.ADJUSTMENT):
        drafts = _spans(submission, {SubmissionStatus.DRAFT})
        before: dict[int, Any] = {}
        rows = SubmissionItem.history.filter(submission_id=submission.pk)
        for record in rows.order_by("history_date", "history_id"):
            earlier, before[record.id] = before.get(record.id), record
            if any(began <= record.history_date < ended for began, ended in drafts):
                continue
            if record.history_type != "~" or earlier is None:
                yield f"{submission}, row {record.id}: {record.history_type} after it was handed in"
            elif earlier.decision != Decision.RETURN and _texts(earlier) != _texts(record):
                yield f"{submission}, row {record.id}: {record.history_change_reason} after it was handed in"


def _spans(submission: Submission, statuses: set[SubmissionStatus]) -> list[Span]:
    """From when until when the list was at one of the stages."""
    records = Submission.history.filter(id=submission.pk).order_by("history_date", "history_id")
    spans: list[Span] = []
    for when, status in records.values_list("history_date", "status"):
        is_in = bool(spans) and spans[-1][1] == NEVER
        if status in statuses and not is_in:
            spans.append((when, NEVER))
        elif status not in statuses and is_in:
            spans[-1] = (spans[-1][0], when)
    return spans


def _texts(row: Any) -> list[str]:
    return [getattr(row, field) for field in FIELD_LABELS]


def reports() -> Iterator[str]:
    """A report is what was decided when it was made; each list has the outcome of its stage."""
    for report in Report.objects.all():
        if not reporting.is_intact(report):
            yield f"{report}: its content is not what its digest was made of"
        for one in reporting.content_of(report)["lists"]:
            for row in one["rows"]:
                then = SubmissionItem.history.filter(id=row["id"], history_date__lte=report.assembled_at)
                record = then.latest("history_date", "history_id")
                if (record.decision, record.decision_reason) != (row["decision"], row["reason"]):
                    yield f"{report}, row {row['id']}: {row['decision']}, it was {record.decision}"
    wanted = {
        SubmissionStatus.REPORTED: ["pending"],
        SubmissionStatus.APPROVED: ["approved"],
        SubmissionStatus.PUBLISHED: ["approved"],
    }
    for submission in Submission.objects.all():
        answers = ReportedList.objects.filter(submission=submission).exclude(outcome="sent_back")
        found = list(answers.values_list("outcome", flat=True))
        if found != wanted.get(SubmissionStatus(submission.status), []):
            yield f"{submission} is {submission.status}, reported as {found}"
        undecided = submission.items.filter(decision=Decision.UNDECIDED).count()
        if undecided and submission.status in FROZEN:
            yield f"{submission} is {submission.status} with {undecided} rows undecided"


def editions() -> Iterator[str]:
    """Published lists and editions go together, row by row, in an unbroken chain per city."""
    published = set(Submission.objects.filter(status=SubmissionStatus.PUBLISHED).values_list("pk", flat=True))
    if published != set(Edition.objects.values_list("submission_id", flat=True)):
        yield "a published list without an edition, or an edition of a list that is not published"
    for edition in Edition.objects.select_related("submission"):
        kept = list(edition.submission.items.to_publish().order_by("position").values_list("pk", flat=True))
        if kept != list(edition.items.order_by("position").values_list("source_item", flat=True)):
            yield f"{edition}: not the kept rows"
    for city in Division.objects.filter(editions__isnull=False).distinct():
        numbers = sorted(city.editions.values_list("number", flat=True))
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{city.name}: editions {numbers}"
        for link in chain.links(city.editions.all()):
            yield from (f"{link.edition}: {problem}" for problem in link.problems)
        for day in city.editions.values_list("effective_from", flat=True):
            if (found := Edition.objects.in_force(day).filter(city=city).count()) != 1:
                yield f"{city.name}: {found} editions in force on {day}"
