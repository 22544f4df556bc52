"""Make the kept rows of a reviewed list the city's edition in force (二(二))."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.records import create_recorded, save_recorded
from catalogs import chain, seals
from catalogs.errors import BadInput, WrongState
from catalogs.findings import FIELD_LABELS
from catalogs.locks import lock_city_of, lock_vocabulary
from catalogs.matching import normalize
from catalogs.models import (
    CertificateAlias,
    CertificateType,
    Edition,
    EditionItem,
    Notice,
    SubmissionItem,
    SubmissionStatus,
)
from catalogs.notices import tell_city
from catalogs.under_review import lock_for_review, require_revision
from divisions.models import Division

PUBLISH = "catalogs.publish_edition"


def publish(*, actor: Any, submission_id: int, revision: int, effective_from: dt.date) -> Edition:
    """Publish the kept rows of an approved list as the city's next edition.

    It holds from ``effective_from`` and supersedes the edition before it from that day; number and
    date of the approval are those recorded for its report. Raises BadInput when the date cannot
    be, Stale when the list has changed since the actor saw it, WrongState before the
    government's approval, FourEyes or NotAllowed as the review does.
    """
    with transaction.atomic():
        city = lock_city_of(submission_id)
        submission = lock_for_review(actor, submission_id, PUBLISH, SubmissionStatus.APPROVED)
        require_revision(submission, revision)
        report = submission.reported.select_related("report").get(outcome="approved").report
        if report.approved_on is None:
            raise WrongState("这次报批还没有登记批准日期。")
        _check(city, report.approved_on, effective_from)
        kept = list(submission.items.to_publish().select_related("previous").order_by("position"))
        reason = f"公布（{report.approval_document_no}）"
        _link_types(kept, actor, reason)
        before = city.editions.order_by("-number").first()
        edition = Edition(
            city=city,
            number=before.number + 1 if before else 1,
            previous_digest=before.digest if before else "",
            submission=submission,
            approval_document_no=report.approval_document_no,
            approved_on=report.approved_on,
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
        day = f"{effective_from.year}年{effective_from.month}月{effective_from.day}日"
        tell_city(
            submission,
            Notice.Kind.PUBLISHED,
            f"{edition}已公布，共 {len(items)} 项，自{day}起生效",
            f"published-{edition.pk}",
        )
        return edition


def _seal(edition: Edition, items: Iterable[EditionItem]) -> None:
    """Give the edition its digest and, where a key is configured, its signature."""
    content = chain.canonical(edition, items)
    edition.digest = seals.digest(content)
    if settings.EDITION_SIGNING_KEY:
        signature = seals.sign(content, settings.EDITION_SIGNING_KEY)
        edition.signature, edition.signing_key = signature.value, signature.public_key


def _check(city: Division, approved_on: dt.date, effective_from: dt.date) -> None:
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
        **{field: row.final(field) for field in FIELD_LABELS},
    )


def _link_types(rows: Iterable[SubmissionItem], actor: Any, reason: str) -> None:
    """Give every kept row its place in the vocabulary; a name not yet in it is added."""
    lock_vocabulary()  # two cities may bring the same new name on the same day
    known = {
        normalize(a.name): a.certificate_type
        for a in CertificateAlias.objects.same_certificate().select_related("certificate_type")
    }
    known.update({normalize(kind.name): kind for kind in CertificateType.objects.all()})
    for row in rows:
        key = normalize(row.final("name"))
        if key not in known:
            known[key] = CertificateType(name=row.final("name")[:200])
            save_recorded(known[key], actor=actor, reason=reason)
        if row.certificate_type_id != known[key].pk:
            row.certificate_type = known[key]
            save_recorded(row, actor=actor, reason="归入统一证明名称", fields=["certificate_type"])
