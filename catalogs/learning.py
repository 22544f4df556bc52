"""Learn from what people ask: keep questions, take objections, attach wordings to certificates."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from audit.records import save_recorded
from catalogs import lookup
from catalogs.authority import require
from catalogs.errors import BadInput
from catalogs.matching import Catalogue, Names, Unlisted, Verdict, VerdictKind, normalize, redacted
from catalogs.models import CertificateAlias, CertificateType, Question
from divisions.models import Division

IMPROVE = "catalogs.improve_vocabulary"
RECENT_DAYS = 180
RECENT_QUESTIONS = 300  # different ones, asked again when somebody tries a wording
LONGEST = 200


def keep_question(verdict: Verdict, division: Division, matter: str = "") -> None:
    """Keep what was asked, where, and how it was answered; nothing about who asked."""
    text = _kept(verdict.query)
    if text:
        Question.objects.create(
            text=text,
            matter=_kept(matter),
            division=division,
            verdict=verdict.kind.name,
            certificate_type_id=_type_id(verdict),
        )


def dispute(*, actor: Any, verdict: Verdict, division: Division, meant: str) -> None:
    """Keep that a member of staff finds an answer wrong, and what was meant.

    Raises NotAllowed for a division out of the actor's scope, BadInput when nothing was asked.
    """
    require(actor, "", division)
    text = _kept(verdict.query)
    if not text:
        raise BadInput("请先查询，再反映答复不对。")
    Question.objects.create(
        text=text,
        division=division,
        verdict=verdict.kind.name,
        certificate_type_id=_type_id(verdict),
        is_disputed=True,
        meant=_kept(meant),
        asked_by=actor,
    )


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording that the check does not serve well: how often asked, how often objected to."""

    text: str
    asked: int
    disputed: int
    verdict: str
    meant: tuple[str, ...]


def wordings_to_improve(actor: Any, limit: int = 50) -> list[Wording]:
    """The most frequent wordings of late that found no certificate, or were objected to.

    Raises NotAllowed without the permission. Wordings in the vocabulary by now are left out.
    """
    require(actor, IMPROVE, actor.division)
    since = timezone.now() - dt.timedelta(days=RECENT_DAYS)
    unmatched = Q(verdict__in=[VerdictKind.UNCLEAR.name, VerdictKind.NOT_LISTED.name], certificate_type=None)
    rows = (
        Question.objects.filter(unmatched | Q(is_disputed=True), asked_at__gte=since)
        .filter(division__code__startswith=actor.division_id)
        .exclude(text__in=CertificateAlias.objects.values("name"))
        .values("text")
        .annotate(asked=Count("pk"), disputed=Count("pk", filter=Q(is_disputed=True)))
        .order_by("-disputed", "-asked", "text")[:limit]
    )
    found = list(rows)
    latest: dict[str, str] = {}
    meant: dict[str, dict[str, None]] = {}
    for text, verdict, said in (
        Question.objects.filter(text__in=[row["text"] for row in found])
        .order_by("asked_at")
        .values_list("text", "verdict", "meant")
    ):
        latest[text] = VerdictKind[verdict].value
        if said:
            meant.setdefault(text, {})[said] = None
    return [
        Wording(
            row["text"], row["asked"], row["disputed"], latest[row["text"]], tuple(meant.get(row["text"], ()))
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Effect:
    """A recent question whose answer a new wording would change."""

    text: str
    before: str
    after: str


def effects(actor: Any, text: str, kind: CertificateType) -> list[Effect]:
    """The recent questions that would be answered otherwise if ``text`` meant ``kind``.

    Asked of the banned lists and the vocabulary, which every city shares.
    """
    require(actor, IMPROVE, actor.division)
    on = timezone.localdate()
    entries = list(lookup.entries_of(None, on))
    before, after = Catalogue(on, entries), Catalogue(on, _with(entries, text, kind))
    changed = []
    for question in dict.fromkeys([text, *_recent_texts()]):
        old, new = before.answer(question), after.answer(question)
        if (old.kind, _type_id(old)) != (new.kind, _type_id(new)):
            changed.append(Effect(question, _said(old), _said(new)))
    return changed


def attach(*, actor: Any, text: str, kind: CertificateType) -> CertificateAlias:
    """Add ``text`` to the vocabulary as a saying for ``kind``; live in every process within seconds.

    Raises NotAllowed without the permission, BadInput for a wording that is there already.
    """
    require(actor, IMPROVE, actor.division)
    said = text.strip()[:LONGEST]
    if not normalize(said):
        raise BadInput("请填写问法。")
    with transaction.atomic():
        if (there := CertificateAlias.objects.filter(name=said).first()) is not None:
            raise BadInput(f"“{said}”已归入“{there.certificate_type}”。如需改动，请到后台“证明别名”修改。")
        alias = CertificateAlias(certificate_type=kind, name=said, kind=CertificateAlias.Kind.SAYING)
        save_recorded(alias, actor=actor, reason="据查询记录归入")
    return alias


def _with(
    entries: Sequence[tuple[Any, Names]], text: str, kind: CertificateType
) -> Iterable[tuple[Any, Names]]:
    found = False
    for entry, names in entries:
        if getattr(entry, "type_id", None) == kind.pk or (
            isinstance(entry, Unlisted) and entry.key == kind.pk
        ):
            found = True
            yield entry, Names(names.names, names.wordings, (*names.sayings, text))
        else:
            yield entry, names
    if not found:
        yield Unlisted(kind.pk, kind.name), Names((kind.name,), (), (text,))


def _recent_texts() -> list[str]:
    since = timezone.now() - dt.timedelta(days=RECENT_DAYS)
    rows = Question.objects.filter(asked_at__gte=since).values("text").annotate(asked=Count("pk"))
    return [row["text"] for row in rows.order_by("-asked", "text")[:RECENT_QUESTIONS]]


def _kept(text: str) -> str:
    return redacted(text).strip()[:LONGEST]


def _type_id(verdict: Verdict) -> int | None:
    if verdict.banned:
        return verdict.banned[0].type_id
    if verdict.entries:
        return verdict.entries[0].type_id
    return verdict.unlisted.key if verdict.unlisted else None


def _said(verdict: Verdict) -> str:
    """An answer in a few words."""
    if verdict.banned:
        return f"{verdict.kind.value}（第{verdict.banned[0].number}项）"
    return f"{verdict.kind.value}（{verdict.unlisted.name}）" if verdict.unlisted else verdict.kind.value
