"""What a reviewer chose for a row, and what keeps a choice from being saved (二(二))."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from catalogs.findings import FIELD_LABELS
from catalogs.models import KEPT, BannedException, Decision, Finding, RejectCode, SubmissionItem
from catalogs.noticing import banned_finding
from catalogs.official_forms import tidy


@dataclass(frozen=True, slots=True)
class RowChoice:
    """What a reviewer chose for one row, and the revision of the row that they were looking at.

    ``code`` says why a row is not kept, ``amended`` holds the texts that the province changes
    (field of annex 3 → text), ``exception_id`` the exception that lets a banned name be kept.
    """

    item_id: int
    revision: int
    decision: str
    reason: str = ""
    code: str = ""
    amended: Mapping[str, str] = field(default_factory=dict)
    exception_id: int | None = None


def problems(items: Mapping[int, SubmissionItem], choices: Iterable[RowChoice]) -> dict[str, list[int]]:
    """What keeps choices from being saved: each problem → the numbers of its rows.

    The rules: a rejection has its reason code and text, a row sent back its text, a change its
    words; a kept row whose name is on a banned list names the exception it falls under (附件1); and
    keeping a row against an objection, or after the government refused it, is explained in writing
    (二(二)：审查论证).
    """
    found: dict[str, list[int]] = {}
    exceptions = BannedException.objects.in_bulk(
        [choice.exception_id for choice in choices if choice.exception_id]
    )
    for choice in choices:
        item = items[choice.item_id]
        for problem in _problems(item, choice, exceptions):
            found.setdefault(problem, []).append(item.position)
    return found


def _problems(
    item: SubmissionItem, choice: RowChoice, exceptions: Mapping[int, BannedException]
) -> Iterable[str]:
    reason = choice.reason.strip()
    if choice.decision not in set(Decision) - {Decision.UNDECIDED}:
        yield "填写了理由但没有选择结论，请先选择结论"
        return
    if choice.decision == Decision.REJECT:
        if choice.code not in RejectCode.values:
            yield "选择了“不予保留”，请选择不予保留的原因"
        if not reason:
            yield "选择了“不予保留”，请填写理由"
    if choice.decision == Decision.RETURN and not reason:
        yield "选择了“退回修改”，请写明需要怎样修改"
    if choice.decision not in KEPT:
        return
    if choice.decision == Decision.AMEND:
        yield from _amendment_problems(item, choice)
    if not reason and any(opinion.is_objection for opinion in item.opinions.all()):
        yield "有会审部门不同意，予以保留的，请写明不采纳的理由"
    if not reason and item.refusal:
        yield "政府曾未予批准，再次予以保留的，请写明理由"
    banned = banned_hit(item, choice.amended if choice.decision == Decision.AMEND else {})
    if banned is not None:
        exception = exceptions.get(choice.exception_id or 0)
        if exception is None or exception.item_id != banned:
            yield "属于不应出具事项，只有属于所列例外情形的才能保留，请选择所属的例外情形"


def _amendment_problems(item: SubmissionItem, choice: RowChoice) -> Iterable[str]:
    if set(choice.amended) - set(FIELD_LABELS):
        yield "修改了清单中没有的栏目"
        return
    if all(tidy(text) == getattr(item, name) for name, text in choice.amended.items()):
        yield "选择了“修改后保留”，但没有改动任何文字"
    if "name" in choice.amended and not tidy(choice.amended["name"]):
        yield "证明材料名称不能改为空白"
    if len(choice.amended.get("name", "")) > 500:
        yield "证明材料名称超过500字，请精简"


def banned_hit(item: SubmissionItem, amended: Mapping[str, str]) -> int | None:
    """The id of the banned item that a row is, as it would be kept; None when it is none."""
    if set(amended) & {"name", "matter", "purpose"}:
        texts = {name: amended.get(name, getattr(item, name)) for name in FIELD_LABELS}
        return banned_finding(item.position, texts)
    for finding in item.findings.all():
        if finding.code == Finding.Code.BANNED_EXCEPTION or (
            finding.code == Finding.Code.BANNED_NAME and finding.level == Finding.Level.WARN
        ):
            return finding.banned_item_id
    return None
