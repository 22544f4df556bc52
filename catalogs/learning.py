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
from catalogs.errors import BadInput, NotAllowed
from catalogs.locks import lock_vocabulary
from catalogs.matching import (
    Catalogue,
    Entry,
    Names,
    Unlisted,
    Verdict,
    VerdictKind,
    clauses,
    redacted,
    says_something,
    without_filler,
)
from catalogs.models import CertificateAlias, CertificateType, Question
from divisions.models import Division

IMPROVE = "catalogs.improve_vocabulary"
RECENT_DAYS = 180
RECENT_QUESTIONS = 300  # different ones, asked again when somebody tries a wording
LONGEST = 200
SUGGESTED = 3


def keep_question(verdict: Verdict, division: Division, matter: str = "") -> None:
    """Keep what was asked, in its normal form, where, and how it was answered; not who asked."""
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
    """A wording that the check does not serve well: how often asked, how often objected to.

    ``suggested`` are the certificates that come nearest to it, or to what was meant.
    """

    text: str
    asked: int
    disputed: int
    answer: str
    meant: tuple[str, ...]
    suggested: tuple[CertificateType, ...]


def wordings_to_improve(actor: Any, limit: int = 50) -> list[Wording]:
    """The most frequent wordings of late that found no certificate, or were objected to.

    Raises NotAllowed without the permission. Wordings in the vocabulary by now are left out.
    """
    _require(actor)
    since = timezone.now() - dt.timedelta(days=RECENT_DAYS)
    unmatched = Q(verdict__in=[VerdictKind.UNCLEAR.name, VerdictKind.NOT_LISTED.name], certificate_type=None)
    rows = (
        Question.objects.visible_to(actor)
        .filter(unmatched | Q(is_disputed=True), asked_at__gte=since)
        .exclude(text__in=CertificateAlias.objects.values("name"))
        .values("text")
        .annotate(asked=Count("pk"), disputed=Count("pk", filter=Q(is_disputed=True)))
        .order_by("-disputed", "-asked", "text")[:limit]
    )
    found = list(rows)
    meant: dict[str, dict[str, None]] = {}
    asked = [row["text"] for row in found]
    objections = Question.objects.visible_to(actor).filter(text__in=asked).exclude(meant="")
    for text, instead in objections.order_by("asked_at").values_list("text", "meant"):
        meant.setdefault(text, {})[instead] = None
    catalogue = lookup.lists_for(None, timezone.localdate()).catalogue
    kinds = CertificateType.objects.in_bulk()
    wordings = []
    for row in found:
        text = row["text"]
        said = tuple(meant.get(text, ()))
        verdicts = [catalogue.answer(one) for one in (*said, text)]
        near = dict.fromkeys(_type_of(hit.key) for verdict in verdicts for hit in verdict.candidates)
        suggested = tuple(kinds[pk] for pk in near if pk in kinds)[:SUGGESTED]
        wordings.append(Wording(text, row["asked"], row["disputed"], _said(verdicts[-1]), said, suggested))
    return wordings


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
    _require(actor)
    on = timezone.localdate()
    entries = list(lookup.entries_of(None, on))
    before, after = Catalogue(on, entries), Catalogue(on, _with(entries, text, kind))
    changed = []
    for question in dict.fromkeys([text, *_recent_texts(actor)]):
        old, new = before.answer(question), after.answer(question)
        if (old.kind, _type_id(old)) != (new.kind, _type_id(new)):
            changed.append(Effect(question, _said(old), _said(new)))
    return changed


def attach(*, actor: Any, text: str, kind: CertificateType) -> CertificateAlias:
    """Add ``text`` to the vocabulary as a saying for ``kind``; live in every process within seconds.

    Raises NotAllowed without the permission, BadInput for a wording that is there already.
    """
    _require(actor)
    said = text.strip()[:LONGEST]
    if not says_something(said):
        raise BadInput("这个问法没有说明是什么证明，不能归入。")
    with transaction.atomic():
        lock_vocabulary()
        if (there := CertificateAlias.objects.called(said)) is not None:
            raise BadInput(f"“{said}”已归入“{there}”。如需改动，请到后台“证明别名”修改。")
        alias = CertificateAlias(certificate_type=kind, name=said, kind=CertificateAlias.Kind.SAYING)
        save_recorded(alias, actor=actor, reason="据查询记录归入")
    return alias


def _with(
    entries: Sequence[tuple[Any, Names]], text: str, kind: CertificateType
) -> Iterable[tuple[Any, Names]]:
    found = False
    for entry, names in entries:
        if _type_of(entry) == kind.pk:
            found = True
            yield entry, Names(names.names, names.wordings, (*names.sayings, text))
        else:
            yield entry, names
    if not found:
        yield Unlisted(kind.pk, kind.name), Names((kind.name,), (), (text,))


def _require(actor: Any) -> None:
    """Raise NotAllowed without the permission; the vocabulary belongs to no division."""
    if actor is None or not actor.has_perm(IMPROVE):
        raise NotAllowed("您的角色没有此项操作权限。")


def _recent_texts(actor: Any) -> list[str]:
    since = timezone.now() - dt.timedelta(days=RECENT_DAYS)
    recent = Question.objects.visible_to(actor).filter(asked_at__gte=since)
    rows = recent.values("text").annotate(asked=Count("pk"))
    return [row["text"] for row in rows.order_by("-asked", "text")[:RECENT_QUESTIONS]]


def _kept(text: str) -> str:
    """The normal form that is kept: nothing personal, nothing that says nothing."""
    return without_filler(clauses(redacted(text)))[:LONGEST]


def _type_of(entry: Entry) -> int | None:
    """The certificate of the vocabulary that an entry of a list is, if any."""
    return entry.key if isinstance(entry, Unlisted) else getattr(entry, "type_id", None)


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
