"""The form in which a department writes a guide: lists a line each, fields a line each."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator

from audit.lines import Lines
from catalogs.certificate_forms import KNOWN, field_line, problems
from catalogs.guides import CONTENT
from catalogs.models import ServiceGuide

LONGEST_LINE, MOST_LINES = 200, 30
LONGEST_NAME = 30  # of a field of the certificate
# Characters of the texts. Not ``max_length``: a browser would cut what is pasted without a word.
LONGEST = {"applicants": 500, "legal_basis": 2000, "used_for": 500, "template": 2000}


class GuideLines(Lines):
    """A list of a guide; each line is short enough to be read at a window."""

    longest, most = LONGEST_LINE, MOST_LINES


class FieldLines(GuideLines):
    """The form's own fields, a line each: 名称｜必填｜示例."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(field_line(one) for one in value)

    def to_python(self, value: Any) -> Any:
        found = []
        for line in super().to_python(value):
            name, _, rest = line.replace("|", "｜").partition("｜")
            need, _, example = rest.partition("｜")
            if not name.strip():
                raise forms.ValidationError(f"“{line}”没有写名称。每行写：名称｜必填｜示例。")
            if need.strip() not in {"必填", "选填", ""}:
                raise forms.ValidationError(f"“{line}”第二格应为必填或者选填。每行写：名称｜必填｜示例。")
            if len(name.strip()) > LONGEST_NAME:
                raise forms.ValidationError(
                    f"“{name.strip()[:20]}……”的名称有 {len(name.strip())} 字，不超过 {LONGEST_NAME} 字。"
                )
            found.append(
                {"name": name.strip(), "required": need.strip() != "选填", "sample": example.strip()}
            )
        return found


def _number(label: str, low: int, high: int, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=low, max_value=high, help_text=help_text)


class GuideForm(forms.ModelForm):
    """All that a guide says."""

    materials = GuideLines(label="需带材料", help_text="每行一项。")
    steps = GuideLines(label="办理程序", help_text="每行一步。")
    promise_conditions = GuideLines(label="告知承诺的条件", help_text="每行一条；不可用告知承诺的不填。")
    working_days = _number(
        "办结时限（工作日）",
        0,
        365,
        "0 为当场办结（桂民规〔2020〕3号 二(三)：简单证明当场办结、复杂证明限时办结）。",
    )
    valid_days = _number("证明有效期（日）", 1, 3650, "不填的，证明不写有效期。")
    keep_years = _number("个人信息保存年限", 1, 100, "不填的，保存 3 年。")
    fields_ = FieldLines(
        label="证明填写项", help_text="每行一项，写：名称｜必填｜示例。例如：与被继承人关系｜必填｜父子"
    )

    class Meta:
        model = ServiceGuide
        fields = [name for name in CONTENT if name != "fields"]
        widgets = {
            name: forms.Textarea({"rows": rows})
            for name, rows in {"applicants": 2, "legal_basis": 3, "used_for": 2, "template": 6}.items()
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["fields_"] = self.instance.fields
        for one in self.fields.values():
            one.required = False
        self.fields[
            "template"
        ].help_text = f"可用的填写项：{'、'.join(f'｛{name}｝' for name in KNOWN)}，以及上面自列的填写项。"
        order = [name if name != "fields" else "fields_" for name in CONTENT]
        self.order_fields(order)

        for name, most in LONGEST.items():
            self.fields[name].validators.append(
                MaxLengthValidator(most, "不超过 %(limit_value)d 字，现有 %(show_value)d 字。")
            )

    def add_problems(self) -> bool:
        """Say at each field what keeps the guide from being submitted; whether there is anything."""
        for name, text in problems(self.content()):
            self.add_error("fields_" if name == "fields" else name, text)
        return not self.is_valid()

    def content(self) -> dict[str, Any]:
        """What was written, by the names of the verbs."""
        said = {name: self.cleaned_data.get(name) for name in CONTENT if name != "fields"}
        said["working_days"] = said["working_days"] or 0
        said["keep_years"] = said["keep_years"] or 3
        return {**said, "fields": self.cleaned_data["fields_"]}

    def _post_clean(self) -> None:
        """The verb judges the whole; the model's own checks would refuse an unfinished draft."""
