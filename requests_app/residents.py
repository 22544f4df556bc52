"""Residents' personal data: kept apart, masked unless asked for with a reason, removed in time."""

import datetime as dt
import difflib
import logging
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import astuple, dataclass
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from catalogs.authority import require
from catalogs.errors import BadInput
from catalogs.matching import MARK, redacted
from catalogs.matching.redact import plain
from requests_app.encryption import keyed_hash, masked_address, masked_name, masked_number
from requests_app.files import attachments
from requests_app.models import (
    Access,
    CertificateRequest,
    Commitment,
    Deliberation,
    FactCheck,
    PromiseStatus,
    RequestStatus,
    Resident,
)

MOST_OF_NAME, MOST_OF_ADDRESS = 60, 200  # characters
UNMASK = "requests_app.unmask_resident"
_BATCH = 200  # rows locked at once while everything is encrypted anew
# Control, formatting and unpaired characters. Private ones stay: rare characters of names are among them.
_UNPRINTED = {"Cc", "Cf", "Cs"}
_EMOJI = re.compile("[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Person:
    """What a resident says of themselves, as typed."""

    name: str = ""
    id_number: str = ""
    phone: str = ""
    address: str = ""


def checked(person: Person, *, needs: Collection[str] = ()) -> Person:
    """The person with tidy fields. Raises BadInput naming the field that is wrong and how to mend it.

    ``needs`` are the fields besides the name that may not be empty. An ID number is checked by its
    length, birthday and check digit (GB 11643).
    """
    person = Person(*(printable(unicodedata.normalize("NFKC", one)).strip() for one in astuple(person)))
    name = re.sub(r"[•・･‧∙]", "·", person.name)
    number = tidy_number(person.id_number)
    if not name:
        raise BadInput("请填写申请人姓名。")
    if not all(one.isalpha() or one in "· .'-" or unicodedata.category(one) == "Co" for one in name):
        raise BadInput("申请人姓名只能有汉字、字母和间隔号“·”，请照身份证填写。")
    for label, text, most in (("申请人姓名", name, MOST_OF_NAME), ("住址", person.address, MOST_OF_ADDRESS)):
        if len(text) > most:
            raise BadInput(f"{label}最多{most}字，现有{len(text)}字，请核对。")
    if "id_number" in needs and not number:
        raise BadInput("这项证明须填写申请人的公民身份号码。")
    for field, label in (("address", "住址"), ("phone", "联系电话")):
        if field in needs and not getattr(person, field):
            raise BadInput(f"这项证明写有{label}，请填写申请人的{label}。")
    if number and (wrong := wrong_number(number)):
        raise BadInput(wrong)
    phone = "".join(ch for ch in person.phone if ch not in " -")
    if phone and not (phone.isdigit() and 7 <= len(phone) <= 12):
        raise BadInput("联系电话应为7至12位数字，请核对。")
    return Person(name, number, phone, person.address)


def tidy_number(text: str) -> str:
    """An ID number as typed, with plain digits and a capital X."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def wrong_number(number: str) -> str:
    """What is wrong with a tidy ID number, in Chinese; "" where it can be right."""
    if len(number) != 18:
        return f"公民身份号码应为18位，现有{len(number)}位，请对照身份证核对。"
    if not is_id_number(number):
        return "公民身份号码不正确，请对照身份证逐位核对（共18位，最后一位可能是X）。"
    return ""


def is_id_number(number: str) -> bool:
    """Whether an ID number can be right (GB 11643).

    Not ``ric.is_valid``: it also wants the region's code to have been in use in the year of birth,
    but numbers were given out decades later, under the codes of that day.
    """
    try:
        is_shaped = len(number) == 18 and number.isascii() and number[:17].isdecimal()
        born = ric.get_birth_date(number) if is_shaped else None
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
        number = checked(Person(resident.name, id_number), needs={"id_number"}).id_number
        resident.id_number, resident.id_hash = number, keyed_hash(number)
    resident.keep_until = max(resident.keep_until, until)
    resident.save(update_fields=["id_number", "id_hash", "keep_until"])
    return resident


def of(request: CertificateRequest) -> Resident | None:
    """The resident of a request; None where nobody was named or the data has been removed."""
    return Resident.objects.filter(request=request).first()


def doubts(request: CertificateRequest) -> list[str]:
    """What the window should look at again after registering somebody, in Chinese.

    The village's own requests under the same ID number: another name, or the same matter still open.
    """
    resident = of(request)
    if resident is None or not resident.id_hash:
        return []
    others = Resident.objects.filter(id_hash=resident.id_hash, request__village=request.village_id)
    known = list(others.exclude(pk=resident.pk).select_related("request").order_by("-pk")[:50])
    found = []
    names = {masked_name(one.name) for one in known if one.name != resident.name}
    if names:
        found.append(
            f"这个号码以前登记的姓名是{'、'.join(sorted(names))}，与这次不同，请对照身份证核对。"
            "登记有误的，请撤回后重新登记。"
        )
    same = [one for one in known if one.request.status == RequestStatus.OPEN]
    same = [one for one in same if one.request.edition_item_id == request.edition_item_id]
    if same:
        found.append(f"同一号码、同一事项已有一件办理中（第{same[0].pk}号），请核对是否重复登记。")
    return found


def masked(resident: Resident | None) -> Person:
    """What a page may show of a resident."""
    if resident is None:
        return Person()
    return Person(
        masked_name(resident.name),
        masked_number(resident.id_number),
        masked_number(resident.phone),
        masked_address(resident.address),
    )


def printable(text: str) -> str:
    """Text without what no paper can show (control characters, emoji); lines and signs like ㎡ stay."""
    return _EMOJI.sub("", "".join(one for one in text if one == "\n" or _is_shown(one)))


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in _UNPRINTED


def unnamed(text: str, person: Person | Resident | None) -> str:
    """A text about a request, for all to read, without what would say whose it is.

    What is known of the person is taken out word for word, what looks like somebody's name or
    number by its shape (``redacted``).
    """
    said = printable(text)
    if person is not None:
        for secret in (person.id_number, person.phone, person.address, person.name):
            if len(secret.strip()) > 1:
                said = said.replace(secret.strip(), MARK)
    return redacted(said.strip())


def said(text: str, person: Person | Resident | None, missing: str, *, most: int = 500) -> str:
    """What somebody gave as a reason or a finding, ``unnamed``, at most so many characters.

    Raises BadInput with ``missing`` where it says nothing: no two letters or characters.
    """
    kept = unnamed(text, person)[:most]
    if sum(one.isalpha() for one in kept) < 2:
        raise BadInput(missing)
    return kept


def plainly_said(text: str, person: Person | Resident | None, missing: str, *, most: int = 500) -> str:
    """What is printed on a paper as it was typed: a name or number in it is pointed out, not replaced.

    Raises BadInput with what stands in it, or like ``said``.
    """
    kept = said(text, person, missing, most=most)
    typed = plain(printable(text).strip())[:most]
    if kept != typed:
        raise BadInput(f"文字中有姓名、号码等个人信息，请改写后再提交：{_replaced(typed, kept)}")
    return kept


def _replaced(typed: str, kept: str) -> str:
    """The passages of a text that were taken out of it, for whoever has to write it anew."""
    parts = difflib.SequenceMatcher(None, typed, kept, autojunk=False).get_opcodes()
    return "、".join(
        f"“{typed[start:end]}”" for tag, start, end, *_ in parts if tag != "equal" and end > start
    )


def reveal(*, actor: Any, request_id: int, reason: str) -> Person:
    """A resident's whole data, for a reason that is recorded with who looked and when.

    Raises BadInput without a reason or when the data has been removed, NotAllowed outside the
    actor's scope.
    """
    with transaction.atomic():
        request = CertificateRequest.objects.select_related("village").get(pk=request_id)
        require(actor, UNMASK, request.village)
        return shown(actor=actor, request=request, reason=reason)


def shown(*, actor: Any, request: CertificateRequest, reason: str) -> Person:
    """A resident's whole data, recorded, for a verb that has seen to the actor's right.

    Raises BadInput without a reason or when the data has been removed.
    """
    with transaction.atomic():
        resident = of(request)
        why = said(reason, resident, "请写明查看完整信息的理由，例如“核查承诺”。", most=300)
        if resident is None:
            raise BadInput("申请人信息未登记，或者保存期已满、已经清除。")
        Access.objects.create(request=request, kind=Access.Kind.UNMASKED, by=actor, reason=why)
        return Person(resident.name, resident.id_number, resident.phone, resident.address)


def record_look(*, actor: Any, request: CertificateRequest, reason: str) -> None:
    """Write down that somebody of the window is shown what is kept about a resident."""
    require(actor, UNMASK, request.village)
    Access.objects.create(request=request, kind=Access.Kind.UNMASKED, by=actor, reason=reason)


def purge(on: dt.date) -> int:
    """Remove what is due: who asked, what was written about them, their files. Returns how many.

    The request, its outcome and number stay; they name nobody. An open request is not touched. One
    that fails is logged and left for the next day.
    """
    count = 0
    for key in _due(on):
        try:
            count += _purge_one(key, on)
        except (OSError, DatabaseError):
            log.exception("personal data of request %s not removed", key)
    _forget_promises()
    return count


def _purge_one(key: int, on: dt.date) -> bool:
    with transaction.atomic():
        request = CertificateRequest.objects.select_for_update().get(pk=key)
        if not Resident.objects.filter(pk=key, keep_until__lte=on).exists():
            return False
        # Before the commit: if this fails or is cut off, the rows are due again tomorrow.
        for name in _files_of(request):
            attachments().delete(name)
        FactCheck.objects.filter(request=request).update(note="")
        Resident.objects.filter(pk=key).delete()
        Access.objects.create(request=request, kind=Access.Kind.PURGED, by=None, reason="保存期满")
        return True


def _due(on: dt.date) -> Iterator[int]:
    due = Resident.objects.filter(keep_until__lte=on).exclude(request__status=RequestStatus.OPEN)
    yield from due.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1000)


def _files_of(request: CertificateRequest) -> Iterator[str]:
    """What was attached to a request: to the checks of its facts, and the minutes of its meetings.

    Those that stood there before are in the history.
    """
    yield from FactCheck.objects.filter(request=request).exclude(file="").values_list("file", flat=True)
    minutes = Deliberation.history.filter(request=request).exclude(minutes="")
    yield from minutes.order_by().values_list("minutes", flat=True).distinct()


def _forget_promises() -> None:
    """Nobody needs to find who promised any more; only a false promise is remembered until repaired."""
    remembered = Q(status=PromiseStatus.FALSE, repaired_on=None)
    over = Commitment.objects.filter(request__resident=None).exclude(id_hash="").exclude(remembered)
    over.update(id_hash="")


def reencrypt() -> int:
    """Encrypt everything with the newest key, after a key was put in front, while work goes on.

    Returns how many rows and files there were.
    """
    return sum(_reencrypt_rows(model) for model in (Resident, FactCheck)) + _reencrypt_files()


def _reencrypt_rows(model: Any) -> int:
    names = [one.name for one in model._meta.get_fields() if type(one).__name__.startswith("Encrypted")]
    count, last = 0, 0
    while True:
        with transaction.atomic():
            # Read under the lock: a row read earlier could bring back what was written or removed since.
            locked = model.objects.select_for_update().filter(pk__gt=last).order_by("pk")
            rows = list(locked.only("pk", *names)[:_BATCH])
            for row in rows:
                # Reading decrypted it and writing encrypts it; the content is the same: no change.
                model.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in names})
        if not rows:
            return count
        count, last = count + len(rows), rows[-1].pk


def _reencrypt_files() -> int:
    keys = set(FactCheck.objects.exclude(file="").values_list("request", flat=True))
    keys.update(Deliberation.objects.values_list("request", flat=True))
    files, count = attachments(), 0
    for key in sorted(keys):
        with transaction.atomic():  # the purge locks the request, too, before it deletes
            request = CertificateRequest.objects.select_for_update().get(pk=key)
            for name in _files_of(request):
                if files.exists(name):
                    files.reencrypt(name)
                    count += 1
    return count
