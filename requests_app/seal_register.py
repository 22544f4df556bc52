"""The register of the seal (用印台账): every time in a month that a village put its seal to a paper.

Certificates and promises bear the seal; a refusal slip has no place for it. A certificate is sealed
when it is printed, and anew each time it is printed again: each is a line of the day it was made, so
that a month once printed and filed says the same for good. A Word document is a way to the same sheet:
downloaded on a day on which the certificate was also printed, it is no sealing of its own, unless the
reason given for it says ``SEALED_ANEW``; nor is one downloaded twice a day. A promise is sealed on the
day it is signed.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

from catalogs.official_forms.plain_table import write_table
from divisions.models import Division
from requests_app.encryption import masked_name
from requests_app.models import CertificateCopy, Commitment, PromiseStatus

COLUMNS = ("编号", "日期", "文书种类", "证明事项", "用途", "申请人", "经办人", "负责人", "备注")
SEALED_ANEW = "另行盖章"
_CERTIFICATE, _PROMISE = "证明", "告知承诺书"


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealing in the register; names masked as everywhere."""

    on: dt.date
    kind: str
    number: int
    printed_number: str
    name: str
    matter: str
    holder: str
    handled_by: str
    head: str = ""
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        """The line as it is shown and downloaded, in the order of ``COLUMNS``."""
        about = (self.name, self.matter, self.holder, self.handled_by, self.head, self.note)
        return (self.printed_number, date_format(self.on), self.kind, *about)


def sealed_in(village: Division, month: dt.date) -> list[Sealed]:
    """The sealings of a village in a month, by date and number."""
    first = month.replace(day=1)
    following = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
    sealed = [*_certificates(village, first, following), *_promises(village, first, following)]
    return sorted(sealed, key=lambda one: (one.on, one.kind == _PROMISE, one.number))


def workbook(village: Division, month: dt.date) -> bytes:
    """The register of a month as a workbook."""
    title = f"{village.path_name}{month.year}年{month.month}月用印台账"
    return write_table(title, COLUMNS, [one.cells() for one in sealed_in(village, month)])


def _certificates(village: Division, first: dt.date, following: dt.date) -> list[Sealed]:
    begin, end = (
        timezone.make_aware(dt.datetime(day.year, day.month, day.day)) for day in (first, following)
    )
    made = CertificateCopy.objects.filter(
        certificate__village=village, made_at__gte=begin, made_at__lt=end
    ).select_related("made_by", "certificate__issued_by")
    return [
        Sealed(
            _day(copy),
            _CERTIFICATE,
            copy.certificate.number,
            copy.certificate.printed_number,
            copy.certificate.name,
            copy.certificate.matter,
            masked_name(copy.certificate.holder),  # of old rows, as long as the name was
            _sealed_by(copy),
            copy.certificate.head,
            _note_of(copy),
        )
        for copy in _sealings(made.order_by("certificate", "pk"))
    ]


def _sealings(copies: Iterable[CertificateCopy]) -> Iterator[CertificateCopy]:
    """The copies that were sealed, out of all, which come by certificate and time."""
    for _, of_a_day in itertools.groupby(copies, key=lambda one: (one.certificate_id, _day(one))):
        made = list(of_a_day)
        sealed = [one for one in made if one.kind == one.Kind.PRINT or SEALED_ANEW in one.reason]
        yield from sealed or made[:1]


def _day(copy: CertificateCopy) -> dt.date:
    return timezone.localtime(copy.made_at).date()


def _sealed_by(copy: CertificateCopy) -> str:
    """Who made the copy; whoever issued it too, by the name of that day."""
    certificate = copy.certificate
    return certificate.handler_name if copy.made_by_id == certificate.issued_by_id else copy.made_by.full_name


def _note_of(copy: CertificateCopy) -> str:
    """Why it was printed again, and whether it was revoked since, and when."""
    notes = [f"补打：{copy.reason}"] if copy.reason else []
    if copy.certificate.revoked_at:
        on = date_format(timezone.localtime(copy.certificate.revoked_at).date())
        notes.append(f"{on}撤销：{copy.certificate.revoke_reason}")
    return "；".join(notes)


def _promises(village: Division, first: dt.date, following: dt.date) -> list[Sealed]:
    rows = Commitment.objects.filter(village=village, signed_on__gte=first, signed_on__lt=following)
    related = rows.select_related("taken_by", "request__edition_item", "request__certificate_type")
    return [
        Sealed(
            one.signed_on,
            _PROMISE,
            one.number,
            one.serial,
            one.request.subject,
            one.request.matter,
            masked_name(one.holder),
            one.taken_by.full_name,
            note=one.get_status_display() if one.status == PromiseStatus.WITHDRAWN else "",
        )
        for one in related
    ]
