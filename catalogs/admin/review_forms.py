"""What the reviewer's page sends."""

from django import forms
from django.http import QueryDict

from catalogs.models import Decision
from catalogs.review import RowChoice


class DecisionForm(forms.Form):
    """The bar above the table that sets many rows at once."""

    bulk_decision = forms.ChoiceField(
        label="选中的行", choices=[("", "请选择"), *Decision.choices[1:]], required=False
    )
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
    approval_document_no = forms.CharField(
        label="批准文号", max_length=100, help_text="自治区人民政府批准文件的文号。"
    )
    approved_on = forms.DateField(
        label="批准日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    effective_from = forms.DateField(
        label="生效日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="自该日零时起，村（居）查询按新一版作答。",
    )


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
        decision = post.get(f"decision-{key}", Decision.UNDECIDED)
        reason = post.get(f"reason-{key}", "").strip().replace("\r\n", "\n")
        was = (post.get(f"was-{key}", ""), post.get(f"was-reason-{key}", "").replace("\r\n", "\n"))
        if key in selected:
            decision, reason = bulk, bulk_reason or reason
        elif (decision, reason) == was:
            continue
        choices.append(RowChoice(int(key), int(post.get(f"revision-{key}", "")), decision, reason))
    return choices
