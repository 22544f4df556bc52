"""Bring a certificate name or a question to one form for comparison."""

import re
import unicodedata

from opencc import OpenCC

# What people say around a name, without meaning for which certificate it is.
_WHO = "村委会|居委会|村民委员会|居民委员会|村里|村上|村头|社区|居委|村委|大队|生产队|村公所|街道"
_LEADING = re.compile(
    r"^(?:请问|你好|您好|请|麻烦|劳烦|帮忙|帮我|帮|给我|我想|我要|我|想要|想|要|需要|来|去|到|能不能|可不可以|可以|能否)*"
    rf"(?:{_WHO})?(?:帮我|帮|给我|能不能|可以)?"
    # A single verb counts only with a measure word: 出生证明 does not begin with a request.
    r"(?:(?:开具|出具|办理)(?:一张|一份|一个|个张|张|份|个)?|[开办打出写](?:一张|一份|一个|张|份|个))"
)
_FIRST = frozenset("请你您麻劳帮给我想要需来去到能可村居社大生街开出办打写")
_COUNT = ("一张", "一份", "一个", "关于")
_TRAILING = frozenset((
    "怎么办理", "怎么办", "怎么开", "点样开", "点开", "能开吗", "可以开吗", "能不能开", "可不可以开",
    "行不行", "可以吗", "得不得", "得冇", "去哪里开", "去哪开", "在哪里开", "在哪开", "找谁开", "帮开一下",
    "帮开下", "开一下", "开下", "吗", "呢", "吧", "啊", "嘛", "咯", "喔", "哦", "呀",
))  # fmt: skip
_LAST = frozenset(word[-1] for word in _TRAILING)
_LONGEST_TRAILING = max(map(len, _TRAILING))
_BRACKETED = re.compile(r"[（(【\[〔〈<][^（）()【】\[\]〔〕〈〉<>]*[）)】\]〕〉>]")
_ENDINGS = (
    "的情况证明", "情况证明", "的证明书", "证明书", "的证明材料", "证明材料", "的证明信", "证明信",
    "的证明", "証明", "证明", "的条子",
)  # fmt: skip
# Japanese forms that keyboards and fonts slip in; OpenCC's Traditional forms do not cover them.
_JAPANESE = str.maketrans(
    "収継実戸続帰対発権県単産経証関係気図売読変広応様価児労栄営厳覚学楽検険験録縁届済斉斎",
    "收继实户续归对发权县单产经证关系气图卖读变广应样价儿劳荣营严觉学乐检险验录缘届济齐斋",
)


# Cantonese and Southwestern Mandarin characters for what Mandarin writes otherwise.
_DIALECT = {
    "冇": "没有", "嘅": "的", "佢": "他", "咗": "了", "唔": "不", "喺": "在", "哋": "们", "嚟": "来",
    "揾": "找", "畀": "给", "俾": "给", "啲": "些", "嗰": "那", "攞": "拿", "睇": "看", "嫲": "奶",
    "乸": "母", "崽": "儿", "仔": "儿", "嘢": "东西", "咁": "这样",
}  # fmt: skip
_IS = re.compile(r"(?<![关联体直派院])系(?=[我你他她咱本同亲一])")  # 系我阿妈, not 关系我
GAP = "…"  # in a saying: something may stand between
MARK = "，"  # stands for anything between words


class _Plain(dict[int, str]):
    """Character by character, each worked out once: whole texts would take several times as long."""

    def __init__(self) -> None:
        super().__init__()
        self._convert = OpenCC("t2s").convert

    def __missing__(self, code: int) -> str:
        if unicodedata.category(chr(code)) == "Cs":  # half a character: broken text from a paste
            return ""
        folded = unicodedata.normalize("NFKC", chr(code)).casefold()
        simple = str(self._convert(folded)).translate(_JAPANESE)
        char = self[code] = "".join(_DIALECT.get(one) or _word_or_mark(one) for one in simple)
        return char


def _word_or_mark(char: str) -> str:
    if char.isalnum():
        return char
    # Marks on a letter and zero-width characters part nothing.
    return "" if unicodedata.category(char) in {"Mn", "Cf"} else MARK


_PLAIN = _Plain()


def clauses(text: str) -> str:
    """Return ``text`` in NFKC, lower case and Simplified characters, its words parted by ``MARK``."""
    whole = text.translate(_PLAIN).strip(MARK)
    if "系" in whole:
        whole = _IS.sub("是", whole)
    if whole[1:2] == MARK and not whole[1::2].strip(MARK):
        return whole.replace(MARK, "")  # 户 籍 证 明: they belong together
    return whole


def normalize(text: str) -> str:
    """Return ``text`` simplified, without spaces, punctuation and filler words.

    The result may be empty: nothing was said that could name a certificate.
    """
    return without_filler(clauses(text).replace(MARK, ""))


def name_key(name: str) -> str:
    """The form in which a name stands for one certificate; a saying with a gap stays as it is."""
    return name if GAP in name else normalize(name)


def without_filler(bare: str) -> str:
    """Drop filler words from both ends of a text without spaces and punctuation."""
    while bare[-1:] in _LAST and (ending := _trailing(bare)):
        bare = bare[:-ending]
    # "办" alone, or a name that begins like a request, is left as it is.
    if bare[:1] in _FIRST and (found := _LEADING.match(bare)) and len(bare) - found.end() >= 2:
        bare = bare[found.end() :]
    if bare.startswith(_COUNT) and len(bare) >= 4:
        bare = bare[2:]
    return bare


def _trailing(bare: str) -> int:
    """The length of the longest filler that ends a text, and leaves something of it."""
    for size in range(min(_LONGEST_TRAILING, len(bare) - 2), 0, -1):
        if bare[-size:] in _TRAILING:
            return size
    return 0


def without_brackets(text: str) -> str:
    """Drop what stands in brackets: 亲属关系证明（仅限公证） → 亲属关系证明."""
    return _BRACKETED.sub("", text)


def stem(text: str) -> str:
    """Return the normalised text without 证明 and the like at its end, if anything remains."""
    return without_ending(normalize(text))


def without_ending(bare: str) -> str:
    """Drop 证明 and the like from the end of a normalised text, if anything remains."""
    if bare.endswith(_ENDINGS):
        for ending in _ENDINGS:
            if bare.endswith(ending) and len(bare) > len(ending):
                return bare[: -len(ending)]
    return bare


_NOTHING = re.compile(
    rf"(?:{_WHO}|証明|证明|材料|情况|属实|说明|盖个章|盖章|盖公章|公章|签字|签名|签个字|同意|意见|书面|相关|有关|"
    r"请|帮|我|要|开|出|写|打|办|个|的|一|份|张|下|给|纸|条子|条|信|需要|想)*"
)


def says_something(text: str) -> bool:
    """Whether anything is said beyond that the committee should certify or stamp something."""
    return not _NOTHING.fullmatch(normalize(text))
