"""What is typed at the window."""

from typing import Any

from django import forms

from catalogs.guides import guide_for
from catalogs.matching import Verdict
from catalogs.models import ServiceGuide
from divisions.models import Division
from requests_app import handling, issuing, refusing, residents
from requests_app.models import (
    CertificateRequest,
    FactCheck,
    PromiseObjection,
    RefusalReason,
    Resident,
)
from requests_app.promising import Said
from requests_app.residents import Person

MOST_PEOPLE = 100_000  # at a meeting; more is a slip of the hand
_OFF: dict[str, str] = {"autocomplete": "off"}


class _Day(forms.DateInput):
    """A day in the browser's own picker, which takes no other format than this."""

    def __init__(self) -> None:
        super().__init__({"type": "date"}, format="%Y-%m-%d")


class ResidentForm(forms.Form):
    """Who asks, and for which row; what no row or guide needs is not asked for."""

    name = forms.CharField(label="申请人姓名", max_length=60, widget=forms.TextInput(_OFF))
    id_number = forms.CharField(
        label="公民身份号码",
        max_length=30,
        widget=forms.TextInput({**_OFF, "spellcheck": "false"}),
        help_text="加密保存，页面上只显示首尾几位。",
    )
    address = forms.CharField(
        label="住址",
        max_length=200,
        widget=forms.TextInput(_OFF),
        help_text="写在证明上，请照户口簿或者实际住处填写。",
    )
    phone = forms.CharField(
        label="联系电话（选填）",
        max_length=20,
        required=False,
        widget=forms.TextInput({**_OFF, "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, verdict: Verdict, village: Division, matter: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = verdict.entries
        self.guides: list[ServiceGuide] = []
        needs: list[set[str]] = []
        for entry in verdict.entries:
            guide = guide_for(entry.type_id, village, verdict.on)
            if guide and guide not in self.guides:
                self.guides.append(guide)
            needs.append(handling.needed_of_person(guide))
        if len(self.entries) > 1 or (self.entries and handling.is_another(matter, self.entries[0])):
            choices = [(str(one.key), f"{one.matter}（{one.requesting_unit}）") for one in verdict.entries]
            self.fields["item"] = forms.ChoiceField(
                label="用于哪一项办理事项", choices=choices, widget=forms.RadioSelect
            )
            self.order_fields(["item"])
        for name in ("id_number", "address"):
            if not any(name in one for one in needs):
                del self.fields[name]
            elif not all(name in one for one in needs):  # it depends on the row: the verb asks for it
                self.fields[name].required = False
        if all("phone" in one for one in needs):
            self.fields["phone"].label, self.fields["phone"].required = "联系电话", True

    def clean_id_number(self) -> str:
        """The number, with what is wrong with it said beside it."""
        number = residents.tidy_number(self.cleaned_data["id_number"])
        if number and (wrong := residents.wrong_number(number)):
            raise forms.ValidationError(wrong)
        return number

    def item_id(self) -> int | None:
        """The row chosen where there is a choice."""
        chosen = self.cleaned_data.get("item")
        return int(chosen) if chosen else None

    def person(self) -> Person:
        """Who asks, as typed."""
        return Person(**{name: self.cleaned_data.get(name, "") for name in Person.__slots__})


class FactForm(forms.Form):
    """How the fact was checked."""

    method = forms.ChoiceField(label="核实方式", choices=FactCheck.Method.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label="核实情况",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3, **_OFF}),
        help_text="看了哪些证件、问了谁、看到什么。只有工作人员直接掌握的可以不写。加密保存，到期清除。",
    )
    is_confirmed = forms.TypedChoiceField(
        label="核实结果",
        choices=[("yes", "情况属实"), ("no", "情况不属实或者无法核实")],
        coerce=lambda said: said == "yes",
        initial="yes",
        widget=forms.RadioSelect,
    )
    file = forms.FileField(label="附件（选填）", required=False, help_text="照片或者文档，不超过10 MB。")


class DeliberationForm(forms.Form):
    """The residents' meeting, and the head's signature."""

    held_on = forms.DateField(label="议事日期", widget=_Day())
    form = forms.CharField(label="议事形式", max_length=60, initial="村（居）民代表会议")
    entitled = forms.IntegerField(label="应到人数", min_value=1, max_value=MOST_PEOPLE)
    present = forms.IntegerField(label="实到人数", min_value=1, max_value=MOST_PEOPLE)
    in_favour = forms.IntegerField(label="同意人数", min_value=0, max_value=MOST_PEOPLE)
    minutes = forms.FileField(
        label="会议记录",
        required=False,
        help_text="照片或者文档，不超过10 MB。只补签字的，不用再上传。",
    )
    head = forms.CharField(label="负责人签字（姓名）", max_length=60, required=False)
    signed_on = forms.DateField(
        label="签字日期",
        required=False,
        widget=_Day(),
        help_text="没有签字的，先不填。",
    )


class IssueForm(forms.Form):
    """The fields of the certificate's form, and the head who answers for it."""

    def __init__(self, *args: Any, request: CertificateRequest, head: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._names: dict[str, str] = {}
        for at, field in enumerate(issuing.fields_of(request)):
            name = f"field{at}"
            self._names[name] = str(field["name"])
            sample = str(field.get("sample", ""))
            self.fields[name] = forms.CharField(
                label=str(field["name"]),
                required=bool(field.get("required")),
                max_length=500,
                help_text=f"例如：{sample}" if sample else "",
                widget=forms.TextInput(_OFF),
            )
        self.fields["head"] = forms.CharField(
            label="负责人",
            max_length=60,
            initial=head,
            help_text="村（居）民委员会负责人，对出具的证明负责。",
        )

    def answers(self) -> dict[str, str]:
        """What was filled in, by the form's own names."""
        return {label: self.cleaned_data.get(name, "") for name, label in self._names.items()}


class RefuseForm(forms.Form):
    """Why a certificate that is on the list is not issued after all."""

    reason = forms.ChoiceField(
        label="不予出具的理由",
        choices=[(one.value, RefusalReason(one).label) for one in refusing.AFTER_LOOKING],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="情况说明",
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text="写在告知单上。不要写姓名和身份证号。",
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label="理由", max_length=300, widget=forms.TextInput(_OFF))


class PersonForm(forms.Form):
    """Whose data is looked for, and why."""

    id_number = forms.CharField(label="公民身份号码", max_length=30, widget=forms.TextInput(_OFF))
    reason = forms.CharField(
        label="导出理由", max_length=300, required=False, help_text="导出时填写，例如：本人申请查阅。"
    )


class VerifyForm(forms.Form):
    """The number and code of a paper."""

    serial = forms.CharField(label="证明编号", max_length=30, widget=forms.TextInput(_OFF))
    code = forms.CharField(
        label="查验码",
        max_length=20,
        widget=forms.TextInput(_OFF),
        help_text="印在证明下方，12个字母和数字。",
    )


class PromiseForm(forms.Form):
    """A promise: the conditions told, who promises, and what the clerk made sure of."""

    conditions = forms.CharField(
        label="须符合的条件",
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text="每行一条，逐条告知申请人。不要写姓名和身份证号。",
    )
    name = forms.CharField(label="申请人姓名", max_length=60, widget=forms.TextInput(_OFF))
    id_number = forms.CharField(label="公民身份号码", max_length=30, widget=forms.TextInput(_OFF))
    demander_accepts = forms.BooleanField(label="索要单位同意用告知承诺代替证明", required=False)
    has_clean_record = forms.BooleanField(label="已核对申请人没有严重不良信用记录", required=False)
    chosen_freely = forms.BooleanField(label="申请人知道可以改交证明材料，自愿选择承诺", required=False)

    def __init__(
        self,
        *args: Any,
        conditions: list[str],
        known: Resident | None,
        needs_consent: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["conditions"].initial = "\n".join(conditions)
        if known is not None:
            del self.fields["name"]
        if known is not None and known.id_hash:
            del self.fields["id_number"]
        if not needs_consent:
            del self.fields["demander_accepts"]

    def person(self) -> Person | None:
        """Who promises, as far as the request does not say."""
        if "id_number" not in self.fields:
            return None
        return Person(self.cleaned_data.get("name", ""), self.cleaned_data["id_number"])

    def said(self) -> Said:
        """What was told and made sure of."""
        told = self.cleaned_data
        return Said(
            tuple(told["conditions"].splitlines()),
            demander_accepts=told.get("demander_accepts", False),
            has_clean_record=told["has_clean_record"],
            chosen_freely=told["chosen_freely"],
        )


class CheckForm(forms.Form):
    """What checking a promise found."""

    is_true = forms.TypedChoiceField(
        label="核查结果",
        choices=[("yes", "属实"), ("no", "不实")],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    finding = forms.CharField(
        label="核查情况",
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text="不要写姓名和身份证号。",
    )


class ObjectionForm(forms.Form):
    """An objection to a finding, or a request for repair."""

    kind = forms.ChoiceField(label="类别", choices=PromiseObjection.Kind.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="理由", max_length=1000, widget=forms.Textarea({"rows": 2}), help_text="不要写姓名和身份证号。"
    )


class AnswerForm(forms.Form):
    """The answer to an objection."""

    is_upheld = forms.TypedChoiceField(
        label="处理结果",
        choices=[("yes", "成立"), ("no", "不成立")],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label="处理说明", max_length=500, widget=forms.Textarea({"rows": 2}))


class BatchForm(forms.Form):
    """The credit platform's acknowledgement."""

    number = forms.CharField(label="回执号", max_length=60)
    on = forms.DateField(label="回执日期", widget=_Day())
