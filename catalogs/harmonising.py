"""From the matrix: one name for one certificate, one decision for the same one, a baseline (二(二))."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction

from audit.records import create_recorded, save_recorded
from catalogs.errors import BadInput, NotAllowed
from catalogs.findings import FIELD_LABELS
from catalogs.locks import lock_round, lock_vocabulary
from catalogs.models import (
    KEPT,
    BaselineRow,
    CertificateAlias,
    CertificateType,
    Decision,
    Round,
    SubmissionItem,
)
from catalogs.review import Outcome, decide_rows
from catalogs.row_choices import RowChoice
from catalogs.under_review import REVIEW


def unify_names(*, actor: Any, name: str, others: Collection[str]) -> CertificateType:
    """Make ``others`` names of the certificate ``name`` in the vocabulary, which is added if need be.

    Raises BadInput when one of them is the name of another certificate already (that must be
    cleared up in the vocabulary first), NotAllowed without the right.
    """
    if not actor.has_perm("catalogs.add_certificatealias"):
        raise NotAllowed("您的角色没有此项操作权限。")
    name = name.strip()
    if not name:
        raise BadInput("请填写统一后的名称。")
    reason = f"统一名称为“{name}”"
    with transaction.atomic():
        lock_vocabulary()
        kind = CertificateAlias.objects.called(name)
        if kind is None:
            kind = CertificateType(name=name[:200])
            save_recorded(kind, actor=actor, reason=reason)
        for other in sorted({other.strip() for other in others} - {"", name}):
            called = CertificateAlias.objects.called(other)
            if called is None:
                alias = CertificateAlias(certificate_type=kind, name=other[:200])
                save_recorded(alias, actor=actor, reason=reason)
                continue
            if called.pk == kind.pk:
                _make_alias(other, kind, actor, reason)
            else:
                raise BadInput(
                    f"“{other}”在词表中已是“{called}”的名称，不能再归入“{kind}”。请先在后台核对词表。"
                )
        return kind


def _make_alias(name: str, kind: CertificateType, actor: Any, reason: str) -> None:
    """A wording that the check only answers with becomes a name of the very certificate."""
    alias = kind.aliases.filter(name=name).exclude(kind=CertificateAlias.Kind.ALIAS).first()
    if alias is not None:
        alias.kind = CertificateAlias.Kind.ALIAS
        save_recorded(alias, actor=actor, reason=reason, fields=["kind"])


def reuse_decision(
    *, actor: Any, item: SubmissionItem, targets: Sequence[tuple[int, int]]
) -> dict[int, Outcome]:
    """Decide the same certificate in other cities as it was decided on ``item``.

    ``targets`` are (row id, revision) pairs that the actor has looked at. All or nothing, but for
    rows that changed meanwhile, which come back as conflicts; returns the outcome by list. The
    rules of ``review.decide_rows`` hold for each row.
    """
    if item.decision not in {Decision.KEEP, Decision.REJECT}:
        raise BadInput("只有“予以保留”或“不予保留”的结论可以用于其他市的同一证明。")
    rows = SubmissionItem.objects.in_bulk([pk for pk, _ in targets])
    if len(rows) != len(targets) or not rows:
        raise BadInput("请至少选择一行；如已有行被删除，请刷新页面后重试。")
    by_list: dict[int, list[RowChoice]] = {}
    for pk, revision in targets:
        choice = RowChoice(
            pk,
            revision,
            item.decision,
            item.decision_reason,
            item.reject_code,
            exception_id=item.banned_exception_id,
        )
        by_list.setdefault(rows[pk].submission_id, []).append(choice)
    with transaction.atomic():
        return {
            submission_id: decide_rows(actor=actor, submission_id=submission_id, choices=choices)
            for submission_id, choices in sorted(by_list.items())
        }


def set_baseline(*, actor: Any, round: Round, items: Collection[int]) -> int:
    """Take kept rows, of whatever city, into the round's baseline; returns how many were new.

    A certificate that the baseline has already is not taken twice.
    """
    if not actor.has_perm(REVIEW):
        raise NotAllowed("您的角色没有此项操作权限。")
    with transaction.atomic():
        lock_round(round.pk)
        known = set(round.baseline.values_list("name", "matter"))
        last = round.baseline.order_by("-position").values_list("position", flat=True).first() or 0
        fresh = []
        for row in SubmissionItem.objects.filter(pk__in=items, decision__in=KEPT).order_by("pk"):
            texts = {field: row.final(field) for field in FIELD_LABELS}
            if (texts["name"], texts["matter"]) in known:
                continue
            known.add((texts["name"], texts["matter"]))
            last += 1
            fresh.append(
                BaselineRow(round=round, position=last, certificate_type_id=row.certificate_type_id, **texts)
            )
        create_recorded(BaselineRow, fresh, actor=actor, reason="列入自治区基准清单")
        return len(fresh)
