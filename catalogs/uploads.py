"""An uploaded file: kept before anything reads it, then read in a process of its own."""

import hashlib
from typing import Any, Literal, overload

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts.models import Department
from audit.records import save_recorded
from catalogs.authority import require
from catalogs.errors import BadInput, WrongState
from catalogs.models import Round, UploadedForm
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.form import Annex2Form, Annex3Form
from catalogs.official_forms.isolated import WHILE_WAITING, Limits, read_isolated
from catalogs.official_forms.wire import FormKind
from divisions.models import Division


def store_upload(
    *,
    actor: Any,
    permission: str,
    division: Division,
    round: Round,
    form: str,
    name: str,
    file: File,
    department: Department | None = None,
) -> UploadedForm:
    """Keep a file as it arrived, before anything reads it.

    The file's own name is kept as text and never used as a path. Raises NotAllowed or WrongState.
    """
    require(actor, permission, division)
    require_open(round)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    sha256 = digest.hexdigest()
    upload = UploadedForm(
        division=division,
        department=department,
        round=round,
        form=form,
        name=name[-255:],
        sha256=sha256,
        size=file.size,
        uploaded_by=actor,
    )
    file.seek(0)
    upload.file.save(f"{sha256}.upload", file, save=False)
    with transaction.atomic():
        save_recorded(upload, actor=actor, reason="上传文件")
    return upload


@overload
def read_upload(
    upload: UploadedForm, wanted: Literal["annex2"], limits: Limits = WHILE_WAITING
) -> Annex2Form: ...
@overload
def read_upload(
    upload: UploadedForm, wanted: Literal["annex3"], limits: Limits = WHILE_WAITING
) -> Annex3Form: ...
def read_upload(
    upload: UploadedForm, wanted: FormKind, limits: Limits = WHILE_WAITING
) -> Annex2Form | Annex3Form:
    """Read a stored file as the form that is wanted.

    Raises BadInput, with the way to mend it, when the file is too large or cannot be read.
    """
    limit = settings.UPLOAD_LIMIT_BYTES
    if upload.size > limit:
        raise BadInput(
            f"文件大小为 {upload.size / 1048576:.1f} MB，超过上限 {limit / 1048576:.0f} MB。"
            "请删除文件中的图片和多余工作表后重新上传。"
        )
    with upload.file.open("rb") as stored:
        data = stored.read()
    try:
        return read_isolated(data, wanted, limits)
    except UnreadableForm as problem:
        raise BadInput(problem.message) from problem


def record_outcome(upload: UploadedForm, outcome: str, *, actor: Any, message: str = "") -> None:
    """Note on the file what came of reading it."""
    upload.outcome, upload.message = outcome, message
    save_recorded(upload, actor=actor, reason="读取文件", fields=["outcome", "message"])


def require_open(round: Round) -> None:
    """Raise WrongState when the round takes no forms: not yet, no more, or never."""
    if round.kind == Round.Kind.ADJUSTMENT:
        raise WrongState("两次集中编制之间请在“动态调整”页逐项提出建议，不用上传整份清单。")
    if round.opens_on and round.opens_on > timezone.localdate():
        raise WrongState(f"“{round.name}”自{round.opens_on.month}月{round.opens_on.day}日起开放填报。")
    if not round.is_open:
        raise WrongState(f"“{round.name}”已停止填报，如需补报请联系自治区民政厅。")
