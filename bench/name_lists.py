"""Certificate names made up in any number, and what people would type for them."""

import random
from collections.abc import Callable, Iterator
from itertools import product

from pypinyin import lazy_pinyin

_PLACES = (
    "农村 城镇 社区 移民 水库 林区 牧区 边境 山区 库区 矿区 渔港 园区 校园 市场 老街 屯级 集体 个体 联户"
).split()
_SUBJECTS = (
    "房屋 宅基地 林木 果园 鱼塘 耕牛 农机 船舶 摩托车 水井 围墙 祖屋 晒场 粮仓 "
    "大棚 蚕房 茶园 甘蔗 桉树 沼气池 烤烟 香蕉 柑橘 鸡舍 猪栏 羊群 蜂箱 竹林 药材 "
    "苗圃 水渠 电表 门牌 店铺 摊位 债务 借款 补贴 保险 赔偿 学籍 工龄 技能 奖励 "
    "荣誉 党龄 捐款 义工 寄养 监护"
).split()
_EVENTS = (
    "权属 面积 受灾 转让 租赁 继承 分割 抵押 登记 变更 注销 补办 核减 搬迁 拆除 "
    "修缮 看管 验收 评估 投保 理赔 减免 领取 发放 退还 移交 封存 托管 联营 承包"
).split()
_ASPECTS = [
    "",
    *(
        "真实性 归属 年限 数量 费用 人员 资格 纠纷 意向 进度 去向 来源 等级 "
        "用途 时间 损失 责任 贡献 条件 比例 现场 历史"
    ).split(),
]
_SENTENCES = (
    "您好，我在银行办业务，柜台说还差一份{}，请问村委会可以出具吗？",
    "孩子转学，教务处让家长回户籍地居委会开{}，盖章后再交来",
    "公司人事要求本周内提供{}原件，请社区协助办理",
    "保险公司打电话来，说要{}才给办，麻烦您看看",
    "法院通知补充材料：1.身份证复印件；2.{}；3.照片两张",
    "我想问一下{}要去哪里开",
)


def names(count: int, seed: int = 1) -> tuple[list[str], list[str]]:
    """Return ``count`` names for a list, and a tenth as many (at most 2,000) that are not in it.

    Both are of the same make, so a missing name differs from some listed one in a word or two; never
    in a word that says nothing of its own (事实, 经过): the check takes such names for the same.
    """
    rng = random.Random(seed)  # noqa: S311
    every = [f"{''.join(parts)}证明" for parts in product(_PLACES, _SUBJECTS, _EVENTS, _ASPECTS)]
    rng.shuffle(every)
    return every[:count], every[count : count + min(2000, count // 10)]


def exact(listed: list[str], count: int, seed: int = 2) -> Iterator[tuple[str, str]]:
    """Yield (question, name): the names as they are."""
    return _questions(listed, count, seed, lambda name, rng: name)


def sentences(listed: list[str], count: int, seed: int = 3) -> Iterator[tuple[str, str]]:
    """Yield (question, name): a sentence with the name in it."""
    return _questions(listed, count, seed, lambda name, rng: rng.choice(_SENTENCES).format(name))


def pinyin(listed: list[str], count: int, seed: int = 4) -> Iterator[tuple[str, str]]:
    """Yield (question, name): the name in pinyin, with and without gaps."""
    return _questions(listed, count, seed, lambda name, rng: rng.choice(("", " ")).join(lazy_pinyin(name)))


def typos(listed: list[str], count: int, seed: int = 5) -> Iterator[tuple[str, str]]:
    """Yield (question, name): one slip of the ear, the eye or the hand."""
    return _questions(listed, count, seed, _misspelt)


def _questions(
    listed: list[str], count: int, seed: int, make: Callable[[str, random.Random], str]
) -> Iterator[tuple[str, str]]:
    rng = random.Random(seed)  # noqa: S311
    for _ in range(count):
        name = rng.choice(listed)
        yield make(name, rng), name


# Slips that were not taken from the engine's own tables.
_HEARD_PAIRS = (
    "房防 屋乌 权全 属署 籍藉 林琳 木目 果过 园圆 继计 承成 登灯 记纪 变便 更耕 "
    "补捕 办半 资姿 格阁 事是 实时 损笋 失师 责则 费废 用佣 历力 史使 社设 区曲 "
    "移宜 民名 集急 体替 面免 积机 赔陪 偿常 债寨 务物"
)
_SEEN_PAIRS = (
    "籍藉 账帐 未末 己已 土士 拆折 析折 侯候 准淮 历厉 记纪 购构 担坦 损捐 贷货 贫贪 养羡 管菅 况祝 场扬"
)
_HEARD = {pair[0]: pair[1] for pair in _HEARD_PAIRS.split()}
_SEEN = {pair[0]: pair[1] for pair in _SEEN_PAIRS.split()}


def _misspelt(name: str, rng: random.Random) -> str:
    body = name.removesuffix("证明")
    at = rng.randrange(len(body))
    slips = [body[:at] + body[at] + body[at:]]  # doubled
    if len(body) > 4:
        slips.append(body[:at] + body[at + 1 :])  # missing
    if at + 1 < len(body) and body[at] != body[at + 1]:
        slips.append(body[:at] + body[at + 1] + body[at] + body[at + 2 :])  # in the wrong order
    for table in (_HEARD, _SEEN):
        known = [spot for spot, char in enumerate(body) if char in table]
        if known:
            spot = rng.choice(known)
            slips.append(body[:spot] + table[body[spot]] + body[spot + 1 :])
    return rng.choice(slips) + "证明"
