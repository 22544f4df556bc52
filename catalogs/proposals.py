"""Between rounds: single rows proposed, taken up into a review, or declined (准入、调整、退出)."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.records import create_recorded, save_recorded
from catalogs.authority import require
from catalogs.errors import BadInput, FourEyes, WrongState
from catalogs.findings import FIELD_LABELS
from catalogs.locks import lock_city
from catalogs.models import (
    Decision,
    Edition,
    EditionItem,
    Notice,
    Proposal,
    Proposed,
    Round,
    Submission,
    SubmissionItem,
    SubmissionStatus,
)
from catalogs.notices import reviewers_of, tell
from catalogs.noticing import refresh_findings, type_named
from catalogs.official_forms import tidy
from catalogs.under_review import REVIEW
from divisions.models import Division

PROPOSE = "catalogs.propose_change"


def propose(
    *,
    actor: Any,
    city: Division,
    action: str,
    reason: str,
    texts: Mapping[str, str] | None = None,
    edition_item: EditionItem | None = None,
) -> Proposal:
    """Propose that a row be added to a city's list, changed, or taken off it (三(二)).

    ``texts`` are the fields of annex 3 as they should read; a removal needs none. Raises BadInput
    when the reason, the name or the row is missing, NotAllowed outside the actor's scope.
    """
    require(actor, PROPOSE, city)
    reason = reason.strip()
    if action not in Proposed.values:
        raise BadInput("请选择准入、调整或退出。")
    if not reason:
        raise BadInput("请填写理由。")
    if action != Proposed.ADD and (edition_item is None or edition_item.edition.city_id != city.pk):
        raise BadInput("请先选择现行清单中的事项。")
    cells = {name: tidy((texts or {}).get(name, "")) for name in FIELD_LABELS}
    if action == Proposed.REMOVE and edition_item is not None:
        cells = {name: getattr(edition_item, name) for name in FIELD_LABELS}
    missing = [label for name, label in FIELD_LABELS.items() if not cells[name]]
    if missing:
        raise BadInput(f"请填写{'、'.join(missing)}。")
    if len(cells["name"]) > 500:
        raise BadInput("证明材料名称超过500字，请精简。")
    proposal = Proposal(
        city=city,
        action=action,
        edition_item=edition_item if action != Proposed.ADD else None,
        reason=reason,
        proposed_by=actor,
        proposed_at=timezone.now(),
        **cells,
    )
    with transaction.atomic():
        save_recorded(proposal, actor=actor, reason=f"提出{Proposed(action).label}建议")
        tell(
            reviewers_of(city),
            Notice.Kind.PROPOSAL,
            f"{proposal}，请受理",
            reverse("proposals"),
            f"proposal-{proposal.pk}",
        )
    return proposal


def decline(*, actor: Any, proposal_id: int, answer: str) -> Proposal:
    """Decline a proposal with reasons; whoever made it cannot."""
    if not answer.strip():
        raise BadInput("请填写不予受理的理由。")
    with transaction.atomic():
        proposal = _open_proposal(actor, proposal_id)
        _close(proposal, actor, Proposal.Status.DECLINED, answer.strip())
        return proposal


def accept(*, actor: Any, proposal_id: int) -> Submission:
    """Take a proposal up: it becomes a row under review in the city's list of adjustments.

    That list begins as the city's edition in force, whose rows stay decided as they were; so it
    goes through the same review, report and publication, and becomes the next edition. Proposals
    that come while it is under review join it. Raises WrongState while the city's list is with
    the government, or when the row is not in force any more.
    """
    with transaction.atomic():
        proposal = _open_proposal(actor, proposal_id)
        city = lock_city(proposal.city_id)
        submission = _list_under_adjustment(city, actor)
        item = _put(proposal, submission, actor)
        proposal.item = item
        _close(proposal, actor, Proposal.Status.ACCEPTED, "")
        submission.revision += 1
        save_recorded(submission, actor=actor, reason=f"受理：{proposal}", fields=["revision"])
        refresh_findings(submission, actor=actor, reason="受理动态调整建议")
        return submission


def _open_proposal(actor: Any, proposal_id: int) -> Proposal:
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("city", "proposed_by", "edition_item")
        .get(pk=proposal_id)
    )
    require(actor, REVIEW, proposal.city)
    if proposal.status != Proposal.Status.OPEN:
        raise WrongState(f"这条建议{proposal.get_status_display()}，不能再办理。")
    if proposal.proposed_by_id == actor.pk or (actor.office and proposal.proposed_by.office == actor.office):
        raise FourEyes("这条建议由您或您所在单位提出，按照回避要求不能受理。")
    return proposal


def _close(proposal: Proposal, actor: Any, status: str, answer: str) -> None:
    proposal.status, proposal.answer = status, answer
    proposal.answered_by, proposal.answered_at = actor, timezone.now()
    save_recorded(proposal, actor=actor, reason=f"{Proposal.Status(status).label}{answer and '：' + answer}")
    tell(
        [proposal.proposed_by],
        Notice.Kind.PROPOSAL,
        f"您提出的建议（{proposal}）{proposal.get_status_display()}{answer and '：' + answer}",
        reverse("proposals"),
        f"proposal-answered-{proposal.pk}",
    )


def adjustment_round(actor: Any) -> Round:
    """The round of this year's adjustments; it is opened with the first of them."""
    year = timezone.localdate().year
    this_year = Round.objects.filter(kind=Round.Kind.ADJUSTMENT, due_on__year=year)
    found = this_year.first()
    if found is not None:
        return found
    found = Round(
        name=f"{year}年动态调整",
        kind=Round.Kind.ADJUSTMENT,
        due_on=timezone.localdate().replace(month=12, day=31),
    )
    try:
        with transaction.atomic():
            save_recorded(found, actor=actor, reason="开始本年度动态调整")
    except IntegrityError:  # another city's first proposal was taken up at the same moment
        return this_year.get()
    return found


def _list_under_adjustment(city: Division, actor: Any) -> Submission:
    round = adjustment_round(actor)
    lists = Submission.objects.select_for_update().filter(city=city, round=round)
    latest = lists.order_by("-version").first()
    if latest is not None and latest.status == SubmissionStatus.SUBMITTED:
        return latest
    if latest is not None and latest.status in {SubmissionStatus.REPORTED, SubmissionStatus.APPROVED}:
        raise WrongState(f"{city.name}的上一次调整{latest.get_status_display()}，公布后才能受理新的建议。")
    submission = Submission(
        city=city,
        round=round,
        version=latest.version + 1 if latest else 1,
        status=SubmissionStatus.SUBMITTED,
        submitted_by=actor,
        submitted_at=timezone.now(),
    )
    return submission


def _put(proposal: Proposal, submission: Submission, actor: Any) -> SubmissionItem:
    if submission.pk is None:
        _begin(submission, proposal, actor)
    reason = f"受理：{proposal}"
    new = {name: getattr(proposal, name) for name in FIELD_LABELS}
    if proposal.action == Proposed.ADD:
        last = submission.items.order_by("-position").first()
        item = SubmissionItem(submission=submission, position=last.position + 1 if last else 1)
    else:
        found = submission.items.filter(
            **{name: getattr(proposal.edition_item, name) for name in FIELD_LABELS}
        ).first()
        if found is None or found.proposed:
            raise WrongState("这一事项已不在现行清单中，或已有其他建议正在审核。")
        item = found
    for name, text in new.items():
        setattr(item, name, text)
    item.certificate_type = type_named(item.name)
    item.proposed, item.filing_reason = proposal.action, proposal.reason
    item.filed_by, item.filed_office = proposal.proposed_by, proposal.proposed_by.office
    item.decision, item.decision_reason, item.reject_code = Decision.UNDECIDED, "", ""
    item.decided_by = item.decided_at = item.banned_exception = None
    item.decided_office, item.amended = "", {}
    item.revision += 1
    save_recorded(item, actor=actor, reason=reason)
    return item


def _begin(submission: Submission, proposal: Proposal, actor: Any) -> None:
    """A new list of adjustments: the edition in force, row by row, decided as it was."""
    # Whoever proposed is the one who filed; the reviewer who takes it up only opens the list.
    submission.submitted_by = proposal.proposed_by
    edition = Edition.objects.in_force(timezone.localdate()).filter(city=submission.city).first()
    reason = f"从{edition}开始动态调整" if edition else "开始动态调整"
    save_recorded(submission, actor=actor, reason=reason)
    if edition is None:
        return
    rows = []
    for kept in edition.items.select_related("source_item").order_by("position"):
        source = kept.source_item
        rows.append(
            SubmissionItem(
                submission=submission,
                position=kept.position,
                previous=source,
                certificate_type_id=kept.certificate_type_id,
                filed_by_id=source.filed_by_id,
                filed_office=source.filed_office,
                decision=Decision.KEEP,
                decision_reason=source.decision_reason,
                banned_exception_id=source.banned_exception_id,
                decided_by_id=source.decided_by_id,
                decided_at=source.decided_at,
                decided_office=source.decided_office,
                **{name: getattr(kept, name) for name in FIELD_LABELS},
            )
        )
    create_recorded(SubmissionItem, rows, actor=actor, reason=reason)
