"""Make the kept rows of a reviewed list the city's edition in force (二(二))."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.records import create_recorded, save_recorded
from catalogs import chain, seals
from catalogs.errors import BadInput
from catalogs.findings import FIELD_LABELS
from catalogs.matching import normalize
from catalogs.models import (
    CertificateAlias,
    CertificateType,
    Decision,
    Edition,
    EditionItem,
    Submission,
    SubmissionItem,
    SubmissionStatus,
)
from catalogs.review import lock_for_review, require_revision
from divisions.models import Division

PUBLISH = "catalogs.publish_edition"


def publish(
    *,
    actor: Any,
    submission_id: int,
    revision: int,
    approval_document_no: str,
    approved_on: dt.date,
    effective_from: dt.date,
) -> Edition:
    """Publish the kept rows of a list as the city's next edition.

    It holds from ``effective_from`` and supersedes the edition before it from that day. Raises
    BadInput when a row is undecided or a date cannot be, Stale when the list has changed since
    the actor saw it, FourEyes, WrongState or NotAllowed as the review does.
    """
    with transaction.atomic():
        submission = lock_for_review(actor, submission_id, PUBLISH)
        require_revision(submission, revision)
        # The city's row is the lock for its edition numbers and dates.
        city = Division.objects.select_for_update().get(pk=submission.city_id)
        document_no = approval_document_no.strip()
        _check(submission, city, document_no, approved_on, effective_from)
        kept = list(submission.items.filter(decision=Decision.KEEP))
        reason = f"公布（{document_no}）"
        _link_types(kept, actor, reason)
        before = city.editions.order_by("-number").first()
        edition = Edition(
            city=city,
            number=before.number + 1 if before else 1,
            previous_digest=before.digest if before else "",
            submission=submission,
            approval_document_no=document_no,
            approved_on=approved_on,
            effective_from=effective_from,
            published_by=actor,
            published_at=timezone.now(),
        )
        items = [_frozen(row, position, edition) for position, row in enumerate(kept, start=1)]
        _seal(edition, items)
        save_recorded(edition, actor=actor, reason=reason)
        create_recorded(EditionItem, items, actor=actor, reason=reason)
        submission.status = SubmissionStatus.PUBLISHED
        submission.revision += 1
        save_recorded(submission, actor=actor, reason=reason, fields=["status", "revision"])
        return edition


def _seal(edition: Edition, items: Iterable[EditionItem]) -> None:
    """Give the edition its digest and, where a key is configured, its signature."""
    content = chain.canonical(edition, items)
    edition.digest = seals.digest(content)
    if settings.EDITION_SIGNING_KEY:
        signature = seals.sign(content, settings.EDITION_SIGNING_KEY)
        edition.signature, edition.signing_key = signature.value, signature.public_key


def _check(
    submission: Submission,
    city: Division,
    document_no: str,
    approved_on: dt.date,
    effective_from: dt.date,
) -> None:
    undecided = submission.items.filter(decision=Decision.UNDECIDED).count()
    if undecided:
        raise BadInput(f"还有 {undecided} 行未审，全部审定后才能公布。")
    if not document_no:
        raise BadInput("请填写自治区人民政府的批准文号。")
    if approved_on > timezone.localdate():
        raise BadInput("批准日期不能晚于今天。")
    if effective_from < approved_on:
        raise BadInput("生效日期不能早于批准日期。")
    latest = city.editions.order_by("-effective_from").first()
    if latest and effective_from <= latest.effective_from:
        when = latest.effective_from
        raise BadInput(
            f"{city.name}现有第{latest.number}版自{when.year}年{when.month}月{when.day}日起生效，"
            "新一版的生效日期须晚于该日。"
        )


def _frozen(row: SubmissionItem, position: int, edition: Edition) -> EditionItem:
    return EditionItem(
        edition=edition,
        position=position,
        certificate_type=row.certificate_type,
        source_item=row,
        **{field: getattr(row, field) for field in FIELD_LABELS},
    )


def _link_types(rows: Iterable[SubmissionItem], actor: Any, reason: str) -> None:
    """Give every kept row its place in the vocabulary; a name not yet in it is added."""
    known = {
        normalize(a.name): a.certificate_type
        for a in CertificateAlias.objects.same_certificate().select_related("certificate_type")
    }
    known.update({normalize(kind.name): kind for kind in CertificateType.objects.all()})
    for row in rows:
        key = normalize(row.name)
        if key not in known:
            known[key] = CertificateType(name=row.name[:200])
            save_recorded(known[key], actor=actor, reason=reason)
        if row.certificate_type_id != known[key].pk:
            row.certificate_type = known[key]
            save_recorded(row, actor=actor, reason="归入统一证明名称", fields=["certificate_type"])
