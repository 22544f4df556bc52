"""What the reviewer's pages send."""

from typing import Any

from django import forms
from django.http import QueryDict

from catalogs.findings import FIELD_LABELS
from catalogs.models import Decision, RejectCode
from catalogs.row_choices import RowChoice

DECISIONS = [
    (Decision.KEEP, "予以保留"),
    (Decision.REJECT, "不予保留"),
    (Decision.RETURN, "退回修改"),
]
# A sentence to begin with for each reason code; the reviewer adds what is particular to the row.
REASON_TEMPLATES: dict[str, str] = {
    RejectCode.NO_BASIS: "没有法律法规依据，原则上不再出具。",
    RejectCode.REPEALED: "所列依据已废止或失效，请核对现行规定。",
    RejectCode.NOT_DUTY: "不属于村（居）民委员会的职责范围，村（居）民委员会无法核实。",
    RejectCode.BANNED: "属于不应由基层群众性自治组织出具证明事项清单所列事项。",
    RejectCode.SHAREABLE: "可由索要单位通过信息共享或者部门间核验取得，不再要求提供证明。",
    RejectCode.PROMISE: "可由申请人书面承诺代替，按照告知承诺制办理。",
    RejectCode.OTHER_BODY: "应由有关主管部门出具。",
    RejectCode.DUPLICATE: "与本清单其他事项重复，予以合并。",
    RejectCode.UNNECESSARY: "没有必要或者不合理，索要单位可凭有效证照办理。",
    RejectCode.REFUSED: "自治区人民政府未予批准。",
    RejectCode.OTHER: "",
}


def _codes() -> list[tuple[str, str]]:
    return [("", "选择原因"), *RejectCode.choices]


class DecisionForm(forms.Form):
    """The bar above the table that sets many rows at once."""

    bulk_decision = forms.ChoiceField(label="选中的行", choices=[("", "请选择"), *DECISIONS], required=False)
    bulk_code = forms.ChoiceField(label="不予保留原因", choices=_codes, required=False)
    bulk_reason = forms.CharField(label="理由", required=False, max_length=2000)


class ReturnForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label="退回意见",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明哪些行、哪些栏目需要怎样修改，填报市将在工作台看到。",
    )


class PublishForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    effective_from = forms.DateField(
        label="生效日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="自该日零时起，村（居）查询按新一版作答。",
    )


class SendForm(forms.Form):
    """The joint review's date; the pairs of rows and departments are read from the table."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    due_on = forms.DateField(
        label="反馈截止日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="到期未反馈的记为“逾期未反馈”，不视为同意。",
    )


def read_pairs(post: QueryDict) -> set[tuple[int, int]]:
    """The (row, department) pairs that were ticked."""
    pairs = (value.partition("-") for value in post.getlist("send"))
    return {(int(row), int(one)) for row, _, one in pairs if row.isdigit() and one.isdigit()}


def read_choices(post: QueryDict) -> list[RowChoice]:
    """The rows whose choice differs from what the page had shown, plus the rows set in bulk.

    The page sends with every row what it showed (``was-ID``), so that a row the reviewer did not
    touch is not taken for a decision, even if someone else has decided it meanwhile.
    """
    bulk, bulk_reason = post.get("bulk_decision", ""), post.get("bulk_reason", "").strip()
    selected = set(post.getlist("selected")) if bulk else set()
    choices = []
    for key in post.getlist("row"):
        if not key.isdigit() or not post.get(f"revision-{key}", "").isdigit():
            continue
        shown = _texts(post, key, "was-")
        said = _texts(post, key, "")
        if key in selected:
            said = {**said, "decision": bulk, "reason": bulk_reason or said["reason"]}
            said["code"] = post.get("bulk_code", "") or said["code"]
        elif said == shown:
            continue
        choices.append(
            RowChoice(
                int(key),
                int(post.get(f"revision-{key}", "")),
                said["decision"],
                said["reason"],
                said["code"],
                exception_id=int(said["exception"]) if said["exception"].isdigit() else None,
            )
        )
    return choices


def _texts(post: QueryDict, key: str, prefix: str) -> dict[str, str]:
    """Decision, reason, code and exception of a row, as shown (``was-``) or as chosen."""
    default = {"decision": Decision.UNDECIDED.value}
    found: dict[str, str] = {}
    for name in ("decision", "reason", "code", "exception"):
        field = f"{prefix}{name}-{key}" if prefix else f"{name}-{key}"
        found[name] = post.get(field, default.get(name, "")).strip().replace("\r\n", "\n")
    return found


def read_row_choice(post: QueryDict, item_id: int) -> RowChoice:
    """The choice on the page of a single row, where the words can be changed too."""
    amended = {
        field: post.get(f"amended-{field}", "") for field in FIELD_LABELS if f"amended-{field}" in post
    }
    said = _texts(post, str(item_id), "")
    revision = post.get(f"revision-{item_id}", "")
    return RowChoice(
        item_id,
        int(revision) if revision.isdigit() else -1,
        said["decision"],
        said["reason"],
        said["code"],
        amended if said["decision"] == Decision.AMEND else {},
        int(said["exception"]) if said["exception"].isdigit() else None,
    )


def typed_of(choice: RowChoice) -> dict[str, Any]:
    """What a person had chosen, to show it again."""
    return {
        "decision": choice.decision,
        "reason": choice.reason,
        "code": choice.code,
        "exception": choice.exception_id,
        "amended": dict(choice.amended),
    }
