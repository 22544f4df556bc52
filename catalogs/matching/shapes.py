"""Characters that hurried eyes, input by strokes and text recognition confuse (形近字)."""

# Each group is written as one: only characters that are truly mistaken for each other belong here.
_GROUPS = (
    "人入八 困因囚 扰忧优犹 未末 己已巳 士土 日曰 干千于 王玉主 天夫无 失矢 户尸卢 犬大太 亡乏 亲亩 "
    "系糸 明朋 烟姻 状壮 况祝 断继 遗遣 产严 籍藉箱 残浅践 疾疫 伤仿饬 踪综棕 挡档 枚牧收 场扬汤肠 "
    "营管菅宫 养羡 戒戎 毒每 康庚唐 夏复 乙飞 今令 仓仑 兔免 刀力 乌鸟 白自目 田由甲申 石右 厂广 "
    "午牛 贝见 几凡 工土 木术本 休体 住往佳 位拉 使便 侯候 借惜措 债偿 傅博 冶治 准淮 凉谅 刊列 刺剌 "
    "券卷 辩辨辫 却卸 即既 厉历 吊币 向问 吓吁 否杏 吸极 味昧 哀衷衰 喝渴 囊壤 坟坎 坚竖 垦恳 堤提 "
    "墓幕慕暮 媒煤 嬴赢 宣宜 宅它 密蜜 寒塞 射谢 尊遵 岁罗 崇祟 带滞 帅师 常堂 幻幼 廷延 弛驰 彻砌 "
    "待侍 徒徙 微徽 忘忌 快块 怀坏 怖布 思恩 恨很 悔侮 惯贯 愉偷 慢漫 成戌戍 手毛 抑仰 折拆析 抢枪 抱泡 "
    "担坦 拔拨 拾抬 指脂 挂桂 捉促 授受 排徘 探深 措借 描瞄 揖缉 换唤 摔捧 摘滴 撒撤 播番 操躁 敞敝 "
    "晴睛 暑署 曝爆 杆秆 构购沟 枝技 柱桩 栽裁载 案按 梁粱 椅倚 楼搂 概慨 模膜 欧殴 歌歇 死列 殊珠 氏氐 "
    "沐沫 泄泻 注柱 洁沽 洗冼 派脉 测侧厕 浑挥 海悔 淡谈 渝愉 源原 漂飘 澡燥 灸炙 炮泡 烧浇 焦集 照熙 "
    "爪瓜 版板 犯范 狐孤弧 狠狼 独烛 猎借 班斑 球求 理埋 疏蔬 病痛 盂孟 盗益 眼恨 睡唾 瞪蹬 祖租组 神伸 "
    "秋愁 稿搞 穷空 窄榨 竞竟 简筒 粉纷份 粮娘 紧坚 纪记 纺仿 经轻 结洁 绝艳 续读 绵棉 编篇偏遍 缓暖 缺决 "
    "置直 翅翘 考老 耍要 育盲肓 肆肄 肺沛 胎抬 腊猎 船般 艾义 若苦 茶荼 莱菜 蓝篮 薄簿 蛋蚕 衍行 袁哀 "
    "裹里 规视 识织 词祠 试拭 详样 诱透 误娱 请清情晴 课棵 谜迷 贷货 贸贺 贫贪 赡瞻 赢羸 趋越 跟根 跳挑 "
    "踢锡 辆俩 迁迂 迎仰 迹述 逐遂 通涌 遥摇 避僻 郊效 配酝 酒洒 钓钩 铃玲 销消 锋蜂 错措 镜境 闭闲 "
    "防妨 陕陡 陷馅 隔融 雇顾 零苓 须顺 领颌 饭坂 饶挠绕 驾架 骄娇 鸣呜 麻床 默墨 昏婚 亥孩 "
    "聋袭 哑亚 健键 损捐 属屈"
)


def _table() -> dict[int, str]:
    first: dict[str, str] = {}
    for group in _GROUPS.split():
        for char in group:
            first.setdefault(char, group[0])
    return {ord(char): head for char, head in first.items() if char != head}


_TABLE = _table()


def shape_key(text: str) -> str:
    """Return ``text`` with each character of a look-alike group written as the group's first."""
    return text.translate(_TABLE)
