"""Drop what identifies a person from a question before it is kept anywhere."""

import re
import unicodedata

MARK = "某"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜"
    "崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤蓝农甘庞樊兰殷"
    "施洪翟安颜倪牛温芦季俞章鲁葛伍申尤毕聂丛焦柳邢岳齐梅庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍"
    "位覃霍翁隋植甯柏单欧阮仇滕劳骆冼班磨玉零"
)
_NAME = rf"(?:欧阳|司徒|上官|诸葛|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}}?"
_KIN = (
    "我?(?:爸爸?|妈妈?|父亲|母亲|爷爷|奶奶|外公|外婆|老公|老婆|丈夫|妻子|儿子|女儿|哥哥?|弟弟?|姐姐?|妹妹?)"
)
_OF_PEOPLE = (
    "单身|未婚|已婚|婚姻|离异|丧偶|无犯罪|无违法|居住|户籍|户口|亲属|死亡|健在|生存|贫困|收入|失业|无业"
)
_NO_NAME = "[工人户房村屯社区车费员生民家地厂店牛猪羊马鸡鸭鱼树苗]"  # 农民工, 安置房, 黄牛
_PATTERNS = (
    re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),  # mail
    re.compile(r"(?<![0-9])[0-9](?:[\s-]?[0-9]){13,18}[\s-]?[0-9xX]?(?![0-9])"),  # ID, bank card
    re.compile(r"(?<![0-9])(?:\+?86[\s-]?)?1[3-9][0-9](?:[\s-]?[0-9]){8}(?![0-9])"),  # mobile
    re.compile(r"(?<![0-9])0[0-9]{2,3}[\s-]?[0-9]{7,8}(?![0-9])"),  # telephone
    re.compile(r"(?<![0-9])[0-9]{7,}(?![0-9])"),  # any other long number
)
# What stands before a name, kept; then the name.
_NAMES = (
    re.compile(
        rf"((?:我叫|名叫|叫做|姓名|名字|证明|兹有|今有|村民|居民|本人|户主|同志|学生|职工|患者|死者|亡者|客户)[:：为是\s]*)"
        rf"{_NAME}(?=[，,、。；;：:（(\s]|$|男|女|系|是|为|于|同志|先生|女士|身份证|因|要|想|来|需|开|在|已|与|和|向|之)"
    ),
    re.compile(rf"(){_NAME}(?=先生|女士|同志|老师|小姐|阿姨|之[父母子女妻夫]|[，,（(\s]*[男女][，,。；\s])"),
    re.compile(rf"(^|[，,。；;：:\s]){_NAME}(?=的[\u4e00-\u9fff]{{2,8}}证明)"),
    # 给某某开证明, 某某需要开, 我爸某某死亡证明
    re.compile(rf"([给帮替为代]){_NAME}(?=开|办|出具|打|申请|写)"),
    re.compile(rf"(^|[，,。；;：:\s]){_NAME}(?=(?:需要|需|要|想|来|申请)(?:开|办|出|打|写))"),
    re.compile(rf"({_KIN}){_NAME}(?=的|{_OF_PEOPLE}|去世|过世|病逝|需|要|想|开|办)"),
    # 张伟单身证明, 梁金花(女)未婚证明: what is certified of a person alone
    re.compile(
        rf"(^|[，,。；;：:\s])(?:[{_SURNAMES}][\u4e00-\u9fff]{{2}}|[王李张刘陈杨黄赵吴周徐孙胡郭林罗郑梁谢宋韦覃][\u4e00-\u9fff])"
        rf"(?<!{_NO_NAME})(?=[\s(（男女)）]*(?:{_OF_PEOPLE}))"
    ),
)


def plain(text: str) -> str:
    """Wide digits and letters as the plain ones; punctuation stays as it was written."""
    return "".join(map(_plain, text))


def _plain(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isalnum() else character


def redacted(text: str) -> str:
    """Return ``text`` with ID, card and telephone numbers, mail addresses and names as 某.

    Names are found by what stands around them: a list of questions must not be a list of people.
    """
    kept = plain(text)
    for pattern in _PATTERNS:
        kept = pattern.sub(MARK, kept)
    for pattern in _NAMES:
        kept = pattern.sub(rf"\g<1>{MARK}", kept)
    return kept
