"""The form of a certificate in a guide (证明式样): its text, what fills its fields, what is wrong."""

import re
from collections.abc import Mapping
from typing import Any

from catalogs.models import ServiceGuide

BLANK = "______"
# What the portal fills in by itself; the rest are the guide's own fields.
KNOWN = ("姓名", "身份证号", "住址", "电话", "村（居）", "办理事项", "索要单位")
_FIELD = re.compile(r"[{｛]([^{}｛｝]+)[}｝]")
_SAMPLES = {
    "姓名": "某某某",
    "身份证号": "4501**************",
    "住址": "某街道某号",
    "电话": "138********",
    "村（居）": "某某社区",
    "办理事项": "某某事项",
    "索要单位": "某某单位",
}


def render(template: str, values: Mapping[str, str]) -> str:
    """The template with its fields filled; what is missing is left as a blank to write on."""
    return _FIELD.sub(lambda found: values.get(found[1].strip(), "").strip() or BLANK, template)


def fields_used(template: str) -> set[str]:
    """The names of the fields that stand in a template."""
    return {found.strip() for found in _FIELD.findall(template)}


def sample(guide: ServiceGuide) -> str:
    """The filled form as an example, of nobody."""
    return render(
        guide.template, {**_SAMPLES, **{one["name"]: one.get("sample", "") for one in guide.fields}}
    )


def field_line(one: Mapping[str, Any]) -> str:
    """A field of a form on one line, as it is written and shown: 名称｜必填｜示例."""
    return "｜".join([one["name"], "必填" if one.get("required") else "选填", one.get("sample", "")])


def problems(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with a guide before it can be submitted: the field, and why, in Chinese."""
    found = []
    for name, label in (
        ("applicants", "谁可以申请"),
        ("steps", "办理程序"),
        ("legal_basis", "法律法规依据"),
        ("used_for", "证明用于何处"),
        ("template", "证明式样"),
    ):
        if not content[name]:
            found.append((name, f"请填写{label}。"))
    own = [one["name"] for one in content["fields"]]
    used = [one.strip() for one in _FIELD.findall(content["template"])]
    unknown = [one for one in dict.fromkeys(used) if one not in KNOWN and one not in own]
    if unknown:
        names = "、".join(f"｛{one}｝" for one in unknown)
        found.append(("template", f"证明式样中的{names}没有列为填写项。"))
    unused = [one["name"] for one in content["fields"] if one.get("required") and one["name"] not in used]
    if unused:
        names = "、".join(unused)
        found.append(
            ("fields", f"填写项{names}没有用在证明式样中，请写成｛{unused[0]}｝放进式样，或者删去。")
        )
    if len(set(own)) < len(own) or set(own) & set(KNOWN):
        found.append(("fields", f"填写项不能重名，也不能叫{'、'.join(KNOWN)}，这些由平台填写。"))
    if "姓名" not in used:
        found.append(("template", "证明式样中应有｛姓名｝。"))
    if "身份证号" in used and not content["needs_id_number"]:
        found.append(("needs_id_number", "证明式样用到｛身份证号｝，请勾选“须登记公民身份号码”。"))
    if content["allows_promise"] and not content["promise_conditions"]:
        found.append(("promise_conditions", "可用告知承诺代替的，请写明告知承诺的条件。"))
    if (content["needs_investigation"] or content["needs_deliberation"]) and not content["working_days"]:
        found.append(("working_days", "须调查核实或者议事协商的，办结时限不能为当场办结，请填写工作日。"))
    return found
