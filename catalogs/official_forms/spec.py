"""The two forms, as far as reading them goes: their columns, what clerks call these, their titles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from catalogs.official_forms.form import FIELDS, SURVEY_FIELDS
from catalogs.official_forms.wire import FormKind

SERIAL = "serial"
REGION = "region"


@dataclass(frozen=True, slots=True)
class Spec:
    """One official form.

    ``fields`` are the required columns with their official labels, ``headings`` what a heading
    may be for each column (white space, brackets and words that join are taken out before; the
    first column that fits has it), ``title_mark`` what follows the place in the title.
    """

    kind: FormKind
    number: str
    name: str
    fields: Mapping[str, str]
    headings: Mapping[str, re.Pattern[str]]
    title_mark: str
    max_rows: int
    has_regions: bool

    def label(self, field: str) -> str:
        """The official heading of a column, without what it says in brackets."""
        return self.fields[field].split("（")[0]

    def labels(self, fields: tuple[str, ...]) -> str:
        """Official headings in quotes: “证明用途”、“证明索要单位”."""
        return "、".join(f"“{self.label(field)}”" for field in fields)


_SERIAL = "序号?|序列号?|编号|项号|行号|项目序号|no"
_COMMITTEE = "(?:基层群众性自治组织|村居?民?委员?会|居民?委员?会|村居|村社区|社区)?"
_CERTIFICATE = (
    f"{_COMMITTEE}(?:拟保留|保留|现有|所需|需要?|出具|开具)*"
    "证明(?:材料|事项|文件|项目|种类|类别|类型|名目)?(?:名称|全称)?"
    "|材料名称|名称"
)
_BASIS = (
    "(?=.*(?:依据|法律法规))"
    "(?:法律|法规|规章|政策|文件|设定|设立|出具|开具|保留|办理|证明|相关|有关|法定|上位法|名称|文号|条款|条文|内容"
    "|具体|规定|依据|需明确到具体条款内容)+"
)
_PURPOSE = "(?:证明|具体|使用|开具|出具|主要)*(?:用途|作用|目的)(?:说明)?"
_MATTER = (
    "(?:涉及?|对应|所涉|相关)?(?:申请|用证|办理|所办|办事|办|何种|政务服务|服务|行政|审批)*事项(?:名称)?"
    "|(?:涉及?|办理)?(?:业务)(?:名称|事项)?|办事(?:项目)?(?:名称)?"
)
_ASKER = (
    "(?:证明)?(?:材料)?(?:索要|要求|需求|需要|使用|用证|索证|索取|要证|接收)(?:提供|出具|开具)?(?:证明)?(?:材料)?"
    "(?:单位|部门|机构|机关)(?:单位|部门|名称)?"
)
_NEED = (
    "(?:保留|出具|开具|存在|设定)?必要性(?:说明|分析|论证|意见|建议|评估|理由)*"
    "|(?:是否|有无|有没有)有?必要性?(?:保留|说明|理由)*"
)
_PLACE = (
    "县|市|[市县区旗]{2,3}|(?:所属|所在|填报)?(?:地区|区域|区划|辖区|县|县区|市县|县市区)(?:名称)?"
    "|行政区[划域]|乡镇(?:街道)?|填报单位|单位名称|填报地"
)


def _compiled(**headings: str) -> Mapping[str, re.Pattern[str]]:
    return MappingProxyType(
        {field: re.compile(pattern, re.IGNORECASE) for field, pattern in headings.items()}
    )


ANNEX3 = Spec(
    kind="annex3",
    number="附件3",
    name="拟保留清单",
    fields=FIELDS,
    headings=_compiled(
        serial=_SERIAL,
        name=_CERTIFICATE,
        matter=_MATTER,
        legal_basis=_BASIS,
        purpose=_PURPOSE,
        requesting_unit=_ASKER,
    ),
    title_mark="保留",
    max_rows=20_000,
    has_regions=False,
)
ANNEX2 = Spec(
    kind="annex2",
    number="附件2",
    name="现有证明事项统计表",
    fields=SURVEY_FIELDS,
    headings=_compiled(
        serial=_SERIAL,
        region=_PLACE,
        name=f"{_CERTIFICATE}|事项名称",
        basis=_BASIS,
        department=f"{_ASKER}|(?:行业|涉及?|业务)?(?:主管)?部门(?:名称)?",
        purpose=f"{_PURPOSE}|(?:用于)?{_MATTER}",
        necessity=_NEED,
    ),
    title_mark="现有",
    max_rows=200_000,
    has_regions=True,
)
SPECS: Mapping[str, Spec] = MappingProxyType({"annex2": ANNEX2, "annex3": ANNEX3})
