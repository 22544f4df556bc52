"""A large annex 2 as a county might send it: many places, few hundred certificates, real wording."""

import random
from io import BytesIO

from openpyxl import Workbook

COUNTIES = (
    "市本级", "秀峰区", "叠彩区", "象山区", "七星区", "雁山区", "临桂区", "阳朔县", "灵川县", "全州县",
    "兴安县", "永福县", "灌阳县", "龙胜各族自治县", "资源县", "平乐县", "荔浦市", "恭城瑶族自治县",
)  # fmt: skip
SUBJECTS = (
    "亲属关系", "婚姻状况", "居住", "收入", "无犯罪记录", "贫困", "死亡", "户籍", "宅基地权属来源",
    "农民身份", "房屋来源", "独生子女", "健在", "就业失业",
    "参军政审", "水库移民", "林地承包", "经济困难", "临时救助",
    "残疾人家庭状况",
)  # fmt: skip
USES = ("办理公证", "子女入学", "申请法律援助", "不动产登记", "申领补贴", "贷款", "办理社会保险", "迁移户口")
BODIES = (
    "公证处",
    "教育局",
    "司法局",
    "自然资源局",
    "农业农村局",
    "农村信用社",
    "人力资源和社会保障局",
    "公安局",
)
BASES = (
    "《中华人民共和国公证法》第二十七条 申请办理公证的当事人应当向公证机构如实说明申请公证事项的有关情况，"
    "提供真实、合法、充分的证明材料。",
    "《法律援助条例》（国务院令第385号）第十七条第一款第（二）项 经济困难的证明。",
    "《不动产登记暂行条例实施细则》（国土资源部令第63号）第四十一条 应当提交权属来源材料。",
    "无明确法律法规依据",
    "《农民专业合作社登记管理条例》（国务院令第498号）第十五条",
    "《殡葬管理条例》第八条",
    "部门文件要求",
)
NEEDS = ("必要，拟保留", "不必要，建议取消", "可由部门内部核查，建议取消")


def annex2(rows: int, seed: int = 3) -> bytes:
    """The content of an .xlsx annex 2 with ``rows`` rows; the same for the same arguments."""
    choose = random.Random(seed)  # noqa: S311 - test data
    book = Workbook(write_only=True)
    sheet = book.create_sheet("附件2")
    sheet.append(["附件2"])
    sheet.append(["桂林市现有基层群众性自治组织出具证明事项统计表"])
    sheet.append(["序号", "证明事项名称", "出具依据", "使用部门", "用途", "必要性"])
    each = -(-rows // len(COUNTIES))
    left = rows
    for number, county in enumerate(COUNTIES, start=1):
        sheet.append([f"{_hanzi(number)}、{county}"])
        for serial in range(1, min(each, left) + 1):
            use = choose.choice(USES)
            sheet.append(
                [
                    serial,
                    f"{choose.choice(SUBJECTS)}证明" + (f"（{serial}组）" if choose.random() < 0.05 else ""),
                    choose.choice(BASES),
                    choose.choice((county if county != "市本级" else "桂林市", "")) + choose.choice(BODIES),
                    use,
                    choose.choice(NEEDS),
                ]
            )
        left -= min(each, left)
    sheet.append(["填报人及联系方式：秦晓明 0773-2800055"])
    sheet.append(["填报日期：2026年10月20日"])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _hanzi(number: int) -> str:
    signs = "〇一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return ("十" if tens == 1 else "") + (signs[ones] if ones else "") if tens else signs[ones]
