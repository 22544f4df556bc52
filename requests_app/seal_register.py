"""The register of the seal (用印台账): every paper of a month that a village put its seal to.

Certificates and promises bear the seal; a refusal slip has no place for it.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format

from catalogs.official_forms.plain_table import write_table
from divisions.models import Division
from requests_app.models import Commitment, IssuedCertificate, PromiseStatus

COLUMNS = ("编号", "日期", "文书种类", "证明事项", "用途", "申请人", "经办人", "负责人", "备注")
_CERTIFICATE, _PROMISE = "证明", "告知承诺书"


@dataclass(frozen=True, slots=True)
class Sealed:
    """One paper in the register; names masked as everywhere."""

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
    """The papers that a village put its seal to in a month, by date and number."""
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
    rows = IssuedCertificate.objects.filter(village=village, issued_at__gte=begin, issued_at__lt=end)
    return [
        Sealed(
            timezone.localtime(one.issued_at).date(),
            _CERTIFICATE,
            one.number,
            one.printed_number,
            one.name,
            one.matter,
            one.holder,
            one.handler_name,
            one.head,
            _note_of(one, one.printed),
        )
        for one in rows.select_related("issued_by").annotate(printed=Count("copies"))
    ]


def _note_of(certificate: IssuedCertificate, printed: int) -> str:
    """How often it was printed, as each copy is sealed anew; and whether it was revoked."""
    notes = [f"印 {printed} 份"] if printed > 1 else []
    if certificate.revoked_at:
        notes.append(f"已撤销：{certificate.revoke_reason}")
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
            one.holder,
            one.taken_by.full_name,
            note=one.get_status_display() if one.status == PromiseStatus.WITHDRAWN else "",
        )
        for one in related
    ]
