"""The rules run over a stored list, and what they say kept beside it (自动核查结论)."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from accounts.models import Department
from audit.records import create_recorded, delete_recorded
from catalogs import lookup
from catalogs.findings import Elsewhere, Known, Noticed, name_key, notice
from catalogs.matching import Asker, LawEntry, LawRegister, PublicBodies, normalize
from catalogs.models import (
    UNDER_WAY,
    CertificateAlias,
    CertificateType,
    Decision,
    Edition,
    EditionItem,
    Finding,
    Law,
    Submission,
    SubmissionItem,
    SubmissionStatus,
)


def refresh_findings(
    submission: Submission, *, actor: Any, reason: str, about_form: Sequence[Finding] | None = None
) -> None:
    """Run the rules over all rows and write only what differs from the findings stored.

    ``about_form`` replaces the findings on the file as a whole; None leaves them as they are.
    """
    items = list(submission.items.all())
    by_position = {item.position: item for item in items}
    on = submission.reported_on or timezone.localdate()
    fresh = {
        _key(by_position[one.position].pk, one): one
        for one in notice(items, known_on(on, _rows_elsewhere(submission)))
    }
    stored = {}
    for finding in submission.findings.all():
        if finding.item_id is None:
            if about_form is not None:
                delete_recorded(finding, actor=actor, reason=reason)
            continue
        stored[
            finding.item_id,
            finding.code,
            finding.level,
            finding.field,
            finding.message,
            finding.banned_item_id,
        ] = finding
    for key in stored.keys() - fresh.keys():
        delete_recorded(stored[key], actor=actor, reason=reason)
    new = [
        Finding(
            submission=submission,
            item_id=key[0],
            code=one.code,
            level=one.level,
            field=one.field,
            message=one.message,
            banned_item_id=one.banned_key,
        )
        for key, one in fresh.items()
        if key not in stored
    ]
    for finding in about_form or ():
        finding.submission = submission
        new.append(finding)
    create_recorded(Finding, new, actor=actor, reason=reason)


def known_on(on: dt.date, kept: Iterable[tuple[str, str, str]] = ()) -> Known:
    """What the database knows, for a form reported on a day.

    Laws are looked up as of that day; the banned lists are those in force today, when the form is
    looked at. ``kept`` are rows that other cities keep: (name, city, legal basis).
    """
    aliases = CertificateAlias.objects.same_certificate().values_list("name", "certificate_type__name")
    types = {name_key(alias): name_key(kind) for alias, kind in aliases}
    elsewhere: dict[str, list[Elsewhere]] = {}
    for name, city, legal_basis in kept:
        key = name_key(name)
        elsewhere.setdefault(types.get(key, key), []).append(Elsewhere(city, legal_basis))
    banned = lookup.banned_names(timezone.localdate())
    return Known(on, banned, law_register(), public_bodies(), types, elsewhere)


def banned_finding(position: int, texts: Mapping[str, str]) -> int | None:
    """The id of the item on a banned list in force that a row with these texts is; None for none."""
    row = SubmissionItem(position=position, **texts)
    for one in notice([row], known_on(timezone.localdate())):
        if one.code == Finding.Code.BANNED_EXCEPTION or (
            one.code == Finding.Code.BANNED_NAME and one.level == Finding.Level.WARN
        ):
            return one.banned_key
    return None


def law_register() -> LawRegister:
    """All laws that are known, as the rules look them up."""
    return LawRegister(
        LawEntry(
            law.pk,
            law.title,
            tuple(law.names),
            law.document_no,
            law.in_force_from,
            law.repealed_on,
            law.replaced_by,
        )
        for law in Law.objects.all()
    )


def public_bodies() -> PublicBodies:
    """The departments and other bodies on record, by every name they go by."""
    return PublicBodies(
        (
            Asker.ENTERPRISE if body.kind == Department.Kind.ENTERPRISE else Asker.PUBLIC,
            [body.name, body.short_name, *(alias.name for alias in body.aliases.all())],
        )
        for body in Department.objects.prefetch_related("aliases")
    )


def _rows_elsewhere(submission: Submission) -> Iterable[tuple[str, str, str]]:
    """(name, city, legal basis) of what other cities keep today, or have handed in for this round."""
    yield from (
        EditionItem.objects.filter(edition__in=Edition.objects.in_force(timezone.localdate()))
        .exclude(edition__city=submission.city_id)
        .order_by("edition__city", "position")
        .values_list("name", "edition__city__name", "legal_basis")
    )
    yield from (
        SubmissionItem.objects.filter(
            submission__round=submission.round_id,
            submission__status__in=[*UNDER_WAY, SubmissionStatus.PUBLISHED],
        )
        .exclude(submission__city=submission.city_id)
        .exclude(decision=Decision.REJECT)
        .exclude(findings__code=Finding.Code.BANNED_NAME, findings__level=Finding.Level.WARN)
        .order_by("submission__city", "position")
        .values_list("name", "submission__city__name", "legal_basis")
    )


def _key(item_id: int, one: Noticed) -> tuple[int, str, str, str, str, int | None]:
    return item_id, one.code, one.level, one.field, one.message, one.banned_key


def types_by_name() -> dict[str, int]:
    """Ids of the certificate types by every normalised name they go by."""
    types = {
        normalize(alias.name): alias.certificate_type_id
        for alias in CertificateAlias.objects.same_certificate()
    }
    types.update({normalize(kind.name): kind.pk for kind in CertificateType.objects.all()})
    return types


def type_named(name: str) -> CertificateType | None:
    """The certificate type that goes by ``name``, or None."""
    return CertificateType.objects.filter(pk=types_by_name().get(normalize(name), 0)).first()
