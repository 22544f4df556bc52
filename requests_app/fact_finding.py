"""How the committee knows that what it certifies is true, and what residents said of it (二(三) 据实出具)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from audit.records import create_recorded, save_recorded
from catalogs.errors import BadInput, WrongState
from divisions.models import Division
from divisions.models import Kind as DivisionKind
from requests_app import handling
from requests_app.files import attached
from requests_app.models import CertificateRequest, Deliberation, FactCheck
from requests_app.residents import printable

_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK"
# What a file of each kind begins with; a text renamed to .jpg is no evidence.
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "jpg": (b"\xff\xd8",),
    "jpeg": (b"\xff\xd8",),
    "png": (b"\x89PNG",),
    "pdf": (b"%PDF",),
    "doc": (_OLE, _ZIP, b"{\\rtf"),
    "docx": (_ZIP,),
    "wps": (_OLE, _ZIP),
}
FILE_TYPES = tuple(_BEGINNINGS)
MEETING_HOLDS = dt.timedelta(days=366)  # what was agreed on longer ago is discussed again
FILE_LIMIT = 10 * 1024 * 1024  # bytes


def record_fact(
    *,
    actor: Any,
    request_id: int,
    method: str,
    note: str = "",
    is_confirmed: bool = True,
    file: File | None = None,
) -> FactCheck:
    """Write down how the committee knows: no certificate is issued without it (二(三) 据实出具).

    What was found untrue is found true only by looking again, and saying what was seen. Raises
    BadInput for an unknown way, or where it was looked into but not said what was found; WrongState
    for what is not issued anyway: nothing about a person is written down for that.
    """
    if method not in FactCheck.Method.values:
        raise BadInput("请选择核实方式。")
    seen = printable(note).strip()
    if not seen and (method != FactCheck.Method.KNOWN or not is_confirmed):
        raise BadInput("请写明核实情况，例如看了哪些证件、问了谁、看到什么。")
    check = FactCheck(method=method, note=seen, is_confirmed=is_confirmed)
    check.checked_by, check.checked_at = actor, timezone.now()
    if file is not None:
        check.file_name = f"核实附件.{extension_of(file)}"
    with attached(check.file, file), transaction.atomic():
        check.request = _request_on_the_list(actor, request_id)
        last = check.request.fact_checks.order_by("pk").last()
        if is_confirmed and last and not last.is_confirmed and method == FactCheck.Method.KNOWN:
            raise BadInput(
                "上一次核实认为情况不属实。改为属实的，应当重新核实：走访、询问、核对证件或者查询数据。"
            )
        create_recorded(FactCheck, [check], actor=actor, reason="记录核实情况")
        return check


def record_deliberation(
    *,
    actor: Any,
    request_id: int,
    held_on: dt.date,
    form: str,
    entitled: int,
    present: int,
    in_favour: int,
    head: str,
    signed_on: dt.date | None,
    minutes: File | None,
) -> Deliberation:
    """Record that residents discussed it, and the head's signature (二(三): 居民讨论同意并经负责人签字).

    The signature may follow alone. A later meeting, or a mistake in what was written, is recorded
    with its minutes; the history keeps what stood before, and the minutes until all is purged.
    Residents who did not agree are only overruled by residents: at a later meeting. Raises BadInput
    for counts or dates that cannot be and without the minutes, WrongState once it is agreed and signed.
    """
    if not 0 < present <= entitled:
        raise BadInput("实到人数应大于0且不超过应到人数。")
    if not 0 <= in_favour <= present:
        raise BadInput("同意人数不能超过实到人数。")
    if held_on > timezone.localdate() or (signed_on and not held_on <= signed_on <= timezone.localdate()):
        raise BadInput("议事日期、签字日期不能晚于今天，签字不能早于议事。")
    if held_on < timezone.localdate() - MEETING_HOLDS:
        raise BadInput("议事日期已过去一年以上，请核对日期；确为一年前的会议，应重新议事。")
    signed_by = printable(head).strip()
    if bool(signed_by) != bool(signed_on):
        raise BadInput("负责人签字应同时写明姓名和签字日期。")
    met = {
        "held_on": held_on,
        "form": printable(form).strip() or "居民（村民）代表会议",
        "entitled": entitled,
        "present": present,
        "in_favour": in_favour,
        "result": Deliberation.Result.AGREED if in_favour * 2 > present else Deliberation.Result.REFUSED,
    }
    uploaded = Deliberation()
    if minutes is not None:
        uploaded.minutes_name = f"会议记录.{extension_of(minutes)}"
    with attached(uploaded.minutes, minutes), transaction.atomic():
        request = _request_on_the_list(actor, request_id)
        _check_quorum(request.village, str(met["form"]), entitled, present)
        meeting = Deliberation.objects.filter(request=request).first() or Deliberation(request=request)
        _check_meeting(meeting, met, has_minutes=minutes is not None)
        for name, value in met.items():
            setattr(meeting, name, value)
        meeting.head, meeting.signed_on = signed_by, signed_on
        meeting.recorded_by, meeting.recorded_at = actor, timezone.now()
        if minutes is not None:
            meeting.minutes, meeting.minutes_name = uploaded.minutes.name, uploaded.minutes_name
        save_recorded(meeting, actor=actor, reason="记录议事协商")
        return meeting


def _check_quorum(village: Division, form: str, entitled: int, present: int) -> None:
    """Fewer cannot decide: two thirds of the villagers' representatives, else more than half.

    《村民委员会组织法》第二十二条、第二十五条；《城市居民委员会组织法》第十条.
    """
    of_villagers = village.kind != DivisionKind.RESIDENTS_COMMITTEE
    if of_villagers and "代表" in form:
        if present * 3 < entitled * 2:
            raise BadInput("村民代表会议应有三分之二以上的人员到会，不够的不能作出决定，请另行召集。")
    elif present * 2 <= entitled:
        raise BadInput("到会人数应超过应到人数的一半，不够的不能作出决定，请另行召集。")


def _check_meeting(known: Deliberation, met: Mapping[str, Any], *, has_minutes: bool) -> None:
    """May this stand in place of what is recorded?"""
    if not known.pk:
        if not has_minutes:
            raise BadInput("请上传会议记录（照片或者文档）。")
        return
    if known.is_complete:
        raise WrongState("议事协商已经记录并签字，不能再改。")
    if has_minutes:
        refused = known.history.filter(result=known.Result.REFUSED).aggregate(last=Max("held_on"))["last"]
        if refused and met["result"] == known.Result.AGREED and met["held_on"] <= refused:
            raise BadInput("居民已经议定不同意。再次议事同意的，议事日期应晚于上一次。")
    elif any(getattr(known, name) != value for name, value in met.items()):
        raise BadInput("只补签字的，其他内容照原来记录的填写；议事情况有变化的，请上传这次会议的记录。")


def _request_on_the_list(actor: Any, request_id: int) -> CertificateRequest:
    request = handling.open_request(actor, request_id)
    if request.edition_item is None:
        raise WrongState("这项证明不在保留清单上，不用核实，请出具告知单。")
    return request


def extension_of(file: Any) -> str:
    """The extension of an attached file.

    Raises BadInput for a kind or size that is not taken, or a content that is of no such kind.
    """
    name = str(file.name or "")
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension not in FILE_TYPES:
        raise BadInput(f"附件应为{'、'.join(FILE_TYPES)}文件，请另存后再上传。")
    if file.size > FILE_LIMIT:
        raise BadInput("附件超过10 MB，请压缩图片后再上传。")
    file.seek(0)
    if not file.read(8).startswith(_BEGINNINGS[extension]):
        raise BadInput(f"附件的内容不是{extension}文件，可能只改了文件名，请重新拍照或者另存后再上传。")
    file.seek(0)
    return extension
