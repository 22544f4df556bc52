"""Residents' personal data: kept apart, masked unless asked for with a reason, removed in time."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from catalogs.authority import require
from catalogs.errors import BadInput
from requests_app.encryption import keyed_hash, masked_name, masked_number
from requests_app.models import Access, CertificateRequest, FactCheck, RequestStatus, Resident

UNMASK = "requests_app.unmask_resident"


@dataclass(frozen=True, slots=True)
class Person:
    """What a resident says of themselves, as typed."""

    name: str = ""
    id_number: str = ""
    phone: str = ""
    address: str = ""


def checked(person: Person, *, needs_id_number: bool) -> Person:
    """The person with tidy fields. Raises BadInput naming the field that is wrong and how to mend it.

    An ID number is checked by its length, birthday and check digit (GB 11643).
    """
    number = "".join(person.id_number.split()).upper()
    if not person.name.strip():
        raise BadInput("请填写申请人姓名。")
    if needs_id_number and not number:
        raise BadInput("这项证明须填写申请人的公民身份号码。")
    if number and not is_id_number(number):
        raise BadInput("公民身份号码不正确：应为18位，请对照身份证逐位核对。")
    phone = "".join(ch for ch in person.phone if ch not in " -")
    if phone and not (phone.isdigit() and 7 <= len(phone) <= 12):
        raise BadInput("联系电话应为7至12位数字，请核对。")
    return Person(person.name.strip(), number, phone, person.address.strip())


def is_id_number(number: str) -> bool:
    """Whether an ID number can be right (GB 11643).

    Not ``ric.is_valid``: it also wants the region's code to have been in use in the year of birth,
    but numbers were given out decades later, under the codes of that day.
    """
    try:
        born = ric.get_birth_date(number) if len(number) == 18 and number[:17].isdecimal() else None
    except ValidationError:
        return False
    return born is not None and born <= timezone.localdate() and number[-1] == ric.calc_check_digit(number)


def keep(request: CertificateRequest, person: Person, keep_until: dt.date) -> Resident:
    """Store who asked, encrypted, until the day it is to be removed."""
    return Resident.objects.create(
        request=request,
        name=person.name,
        id_number=person.id_number,
        phone=person.phone,
        address=person.address,
        id_hash=keyed_hash(person.id_number),
        keep_until=keep_until,
    )


def complete(resident: Resident, id_number: str, until: dt.date) -> Resident:
    """Add the ID number to who asked without one, and keep the data at least until a day.

    Raises BadInput for a number that is missing or cannot be right.
    """
    if not resident.id_hash:
        number = checked(Person(resident.name, id_number), needs_id_number=True).id_number
        resident.id_number, resident.id_hash = number, keyed_hash(number)
    resident.keep_until = max(resident.keep_until, until)
    resident.save(update_fields=["id_number", "id_hash", "keep_until"])
    return resident


def of(request: CertificateRequest) -> Resident | None:
    """The resident of a request; None where nobody was named or the data has been removed."""
    return Resident.objects.filter(request=request).first()


def masked(resident: Resident | None) -> Person:
    """What a page may show of a resident."""
    if resident is None:
        return Person()
    address = resident.address[:6] + "…" if len(resident.address) > 6 else resident.address
    return Person(
        masked_name(resident.name), masked_number(resident.id_number), masked_number(resident.phone), address
    )


def reveal(*, actor: Any, request_id: int, reason: str) -> Person:
    """A resident's whole data, for a reason that is recorded with who looked and when.

    Raises BadInput without a reason or when the data has been removed, NotAllowed outside the
    actor's scope.
    """
    with transaction.atomic():
        request = CertificateRequest.objects.select_related("village").get(pk=request_id)
        require(actor, UNMASK, request.village)
        if not reason.strip():
            raise BadInput("请写明查看完整信息的理由。")
        resident = of(request)
        if resident is None:
            raise BadInput("申请人信息未登记，或者保存期已满、已经清除。")
        Access.objects.create(
            request=request, kind=Access.Kind.UNMASKED, by=actor, reason=reason.strip()[:300]
        )
        return Person(resident.name, resident.id_number, resident.phone, resident.address)


def requests_of(actor: Any, id_number: str) -> Any:
    """The requests of one person within the actor's scope, found without decrypting anything."""
    wanted = keyed_hash(id_number)
    if not wanted:
        return CertificateRequest.objects.none()
    return CertificateRequest.objects.visible_to(actor).filter(resident__id_hash=wanted)


def export(*, actor: Any, id_number: str, reason: str) -> dict[str, Any]:
    """All that is kept about one person in the actor's scope, for that person; recorded for each request.

    Raises BadInput without a reason or when nothing is kept.
    """
    if not reason.strip():
        raise BadInput("请写明导出的理由，例如“本人申请查阅”。")
    with transaction.atomic():
        found = list(requests_of(actor, id_number).select_related("resident", "village", "edition_item"))
        if not found:
            raise BadInput("没有查到这个公民身份号码的办理记录，请核对号码。")
        for request in found:
            require(actor, UNMASK, request.village)
            Access.objects.create(
                request=request, kind=Access.Kind.EXPORTED, by=actor, reason=reason.strip()[:300]
            )
        return {"requests": [_all_of(request) for request in found]}


def _all_of(request: CertificateRequest) -> dict[str, Any]:
    resident = request.resident
    return {
        "村（社区）": request.village.name,
        "证明": request.subject,
        "办理事项": request.matter,
        "索要单位": request.demander,
        "状态": request.get_status_display(),
        "登记时间": request.created_at.isoformat(),
        "姓名": resident.name,
        "公民身份号码": resident.id_number,
        "电话": resident.phone,
        "住址": resident.address,
        "填写内容": resident.answers,
        "证明正文": resident.paper,
        "核实记录": [
            {"方式": one.get_method_display(), "情况": one.note} for one in request.fact_checks.all()
        ],
        "保存至": resident.keep_until.isoformat(),
    }


def purge(on: dt.date) -> int:
    """Remove what is due: who asked, what was written about them, their files. Returns how many.

    The request, its outcome and number stay; they name nobody. An open request is not touched.
    """
    count = 0
    for key in _due(on):
        with transaction.atomic():
            request = CertificateRequest.objects.select_for_update().get(pk=key)
            if not Resident.objects.filter(pk=key, keep_until__lte=on).exists():
                continue
            for check in FactCheck.objects.filter(request=request):
                if check.file:
                    name, storage = check.file.name, check.file.storage
                    transaction.on_commit(lambda name=name, storage=storage: storage.delete(name))  # type: ignore[misc]
            FactCheck.objects.filter(request=request).update(note="")
            Resident.objects.filter(pk=key).delete()
            Access.objects.create(request=request, kind=Access.Kind.PURGED, by=None, reason="保存期满")
            count += 1
    return count


def _due(on: dt.date) -> Iterator[int]:
    due = Resident.objects.filter(keep_until__lte=on).exclude(request__status=RequestStatus.OPEN)
    yield from due.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1000)


def reencrypt() -> int:
    """Encrypt everything with the newest key, after a key was put in front; returns how many rows."""
    count = 0
    for model in (Resident, FactCheck):
        names = [one.name for one in model._meta.get_fields() if type(one).__name__.startswith("Encrypted")]
        for row in model.objects.order_by("pk").only("pk", *names).iterator(chunk_size=500):
            # Reading decrypted it and writing encrypts it; the content is the same, so it is no change.
            model.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in names})
            count += 1
    return count
