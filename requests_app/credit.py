"""False promises as files for the credit platform, objections to them, and repair (二(五))."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from audit.records import save_recorded, update_recorded
from catalogs.authority import require
from catalogs.errors import BadInput, FourEyes, WrongState
from catalogs.models import Notice
from catalogs.notices import officers_over, tell
from catalogs.official_forms.plain_table import write_table
from divisions.models import Division
from requests_app import handling, residents
from requests_app.models import Access, Commitment, CreditBatch, PromiseObjection, PromiseStatus, Resident
from requests_app.promising import CHECK, OBJECTION_DAYS
from requests_app.workdays import past_since

REPORT = "requests_app.report_false_promise"
COLUMNS = (
    "承诺书编号",
    "姓名",
    "公民身份号码",
    "承诺事项",
    "办理事项",
    "索要单位",
    "承诺日期",
    "经办村（社区）",
    "核查方式",
    "核查情况",
    "核查单位",
    "核查日期",
    "信用修复日期",
)
# What the columns are read from.
_TOLD = (
    "request__certificate_type",
    "request__edition_item",
    "village__parent__parent",
    "checked_by__division",
)
NOTE_COLUMN = "更正说明"  # in a table; in JSON the corrected ones stand apart
CORRECTED = "已更正为属实，请撤下"


@dataclass(frozen=True, slots=True)
class Content:
    """What a batch reported: what is still false, and what was found true after all since."""

    false: list[Commitment]
    corrected: list[Commitment]


@dataclass(frozen=True, slots=True)
class Counted:
    """A batch with how many it still reports, and the serials of those found true after all since."""

    batch: CreditBatch
    false: int
    corrected: list[str]
    repaired: int = 0
    untold: int = 0  # of them, those that the platform was not told of yet


def waiting(scope: Division) -> Any:
    """The false promises of a place that the next batch reports."""
    return unreported(Commitment.objects.within(scope.code)).order_by("pk")


def unreported(rows: Any) -> Any:
    """Those of some promises that a batch will report: false, not objected to, not repaired.

    And only when the resident has had ``OBJECTION_DAYS`` working days to object.
    """
    until = past_since(timezone.localdate(), OBJECTION_DAYS) + dt.timedelta(days=1)
    over = timezone.make_aware(dt.datetime.combine(until, dt.time()))
    return (
        not_reported(rows)
        .filter(checked_at__lt=over)
        .exclude(objections__answer=PromiseObjection.Answer.OPEN)
    )


def not_reported(rows: Any) -> Any:
    """Those of some promises that are false, and neither reported nor repaired."""
    return rows.filter(status=PromiseStatus.FALSE, batch=None, repaired_on=None)


def held_back(scope: Division) -> int:
    """How many false promises of a place are not reported yet: there is time to object, or an objection."""
    return int(not_reported(Commitment.objects.within(scope.code)).count() - waiting(scope).count())


def to_answer(rows: Any, actor: Any) -> Any:
    """Those of some promises with an objection or a request for repair that this actor may answer.

    Whoever made the finding does not answer objections to it (``answer_objection``).
    """
    raised = PromiseObjection.objects.filter(commitment=OuterRef("pk"), answer=PromiseObjection.Answer.OPEN)
    own = Q(kind=PromiseObjection.Kind.OBJECTION, commitment__checked_by=actor)
    return rows.filter(Exists(raised.exclude(own)), status=PromiseStatus.FALSE)


def make_batch(*, actor: Any, scope: Division) -> CreditBatch:
    """Put all false promises of a place that were not reported yet in one numbered batch.

    One that is objected to waits, and one that was repaired before is not reported any more; the
    digest is of the serials. Raises WrongState when there is none.
    """
    with transaction.atomic():
        require(actor, REPORT, scope)
        found = _locked_waiting(scope)
        if not found:
            raise WrongState("没有待报送的不实承诺。异议期未满的、异议正在处理的，之后再报送。")
        now = timezone.now()
        today = timezone.localtime(now).date()
        batch = CreditBatch(
            number=_next_number(scope, today),
            made_by=actor,
            made_at=now,
            sha256=digest_of(one.serial for one in found),
        )
        save_recorded(batch, actor=actor, reason="制作失信报送批次")
        for one in found:
            one.batch = batch
        update_recorded(Commitment, found, ["batch"], actor=actor, reason=f"列入报送批次{batch.number}")
        return batch


def digest_of(serials: Iterable[str]) -> str:
    """SHA-256 over the serials of a batch, one to a line, in their order: what was in it, nobody's data."""
    return hashlib.sha256("\n".join(sorted(serials)).encode()).hexdigest()


def content_of(batch: CreditBatch) -> Content:
    """All promises that were ever in a batch, by the history: an upheld objection takes one out of it."""
    listed = Commitment.history.filter(batch=batch).values("id")
    rows = list(Commitment.objects.filter(pk__in=listed).select_related(*_TOLD).order_by("pk"))
    return Content(
        [one for one in rows if one.batch_id == batch.pk], [one for one in rows if one.batch_id != batch.pk]
    )


def counted(batches: Sequence[CreditBatch]) -> list[Counted]:
    """How many promises each of some batches still reports, and which of them were found true since.

    The latter are few: an objection was upheld after the batch was made.
    """
    keys = [one.pk for one in batches]
    reported = Commitment.objects.filter(batch__in=keys).order_by().values_list("batch")
    false = dict(reported.annotate(Count("pk")))
    repaired = dict(reported.filter(repaired_on__isnull=False).annotate(Count("pk")))
    taken_out = Commitment.objects.filter(pk=OuterRef("id")).exclude(batch=OuterRef("batch"))
    was_in = Commitment.history.filter(Exists(taken_out), batch__in=keys).order_by("serial")
    to_tell = Commitment.objects.filter(correct_in__in=keys).order_by().values_list("correct_in")
    untold = dict(to_tell.annotate(Count("pk")))
    corrected: dict[int, list[str]] = {}
    for batch, serial in was_in.values_list("batch", "serial").distinct():
        corrected.setdefault(batch, []).append(serial)
    return [
        Counted(
            one,
            false.get(one.pk, 0),
            corrected.get(one.pk, []),
            repaired.get(one.pk, 0),
            untold.get(one.pk, 0),
        )
        for one in batches
    ]


def _locked_waiting(scope: Division) -> list[Commitment]:
    """What waits, locked, and asked for again once it is.

    PostgreSQL looks anew at a row that it had to wait for, but not at its objections, of which one
    may have come in meanwhile.
    """
    locked = list(waiting(scope).select_for_update(of=("self",)))
    still = set(waiting(scope).values_list("pk", flat=True))
    return [one for one in locked if one.pk in still]


def _next_number(scope: Division, today: dt.date) -> str:
    """The number after the last one of the day; call it in the transaction that uses it.

    The place's own row is the lock of its numbers: whoever makes another batch of it waits, rows that
    merely name the place do not.
    """
    list(Division.objects.select_for_update(no_key=True).filter(pk=scope.pk).values_list("pk"))
    begin = f"{scope.code}-{today:%Y%m%d}-"
    last = CreditBatch.objects.filter(number__startswith=begin).order_by("-pk").first()
    return f"{begin}{int(last.number.removeprefix(begin)) + 1 if last else 1:02d}"


def _place_of(batch: CreditBatch) -> Division:
    return Division.objects.get(code=batch.number.split("-", 1)[0])


def visible_batches(user: Any) -> Any:
    """The batches of a person's own division and below."""
    prefix = getattr(user, "scope_prefix", None)
    if prefix is None:
        return CreditBatch.objects.none()
    return CreditBatch.objects.filter(number__startswith=prefix)


def batch_file(*, actor: Any, batch: CreditBatch, kind: str) -> bytes:
    """The batch as the credit platform takes it, with names and numbers; each person's is recorded.

    ``kind`` is "json" or "xlsx". What was corrected since (an objection upheld) is listed by its
    serial alone, for the platform to take down.
    """
    with transaction.atomic():
        require(actor, REPORT, _place_of(batch))
        content = content_of(batch)
        people = Resident.objects.in_bulk([one.request_id for one in content.false])
        kind_of, why = Access.Kind.EXPORTED, f"失信报送{batch.number}"
        seen = [Access(request=one.request, kind=kind_of, by=actor, reason=why) for one in content.false]
        Access.objects.bulk_create(seen, batch_size=1000)
        rows = []
        for one in content.false:
            resident = people.get(one.request_id)
            rows.append(
                (
                    one.serial,
                    resident.name if resident else one.holder,
                    resident.id_number if resident else "",
                    one.request.subject,
                    one.request.matter,
                    one.request.demander,
                    one.signed_on.isoformat(),
                    _place_name(one),
                    one.get_check_kind_display(),
                    one.finding,
                    one.checked_by.division.name if one.checked_by and one.checked_by.division else "",
                    timezone.localtime(one.checked_at).date().isoformat() if one.checked_at else "",
                    one.repaired_on.isoformat() if one.repaired_on else "",
                )
            )
    if kind == "xlsx":
        empty = [""] * (len(COLUMNS) - 1)
        taken_out = [(one.serial, *empty, CORRECTED) for one in content.corrected]
        still_false = [(*row, "") for row in rows]
        return write_table(f"失信报送{batch.number}", (*COLUMNS, NOTE_COLUMN), [*still_false, *taken_out])
    said = {
        "批次号": batch.number,
        "制作时间": timezone.localtime(batch.made_at).isoformat(),
        "编号摘要": batch.sha256,
        "记录": [dict(zip(COLUMNS, row, strict=True)) for row in rows],
        "更正": [{"承诺书编号": one.serial, "说明": CORRECTED} for one in content.corrected],
    }
    return json.dumps(said, ensure_ascii=False, indent=2).encode()


def _place_name(made: Commitment) -> str:
    """County, town and village, read with the row: ``path_name`` would ask for each of them."""
    village: Any = made.village
    return f"{village.parent.parent.name}{village.parent.name}{village.name}"


def acknowledge(*, actor: Any, batch: CreditBatch, number: str, on: dt.date) -> CreditBatch:
    """Write down the platform's acknowledgement (回执), or mend it; both stand in the history.

    Raises BadInput for a day before the batch was made or after today.
    """
    said = residents.printable(number).strip()[:60]
    if not said:
        raise BadInput("请填写回执号。")
    if not timezone.localtime(batch.made_at).date() <= on <= timezone.localdate():
        raise BadInput("回执日期不能早于制作批次的日期，也不能晚于今天，请核对。")
    with transaction.atomic():
        locked: CreditBatch = CreditBatch.objects.select_for_update().get(pk=batch.pk)
        require(actor, REPORT, _place_of(locked))
        reason = "更正回执" if locked.acknowledgement else "登记回执"
        locked.acknowledgement, locked.acknowledged_on = said, on
        save_recorded(locked, actor=actor, reason=reason, fields=["acknowledgement", "acknowledged_on"])
        return locked


def told_the_platform(*, actor: Any, batch: CreditBatch) -> int:
    """Write down that the platform was told what was corrected or repaired in a batch since (二(五)).

    Returns of how many promises. Raises WrongState where there is nothing to tell.
    """
    with transaction.atomic():
        require(actor, REPORT, _place_of(batch))
        rows = Commitment.objects.select_for_update(of=("self",)).filter(correct_in=batch)
        told = list(rows.order_by("pk"))
        if not told:
            raise WrongState("这一批次没有待通知信用平台的更正。")
        for one in told:
            one.correct_in = None
        reason = f"已将更正或者修复通知信用平台（{batch.number}）"
        return update_recorded(Commitment, told, ["correct_in"], actor=actor, reason=reason)


def object_to(*, actor: Any, commitment_id: int, kind: str, text: str) -> PromiseObjection:
    """Write down a resident's objection to a finding of falsehood, or a request to repair the record."""
    if kind not in PromiseObjection.Kind.values:
        raise BadInput("请选择异议或者信用修复。")
    with transaction.atomic():
        made = _locked(commitment_id)
        require(actor, handling.HANDLE, made.village)
        if made.status != PromiseStatus.FALSE:
            raise WrongState("只有核查不实的承诺可以提出异议或者申请修复。")
        if made.repaired_on:
            raise WrongState("信用已经修复。")
        if made.objections.filter(kind=kind, answer=PromiseObjection.Answer.OPEN).exists():
            raise WrongState("已有一条正在处理。")
        raised = PromiseObjection(
            commitment=made,
            kind=kind,
            text=residents.said(text, residents.of(made.request), "请写明异议或者修复的理由。", most=1000),
            raised_by=actor,
            raised_at=timezone.now(),
        )
        label = PromiseObjection.Kind(kind).label
        save_recorded(raised, actor=actor, reason=f"登记{label}")
        above = officers_over(made.county_code, made.city_code)
        if kind == PromiseObjection.Kind.OBJECTION:  # its answer is another's than the finding
            above = above.exclude(pk=made.checked_by_id)
        text, url = f"告知承诺书{made.serial}有{label}申请，请答复", reverse("commitment", args=[made.serial])
        tell(above, Notice.Kind.TASK, text, url, f"objection-{raised.pk}")
        return raised


def answer_objection(*, actor: Any, objection_id: int, is_upheld: bool, text: str) -> PromiseObjection:
    """Answer an objection or a request for repair; not by whoever made the finding objected to.

    Upheld, an objection makes the promise a true one, and there is nothing left to repair; a repair
    is dated, and promises are taken from the resident again. Of what was reported the platform has
    to be told.
    """
    with transaction.atomic():
        raised = PromiseObjection.objects.select_for_update().get(pk=objection_id)
        made = _locked(raised.commitment_id)
        require(actor, CHECK, made.village)
        if raised.answer != PromiseObjection.Answer.OPEN:
            raise WrongState("这一条已经处理。")
        if actor.pk == made.checked_by_id and raised.kind == PromiseObjection.Kind.OBJECTION:
            raise FourEyes("核查人不能处理对自己核查结论的异议。")
        said = residents.said(text, residents.of(made.request), "请写明处理说明。")
        answers = PromiseObjection.Answer
        _answer(raised, answers.UPHELD if is_upheld else answers.REJECTED, said, actor)
        if is_upheld:
            _correct(made, raised, actor)
        return raised


def _answer(raised: PromiseObjection, answer: str, text: str, actor: Any) -> None:
    raised.answer, raised.answer_text = answer, text
    raised.answered_by, raised.answered_at = actor, timezone.now()
    names = ["answer", "answer_text", "answered_by", "answered_at"]
    save_recorded(raised, actor=actor, reason=PromiseObjection.Answer(answer).label, fields=names)


def _correct(made: Commitment, raised: PromiseObjection, actor: Any) -> None:
    reported = f"（曾列入报送批次{made.batch.number}，须通知信用平台）" if made.batch else ""
    made.correct_in = made.batch
    if raised.kind == PromiseObjection.Kind.REPAIR:
        made.repaired_on = timezone.localdate()
        save_recorded(made, actor=actor, reason=f"信用修复{reported}", fields=["repaired_on", "correct_in"])
        return
    made.status, made.batch = PromiseStatus.TRUE, None
    save_recorded(made, actor=actor, reason=f"异议成立{reported}", fields=["status", "batch", "correct_in"])
    for other in made.objections.select_for_update().filter(answer=PromiseObjection.Answer.OPEN):
        _answer(other, PromiseObjection.Answer.MOOT, "异议成立，承诺属实，不需要修复。", actor)


def _locked(commitment_id: int) -> Commitment:
    found: Commitment = (
        Commitment.objects.select_for_update(of=("self",))
        .select_related("village", "batch")
        .get(pk=commitment_id)
    )
    return found
